<?php

/**
 * A million calls in one process, good and bad: it must be as large afterwards as it was after the first tenth.
 *
 *   memory.php SERVER [CALLS]
 */

declare(strict_types=1);

namespace RudrSync\Memory;

use RudrSync\Bench\Server;
use RudrSync\Site;

require __DIR__ . '/../bench/Server.php';

/** How much larger the process may be, KiB: malloc's pieces lie a little differently each time. */
const MOST = 1024;

$server = new Server($argv[1]);
$calls = (int) ($argv[2] ?? 1_000_000);
$site = static fn (string $scenario): Site =>
    new Site("$server->http/$scenario", $server->username, $server->password, ['roles' => ['editor' => 'author'], 'key' => 'k']);
[$quick, $whole, $denied, $busy, $gone] = array_map($site, ['bench-at-once', 'wordpress', '403-user', '503.site', 'hang-up.site']);

/** @return list<array<string, mixed>> jobs for people who are there, at a site that has forgotten all it was asked and told */
$start = static function () use ($server, $whole): array {
    file_get_contents("$server->http/_rude/log", false, stream_context_create(['http' => ['method' => 'DELETE']]));
    $jobs = [];
    for ($n = 1; $n <= 10; $n++) {
        $user = ['user_login' => "person$n", 'user_email' => "person$n@a.example", 'roles' => ['subscriber']];
        $jobs[] = ['op' => 'put', 'user_id' => $n, 'remote_id' => rudr_sync_create($user, $whole), 'remote_login' => "person$n",
            'trust' => 'own', 'now' => time(), 'ref' => ['row' => $n], 'user' => $user];
    }
    return $jobs;
};
$people = $start();

/** @var array<string, int> what came of the calls */
$came = [];
$count = static function (string $of) use (&$came): void {
    $came[$of] = ($came[$of] ?? 0) + 1;
};
$change = static fn (int $n): array => ['first_name' => "Someone $n", 'description' => str_repeat('what they say ', $n % 40)];
/** @var list<\Closure(int): mixed> */
$kinds = [
    static fn (int $n) => rudr_sync_update(5, $change($n), $quick),
    static fn (int $n) => rudr_sync_update($n % 1000 + 1, $change($n), $site('bench-at-once')),
    static function (int $n) use (&$people, $whole, $count): void {
        foreach ($people as &$job) {
            $job['user']['first_name'] = "Someone $n";
        }
        foreach (rudr_sync_deliver($people, $whole) as $outcome) {
            $count('a job ' . $outcome['status']);
        }
    },
    static fn (int $n) => rudr_sync_update(5, $change($n), $denied),
    static fn (int $n) => rudr_sync_find("nobody$n@a.example", $n % 2 ? $busy : $gone),
    static fn (int $n) => rudr_sync_create(['user_login' => "x$n", 'user_email' => $n], $quick),
    static fn (int $n) => new Site("no address $n", 'x', 'y'),
    static fn (int $n) => rudr_sync_seal("secret $n", ['user', $n], "key $n"),
    static fn (int $n) => rudr_sync_judge(null, [['status' => 'retry', 'scope' => 'site', 'http' => 503, 'due' => $n % 60]]),
    static fn (int $n) => rudr_sync_check("site $n"),
];

$rss = static function (): int {
    preg_match('/^VmRSS:\s+(\d+) kB/m', (string) file_get_contents('/proc/self/status'), $found);
    return (int) $found[1];
};
// Looked at this often, the same way: PHP's own caches, also of what this looks with, are filled by the third time.
$often = intdiv($calls, 30);
$early = 3 * $often;
$calls = 30 * $often;
$first = $last = $firstHeap = $lastHeap = 0;
for ($n = 1; $n <= $calls; $n++) {
    try {
        $kinds[$n % count($kinds)]($n);
        $count('a value');
    } catch (\Throwable $e) {
        $count($e::class);
    }
    if ($n % $often === 0) {
        // Our own, whose numbers have more digits by now, and whichever exception was the last.
        $people = [];
        unset($e);
        gc_collect_cycles();
        [$last, $lastHeap] = [$rss(), memory_get_usage()];
        if ($n === $early) {
            [$first, $firstHeap] = [$last, $lastHeap];
        }
    }
    if ($n % 10_000 === 0 || !$people) {
        // Or the server would grow instead: it keeps what it was asked, for other tests.
        $people = $start();
    }
}

ksort($came);
foreach ($came as $what => $times) {
    echo str_pad(number_format($times), 12, ' ', STR_PAD_LEFT), "  $what\n";
}
printf("After %s calls %s KiB, after %s %s KiB: %+d KiB (at most %d); in PHP's own heap %+d bytes (0)\n", number_format($early),
    number_format($first), number_format($calls), number_format($last), $last - $first, MOST, $lastHeap - $firstHeap);
exit($last - $first <= MOST && $lastHeap === $firstHeap ? 0 : 1);
