<?php

/**
 * A pool of four php-fpm children, and pages that each change a user, eight at a time, while the remote takes connections and
 * says nothing: does a page wait for it?
 *
 *   pages.php [PAGES] [VERSION]
 */

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Lab;
use RudrSync\Tests\Site;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/KeptConnections.php';
require __DIR__ . '/Remote.php';
require __DIR__ . '/Ways.php';

const AT_ONCE = 8;
const CHILDREN = 4;
/**
 * What nginx keeps of its connections to php-fpm (null: `fastcgi_keep_conn off`), and how many pages are asked for at once. With
 * a pool not more than there are children, whoever is behind the connection: each child is tied to one that idles, and any
 * further page waits for nginx to drop one, with and without a plugin.
 */
const KEPT = ['off' => [null, AT_ONCE], 'on' => [0, AT_ONCE], 'on, pool of ' . CHILDREN => [CHILDREN, CHILDREN]];
/** Seconds: no page takes so long by itself, and whoever waits for the remote does. */
const LONG = 3.0;

$pages = (int) ($argv[1] ?? 200);
$version = $argv[2] ?? 'newest';
$b = Lab::site('pagesb', 'newest');
$a = Lab::site('pagesa', $version, ['plugin' => true, 'extension' => true, 'source' => $b, 'config' => "define('RUDR_SYNC_DELIVERY', PHP_SAPI === 'cli' ? 'inline' : 'after');",
    'pool' => ['pm' => 'static', 'pm.max_children' => (string) CHILDREN]]);
$ways = new Ways($a, $b);
$people = $a->run('$ids = []; for ($i = 1; $i <= 20; $i++) { $ids[] = wp_insert_user(["user_login" => "page$i", "user_email" => "page$i@example.org", "user_pass" => "x", "role" => "subscriber"]); } return $ids;');

printf("WordPress %s, PHP %s: %d pages that change a user each, %d at a time (with a pool %d), %d children\n\n", $version, PHP_VERSION, $pages, AT_ONCE, CHILDREN, CHILDREN);
echo "| keep_conn | remote | way | p50 | p99 | slowest | over " . LONG . " s |\n| --- | --- | --- | ---: | ---: | ---: | ---: |\n";
$bad = [];
$remote = new Remote($b);
foreach (KEPT as $word => [$kept, $at_once]) {
    foreach ([[Remote::UP, Ways::NONE], [Remote::UP, Ways::OURS], [Remote::HUNG, Ways::NONE], [Remote::HUNG, Ways::OURS]] as [$is, $way]) {
        KeptConnections::at($a, $kept);
        // As a site that has answered until now.
        $a->db()->query("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL, deliverer = NULL, slots = NULL");
        $a->db()->query('UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL, lease = NULL, unsettled_until = NULL');
        load($a, $people, Ways::NONE, 40, $at_once, 'warm'); // children, opcache, the database's pages
        $remote->be($is);
        $taken = load($a, $people, $way, $pages, $at_once, "$is $way");
        settled($a);
        $remote->be(Remote::UP);
        sort($taken);
        $long = count(array_filter($taken, static fn (float $seconds) => $seconds > LONG));
        $at = static fn (int $percent) => ms($taken[(int) floor((count($taken) - 1) * $percent / 100)]);
        echo "| $word | $is | $way | ", implode(' | ', [$at(50), $at(99), $at(100), $long]), " |\n";
        if ($long > 1) {
            $bad[] = "$long pages took more than " . LONG . " s with the remote $is, $way, keep_conn $word";
        }
    }
}
foreach ($bad as $what) {
    echo "\nNot as it should be: $what\n";
}
exit($bad ? 1 : 0);

/** Until nobody delivers any more. */
function settled(Site $a): void
{
    $end = microtime(true) + 60;
    while ($a->db()->query("SELECT 1 FROM wp_rudr_sync_sites WHERE deliverer IS NOT NULL AND deliverer <> 'sweeps-only'")->fetch_row() && microtime(true) < $end) {
        usleep(20_000);
    }
}

/** @return list<float> seconds of each page */
function load(Site $a, array $people, string $way, int $pages, int $at_once, string $name): array
{
    $multi = curl_multi_init();
    $sent = 0;
    $taken = [];
    $send = static function () use ($a, $people, $way, $multi, $name, &$sent): void {
        $curl = curl_init($a->url());
        curl_setopt_array($curl, [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 120,
            CURLOPT_HTTPHEADER => ["X-Way: $way", 'X-Do: update'],
            CURLOPT_POSTFIELDS => http_build_query(['ID' => $people[$sent % count($people)], 'first_name' => "$name $sent"]),
        ]);
        curl_multi_add_handle($multi, $curl);
        $sent++;
    };
    for ($i = 0; $i < $at_once; $i++) {
        $send();
    }
    do {
        curl_multi_exec($multi, $running);
        while ($done = curl_multi_info_read($multi)) {
            $curl = $done['handle'];
            if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
                throw new \RuntimeException("a page as $way: " . curl_error($curl) . curl_multi_getcontent($curl));
            }
            $taken[] = (float) curl_getinfo($curl, CURLINFO_TOTAL_TIME);
            curl_multi_remove_handle($multi, $curl);
            if ($sent < $pages) {
                $send();
                $running = 1;
            }
        }
        curl_multi_select($multi, 0.1);
    } while ($running > 0);
    return $taken;
}

function ms(float $seconds): string
{
    return sprintf('%.0f ms', $seconds * 1000);
}
