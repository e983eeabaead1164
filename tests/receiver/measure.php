<?php
/**
 * How fast a batch of 100 new users is beside wp_insert_user() alone, in one process:  php measure.php [ROUNDS]
 *
 * The hashes are the same and cost neither anything. The median of the rounds' ratios: 1 is as fast, 2 twice as fast.
 */

declare(strict_types=1);

namespace RudrSync\Tests;

putenv('LAB=' . (getenv('LAB') ?: 'measure'));
require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/Sender.php';

$rounds = (int) ($argv[1] ?? 9);
foreach (Lab::VERSIONS as $version) {
    $site = Lab::site('m' . preg_replace('/\W/', '', $version), $version, ['plugin' => true]);
    $ratios = [];
    for ($round = 0; $round <= $rounds; $round++) {
        $people = fn () => array_map(static fn () => Sender::somebody(['user_pass_hash' => md5('x')]), range(1, 100));
        [$plain, $batch] = $site->run(__DIR__ . '/both-ways.php', ['source' => Sender::uuid(), 'jobs' => $people(), 'plain' => array_column($people(), 'user')]);
        if ($round > 0) { // the first warms up
            $ratios[] = $plain['ms'] / $batch['ms'];
        }
    }
    sort($ratios);
    printf(
        "WordPress %-7s wp_insert_user %5.1f ms, receiver %5.1f ms, %d and %d queries each; %.2f times as fast (%.2f to %.2f)\n",
        $version, $plain['ms'] / 100, $batch['ms'] / 100, $plain['queries'] / 100, $batch['queries'] / 100,
        $ratios[intdiv(count($ratios), 2)], $ratios[0], end($ratios)
    );
    $site->destroy();
}
Shell::run([__DIR__ . '/../lab/lab.sh', 'down'], ['LAB' => (string) getenv('LAB')]);
