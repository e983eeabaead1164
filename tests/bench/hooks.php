<?php

/**
 * What a hook adds: a user made by code, by the registration form, and a saved profile, on one site that has for each request
 * no plugin, one that does nothing, ours (mode `after`) or the tutorial's code; with the remote up, hung and refusing.
 *
 *   hooks.php [ROUNDS] [VERSION]...
 *
 * Without and with take turns, and each comes after the other as often as after itself: it matters what a page comes after. Added is
 * the median of the differences to no plugin, and between what it lies. One process of php-fpm makes all pages, and before each that is
 * measured one that is not, without the plugin: two processes are never equally fast, and what a page leaves to be done, or in the
 * processor's caches, is not the next one's. The tutorial's pages wait for the remote: they are measured less often, or the run would
 * take hours.
 */

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Lab;
use RudrSync\Tests\Site;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/Pairs.php';
require __DIR__ . '/Person.php';
require __DIR__ . '/Remote.php';
require __DIR__ . '/Ways.php';

/** Each so many rounds the idle plugin and the clocked one have their turns. */
const SOME = 5;
const WARM_UP = 5;
/** How often the tutorial has its turn, and how often at most. */
const TUTORIAL = [Remote::UP => [5, 200], Remote::HUNG => [1, 4], Remote::REFUSING => [5, 200]];

$rounds = (int) ($argv[1] ?? 1000);
$versions = array_slice($argv, 2) ?: Lab::VERSIONS;

foreach ($versions as $version) {
    $b = Lab::site('hooksb', 'newest');
    $a = Lab::site('hooksa', $version, ['plugin' => true, 'extension' => true, 'source' => $b, 'config' => "define('RUDR_SYNC_DELIVERY', PHP_SAPI === 'cli' ? 'inline' : 'after');",
        'pool' => ['pm' => 'static', 'pm.max_children' => '1']]);
    $key = "$a->folder/key";
    file_put_contents($key, base64_encode(random_bytes(32)));
    // Looking for changed scripts as PHP does by itself; the tests' sites look each time, at each of some 500.
    $a->ini(['rudr_sync.key_file' => $key, 'opcache.revalidate_freq' => '2']);
    $ways = new Ways($a, $b);
    $a->createUser('someone', 'someone@example.org', 'subscriber', 'a password of some length');
    $a->restart();
    measure($a, $b, $ways, $rounds);
}

function measure(Site $a, Site $b, Ways $ways, int $rounds): void
{
    $person = new Person($a, $ways);
    $person->logIn('someone', 'a password of some length');
    $remote = new Remote($b);
    $number = $a->run('return $GLOBALS["wp_version"];');
    printf("\nWordPress %s, PHP %s, %d rounds, a remote on the same machine\n\n", $number, PHP_VERSION, $rounds);
    echo "| remote | what | no plugin p50 | p99 | ours p50 | p99 | ours adds (95 %) | of it | in our callbacks p50 | p99 | an idle plugin adds | tutorial p50 | p99 | tutorial adds |\n";
    echo "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    foreach ([Remote::UP, Remote::HUNG, Remote::REFUSING] as $is) {
        $remote->be($is);
        foreach (['insert', 'register', 'profile'] as $do) {
            // As a site that has answered until now.
            $a->db()->query("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL, deliverer = NULL, slots = NULL");
            $a->db()->query('UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL, lease = NULL, unsettled_until = NULL');
            foreach (rows($person, $ways, $is, $do, $rounds) as $what => $row) {
                echo "| $is | $what | ", implode(' | ', $row), " |\n";
            }
        }
    }
    $remote->be(Remote::UP);
    $a->db()->query("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL, deliverer = NULL, slots = NULL");
    $a->db()->query('UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL, lease = NULL, unsettled_until = NULL');
    $b->web('return 1;'); // its processes are new: the first request takes long, and after a timeout pages leave the site to a sweep
    follows($person, $b, max(10, (int) ($rounds / 10)));
}

/** @return array<string, list<string>> lines of the table, by what was done */
function rows(Person $person, Ways $ways, string $is, string $do, int $rounds): array
{
    $whats = ['insert' => ['`wp_insert_user`', 'the page around it'], 'register' => ['registration form'], 'profile' => ['profile screen']][$do];
    $ours = array_map(static fn () => new Pairs(), $whats);
    $theirs = array_map(static fn () => new Pairs(), $whats);
    $idle = array_map(static fn () => new Pairs(), $whats);
    $inside = [];
    [$seldom, $most] = TUTORIAL[$is];
    $once = static function (string $way) use ($person, $ways, $do): array {
        $person->profile(Ways::NONE);
        $took = (array) $person->$do($way);
        $ways->wait($way);
        return $took;
    };
    // Without and with.
    $pair = static function (string $way, bool $with_first) use ($once): array {
        $with = $with_first ? $once($way) : null;
        $without = $once(Ways::NONE);
        return [$without, $with ?? $once($way)];
    };
    for ($round = -WARM_UP; $round < $rounds; $round++) {
        $pairs = [[$ours, ...$pair(Ways::OURS, $round % 2 !== 0)]];
        if ($round % SOME === 0) {
            // Otherwise than ours, or it would never come after one of ours.
            $pairs[] = [$idle, ...$pair(Ways::IDLE, $round % 2 === 0)];
            $once(Ways::CLOCKED);
            $inside[] = $ways->inside();
        }
        if ($round >= 0 && $round % $seldom === 0 && $theirs[0]->count() < $most) {
            $pairs[] = [$theirs, $pairs[0][1], $once(Ways::TUTORIAL)];
        }
        if ($round < 0) {
            $inside = [];
            continue;
        }
        foreach ($pairs as [$kept, $without, $with]) {
            foreach ($kept as $n => $of) {
                $of->add($without[$n], $with[$n]);
            }
        }
    }
    sort($inside);
    $rows = [];
    foreach ($whats as $n => $what) {
        [$added, $low, $high] = $ours[$n]->added();
        $rows[$what] = [
            ms($ours[$n]->without(50)), ms($ours[$n]->without(99)), ms($ours[$n]->with(50)), ms($ours[$n]->with(99)),
            sprintf('%s (%s to %s)', ms($added), ms($low), ms($high)), sprintf('%.1f %%', 100 * $added / $ours[$n]->without(50)),
            ms($inside[(int) floor((count($inside) - 1) * 0.5)]), ms($inside[(int) floor((count($inside) - 1) * 0.99)]),
            ms($idle[$n]->added()[0]), ms($theirs[$n]->with(50)), ms($theirs[$n]->with(99)), ms($theirs[$n]->added()[0]),
        ];
    }
    return $rows;
}

/** How soon somebody who registers is there. */
function follows(Person $person, Site $b, int $times): void
{
    $answers = $there = [];
    for ($n = 0; $n < $times; $n++) {
        [$answers[], $there[]] = $person->follows($b);
    }
    sort($answers);
    sort($there);
    $at = static fn (array $values, float $part): float => $values[(int) floor((count($values) - 1) * $part)];
    printf("\nWho registers by the form has the page after %s (p99 %s) and is on the remote after %s (p99 %s), %d times\n",
        ms($at($answers, 0.5)), ms($at($answers, 0.99)), ms($at($there, 0.5)), ms($at($there, 0.99)), $times);
}

function ms(float $nanoseconds): string
{
    return sprintf('%.2f ms', $nanoseconds / 1e6);
}
