<?php

/**
 * One, two and four workers on a pile of links that wait, at a site that answers in 20 ms and takes eight requests at once: is
 * each user made once, how many requests are under way, and what do four processes cost beside one? And how long does
 * somebody who registers wait behind the pile?
 *
 *   workers.php [ROWS]
 */

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Lab;
use RudrSync\Tests\Site;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/StandIn.php';
require __DIR__ . '/Crowd.php';

const AT_ONCE = 8;
const ANSWERS_IN = 0.020;
const WORK = '$begun = hrtime(true);
    RudrSync\Plugin::parts()->worker()->run(...$args);
    $used = getrusage();
    return ["begun" => $begun / 1e9, "cpu" => $used["ru_utime.tv_sec"] + $used["ru_stime.tv_sec"] + ($used["ru_utime.tv_usec"] + $used["ru_stime.tv_usec"]) / 1e6, "memory" => memory_get_peak_usage()];';

$rows = (int) ($argv[1] ?? 10000);
$version = $argv[2] ?? 'newest';
$a = Lab::site('workers', $version, ['plugin' => true, 'extension' => true, 'config' => "define('RUDR_SYNC_DELIVERY', 'cron');"]);

/** The pile is delivered by so many processes. */
function deliver(Site $a, int $rows, int $workers): array
{
    $site = new StandIn();
    $site->late(ANSWERS_IN);
    $a->sitesFile(['default' => $site->settings(AT_ONCE)]);
    Crowd::import($a, $rows);
    $deadlocks = deadlocks($a);
    $processes = array_map(static fn () => $a->background(WORK, [0, true]), range(1, $workers));
    $ended = array_map(static fn ($process) => $process->end(3600), $processes);
    foreach ($ended as [$status, $said]) {
        if ($status !== 0 || !isset(json_decode($said, true)['result'])) {
            throw new \RuntimeException("a worker ended with $status: $said");
        }
    }
    $results = array_map(static fn (array $end) => json_decode($end[1], true)['result'], $ended);
    $log = $site->log();
    $created = $site->created();
    return [
        'workers' => $workers,
        // From the first request to the last answer: that WordPress loads is not what is asked here.
        'seconds' => end($log)[0] - $log[0][0] + ANSWERS_IN,
        'requests' => count($log),
        'created' => count($created),
        'different' => count(array_unique($created)),
        'most' => $site->most(),
        'cpu' => array_sum(array_column($results, 'cpu')),
        'memory' => max(array_column($results, 'memory')),
        'deadlocks' => deadlocks($a) - $deadlocks,
        'left' => (int) $a->db()->query('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE revision <> synced_revision OR lease IS NOT NULL')->fetch_row()[0],
    ];
}

/** How many the database has met since it started. */
function deadlocks(Site $a): int
{
    return (int) $a->db()->query("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")->fetch_row()[1];
}

/** Seconds until somebody who registers while a worker is at work is made there, again and again. */
function waits(Site $a, int $rows, int $times): array
{
    $site = new StandIn();
    $site->late(ANSWERS_IN);
    $a->sitesFile(['default' => $site->settings(AT_ONCE)]);
    Crowd::import($a, max(1, $rows));
    $worker = $a->background(WORK, [0, false]);
    $left = static fn (): int => (int) $a->db()->query("SELECT COUNT(*) FROM wp_rudr_sync_links WHERE revision <> synced_revision AND user_id <= 1000 + $rows")->fetch_row()[0];
    while ($site->log() === []) {
        usleep(5000);
    }
    $waits = [];
    // In the midst of the pile, as long as it lasts; where there is none, the worker rests.
    for ($n = 1; $n <= $times && ($rows === 0 || $left() > 0); $n++) {
        usleep(random_int(0, 1_000_000));
        $begun = hrtime(true);
        $db = $a->db();
        $db->query("INSERT INTO wp_users (user_login, user_nicename, user_email) VALUES ('late$n', 'late$n', 'late$n@example.org')");
        $db->query("INSERT INTO wp_rudr_sync_links (site, user_id, revision, due_at) VALUES ('default', $db->insert_id, 1, UTC_TIMESTAMP())");
        while (!in_array("late$n", $site->created(), true)) {
            usleep(5000);
        }
        $waits[] = (hrtime(true) - $begun) / 1e9;
    }
    $still = $left();
    $worker->signal(SIGTERM);
    $worker->end(120);
    sort($waits);
    return [count($waits), $waits[(int) floor(count($waits) / 2)], end($waits), $still];
}

printf("%d links wait; the site answers in %d ms and takes %d requests at once; WordPress %s, PHP %s, %d cores\n\n",
    $rows, ANSWERS_IN * 1000, AT_ONCE, $version, PHP_VERSION, (int) trim((string) shell_exec('nproc')));
echo "| workers | users/s | of one | requests | made | twice | most at once | left | deadlocks | PHP ms/user | MiB |\n";
echo "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
$one = null;
$bad = [];
foreach ([1, 2, 4] as $workers) {
    $did = deliver($a, $rows, $workers);
    $speed = $rows / $did['seconds'];
    $one ??= $speed;
    printf("| %d | %.0f | %.2f | %d | %d | %d | %d | %d | %d | %.2f | %.0f |\n", $workers, $speed, $speed / $one, $did['requests'], $did['different'],
        $did['created'] - $did['different'], $did['most'], $did['left'], $did['deadlocks'], $did['cpu'] / $rows * 1000, $did['memory'] / 1048576);
    if ($did['different'] !== $rows || $did['created'] !== $rows || $did['left'] > 0) {
        $bad[] = "$workers workers: {$did['created']} creates of {$did['different']} users, {$did['left']} left, for $rows";
    }
    if ($did['most'] > AT_ONCE) {
        $bad[] = "$workers workers: {$did['most']} requests at once, not " . AT_ONCE;
    }
    if ($workers === 4 && $speed < 0.95 * $one) {
        $bad[] = sprintf('four workers at %.2f of one; wanted 0.95', $speed / $one);
    }
}

echo "\n| somebody registers while | times | median wait | longest | of the pile left then |\n| --- | ---: | ---: | ---: | ---: |\n";
foreach (['a worker has nothing to do' => 0, "$rows of a backfill wait" => $rows] as $when => $pile) {
    [$times, $median, $longest, $left] = waits($a, $pile, 15);
    printf("| %s | %d | %.2f s | %.2f s | %d |\n", $when, $times, $median, $longest, $left);
}
foreach ($bad as $what) {
    echo "\nNot as it should be: $what\n";
}
exit($bad ? 1 : 0);
