<?php

/**
 * One POST that changes a user, in four ways, one after the other in one process: what does each cost?
 *
 *   bench.php WORDPRESS SERVER [ROUNDS]
 */

declare(strict_types=1);

namespace RudrSync\Bench;

require __DIR__ . '/Server.php';
require __DIR__ . '/Times.php';
require __DIR__ . '/wordpress.php';
require __DIR__ . '/ways.php';

const KEPT = 'PHP curl, kept';
// The slow ones open a connection for each call: they are measured less often, or the run would take minutes.
const EVERY = ['rudr_sync_update' => 1, KEPT => 1, 'PHP curl, fresh' => 5, 'wp_remote_post' => 5];
const WARM_UP = 20;

[, $tree, $program] = $argv;
$rounds = (int) ($argv[3] ?? 1500);
load_wordpress($tree);
$server = new Server($program);
$stands = ['at once' => 'bench-at-once', 'after 2 ms' => 'bench-2ms'];

echo '| server answers | way | p50 | p99 | p50 × curl kept |', "\n", '| --- | --- | ---: | ---: | ---: |', "\n";
foreach ($stands as $when => $scenario) {
    foreach (['http' => $server->http, 'https' => $server->https] as $scheme => $origin) {
        $ways = ways("$origin/$scenario", $server);
        foreach ($ways as $way) {
            for ($n = 0; $n < WARM_UP; $n++) {
                $way();
            }
        }
        $times = array_map(static fn () => new Times(), $ways);
        for ($round = 0; $round < $rounds; $round++) {
            // Each goes first as often as the others.
            foreach ($round % 2 ? array_reverse(array_keys($ways)) : array_keys($ways) as $name) {
                if ($round % EVERY[$name] === 0) {
                    $times[$name]->take($ways[$name]);
                }
            }
        }
        foreach ($times as $name => $time) {
            $ratio = $time->percentile(50) / $times[KEPT]->percentile(50);
            $columns = ["$when, $scheme", "`$name`", micro($time->percentile(50)), micro($time->percentile(99)), sprintf('%.2f', $ratio)];
            echo '| ', implode(' | ', $columns), " |\n";
        }
    }
}
printf("\n%d rounds, interleaved, on PHP %s and WordPress %s\n", $rounds, PHP_VERSION, $GLOBALS['wp_version']);

function micro(float $nanoseconds): string
{
    return number_format($nanoseconds / 1000, 0, '.', ' ') . ' µs';
}
