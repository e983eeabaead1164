<?php

/**
 * Many changes in one call, each a request of its own, to a server that takes 20 ms for each: how near is that to all the time
 * that the server needs, with so many requests in flight at once?
 *
 *   deliver.php SERVER [NUMBER]
 *
 * A server is new in each round, and so is all that is known of it: the first delivery connects, asks what the site speaks, and tries a
 * batch. libcurl, kept, has the same requests ready-made. The ways take turns; medians.
 */

declare(strict_types=1);

namespace RudrSync\Bench;

require __DIR__ . '/Server.php';
require __DIR__ . '/Times.php';
require __DIR__ . '/Rolling.php';

const ANSWERS_IN = 0.02;
// The longer a round takes, the less one differs from the next.
const ROUNDS = [1 => 1, 8 => 5, 32 => 15];

[, $program] = $argv;
$number = (int) ($argv[2] ?? 1000);
$jobs = array_map(static fn (int $id): array => [
    'op' => 'put',
    'user' => ['user_login' => 'someone', 'first_name' => 'Someone', 'last_name' => 'Anyone', 'description' => "What they say of themselves: $id."],
    'remote_id' => $id,
    'remote_login' => 'someone',
    'trust' => 'own',
], range(2, $number + 1));

echo '| concurrency | | ideal | first delivery | later ones | libcurl, kept | first × ideal | later × ideal |', "\n";
echo '| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |', "\n";
foreach (ROUNDS as $concurrency => $rounds) {
    foreach (['http', 'https'] as $scheme) {
        $first = new Times();
        $later = new Times();
        $curl = new Times();
        for ($round = 0; $round < $rounds; $round++) {
            $server = new Server($program);
            $url = $server->$scheme . '/bench-20ms.site';
            $site = new \RudrSync\Site($url, $server->username, $server->password, ['ca_file' => $server->caFile, 'concurrency' => $concurrency]);
            $state = null;
            $outcomes = [];
            $deliver = static function (Times $times) use ($jobs, $site, &$state, &$outcomes): void {
                $times->take(static function () use ($jobs, $site, $state, &$outcomes): void {
                    $outcomes = rudr_sync_deliver($jobs, $site, ['state' => $state]);
                });
                if (array_unique(array_column($outcomes, 'status')) !== ['updated']) {
                    throw new \RuntimeException('not updated: ' . json_encode($outcomes[0]));
                }
                $state = rudr_sync_judge($state, $outcomes)['state'];
                $outcomes = [];
            };
            $deliver($first);
            $rolling = new Rolling($concurrency, $server);
            $rolling->send($url, array_slice($jobs, 0, $concurrency));
            $turns = [static fn () => $deliver($later), static fn () => $curl->take(static fn () => $rolling->send($url, $jobs))];
            foreach ($round % 2 ? array_reverse($turns) : $turns as $turn) {
                $turn();
            }
        }
        $ideal = $number / $concurrency * ANSWERS_IN * 1e9;
        $times = array_map(static fn (Times $times): float => $times->percentile(50), [$first, $later, $curl]);
        $columns = [$concurrency, $scheme, ...array_map(seconds(...), [$ideal, ...$times])];
        $ratios = array_map(static fn (float $time): string => sprintf('%.3f', $time / $ideal), [$times[0], $times[1]]);
        echo '| ', implode(' | ', [...$columns, ...$ratios]), " |\n";
    }
}
printf("\n%d changes, on PHP %s\n", $number, PHP_VERSION);

function seconds(float $nanoseconds): string
{
    return number_format($nanoseconds / 1e9, 3, '.', ' ') . ' s';
}
