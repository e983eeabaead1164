<?php

/**
 * Everybody of a site brought to another: users a second by the tutorial's code in a loop, by our requests one by one, by our
 * plugin on the other site (the receiver), and as the limit by wp_insert_user() or wp_update_user() alone, in a loop inside the
 * other site, with the hashes at hand. Then the same users changed; there batches of core's REST come in.
 *
 *   backfill.php [USERS] [VERSION]
 *
 * The ways take turns, and each begins with the same tables: what the machine does besides hits all alike. The ratios are what
 * counts. Where the tutorial takes part, it is a quarter of the users at a time. To the receiver two workers send: one reads and
 * writes back while the other's request is under way.
 */

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Lab;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/Crowd.php';
require __DIR__ . '/Both.php';
require __DIR__ . '/Fill.php';
require __DIR__ . '/Rates.php';

/** Turns of what is slow, and of what is not. */
const BLOCKS = 4;
const QUICK = 3;
/** What is wanted of the receiver: of the limit, by processes there; and how often the tutorial's speed on two. */
const WANTED = [1 => 0.9, 2 => 0.85];
const TUTORIALS = 12;

$users = (int) ($argv[1] ?? 2000);
$version = $argv[2] ?? 'newest';
$block = max(1, intdiv($users, BLOCKS));

$b = Lab::site('backfillb', $version, ['plugin' => true, 'delivery' => null, 'pool' => ['pm' => 'static', 'pm.max_children' => '1'],
    // The limit is a loop on the command line: it is to run the same compiled code as php-fpm.
    'ini' => ['opcache.enable_cli' => '1']]);
$a = Lab::site('backfilla', $version, ['plugin' => true, 'extension' => true, 'delivery' => 'cron']);
$both = new Both($a, $b);
$fill = new Fill($both);

$insert = 'wp_insert_user() alone';
$update = 'wp_update_user() alone';
$receiver = fn (int $workers): \Closure => fn (): float => $fill->ours(Both::RECEIVER, $workers);
$singles = fn (): float => $fill->ours(Both::SINGLES, 1);
$quick = fn (int $processes): array => [
    $insert => fn (): float => $fill->limit('insert', $processes),
    'receiver' => $receiver(2),
    'receiver, one worker' => $receiver(1),
];
$tables = [
    ['new', 1, $users, QUICK, $quick(1)],
    ['new', 2, $users, QUICK, $quick(2)],
    ['new', 2, $block, BLOCKS, [
        $insert => fn (): float => $fill->limit('insert', 2),
        'receiver' => $receiver(2),
        'ours, one by one' => $singles,
        'tutorial' => fn (): float => $fill->tutorial('register'),
    ]],
    ['changed', 2, $block, BLOCKS, [
        $update => fn (): float => $fill->limit('update', 2),
        'receiver' => $receiver(2),
        'ours, batch/v1' => fn (): float => $fill->ours(Both::BATCHES, 1),
        'ours, one by one' => $singles,
        'tutorial' => fn (): float => $fill->tutorial('update'),
    ]],
];

printf("WordPress %s, PHP %s, %d cores; both sites, their databases and all processes on them\n",
    $both->version(), PHP_VERSION, (int) trim((string) shell_exec('nproc')));
$bad = [];
foreach ($tables as [$who, $processes, $number, $turns, $ways]) {
    if ($who === 'changed') {
        $both->settle($number);
    }
    $both->processes($processes);
    $rates = new Rates($number);
    for ($turn = -1; $turn < $turns; $turn++) {
        // Each goes first as often as the others.
        $names = array_keys($ways);
        $order = array_merge(array_slice($names, ($turn + 1) % count($names)), array_slice($names, 0, ($turn + 1) % count($names)));
        foreach ($turn < 0 ? array_slice($names, 0, 2) : $order as $name) { // before the first: what is quick, to warm up
            $who === 'changed' ? $both->change() : $both->begin($number);
            $seconds = $ways[$name]();
            $both->expect($number, $who === 'changed');
            if ($turn >= 0) {
                $rates->add($name, $seconds);
            }
        }
    }
    printf("\n| %d %s users, %d times; %d process%s there | users/s | of the limit (its turns) | times the tutorial |\n| --- | ---: | ---: | ---: |\n", $number, $who, $turns, $processes, $processes > 1 ? 'es' : '');
    [$limit] = array_keys($ways);
    foreach (array_keys($ways) as $name) {
        [$ratio, $low, $high] = $rates->ratio($name, $limit);
        $times = isset($ways['tutorial']) ? $rates->ratio($name, 'tutorial')[0] : null;
        printf("| %s | %.1f | %.2f (%.2f to %.2f) | %s |\n", $name, $rates->rate($name), $ratio, $low, $high, $times ? sprintf('%.1f', $times) : '');
        if ($name === 'receiver' && $who === 'new') {
            if ($ratio < WANTED[$processes]) {
                $bad[] = sprintf('the receiver at %.2f of the limit with %d of its processes; wanted %.2f', $ratio, $processes, WANTED[$processes]);
            }
            if ($times && $times < TUTORIALS) {
                $bad[] = sprintf('the receiver at %.1f times the tutorial; wanted %d', $times, TUTORIALS);
            }
        }
    }
}
foreach ($bad as $what) {
    echo "\nNot as it should be: $what\n";
}
exit($bad ? 1 : 0);
