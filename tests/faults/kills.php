<?php

/**
 * The runs of one lab: kills.php PROXY OPERATIONS SEED...
 *
 * A line for each; of one that failed also what is wrong, and where its story is. Exits with 1 if any did.
 */

declare(strict_types=1);

namespace RudrSync\Tests;

require __DIR__ . '/../lab/Lab.php';
spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . substr($class, strlen(__NAMESPACE__) + 1) . '.php';
    if (is_file($file)) {
        require $file;
    }
});

/** Times a seed is run again that failed where B took longer than it has: such a run says nothing. */
const AGAIN = 3;

[, $program, $operations] = $argv;
$stories = Lab::cache() . '/faults';
@mkdir($stories, 0777, true);
$scene = new Scene($program);
// B is to be done before A looks what became of a request; all times in tables are whole seconds.
$limit = 60 / Scene::SCALE - 1;
$failed = false;
foreach (array_slice($argv, 3) as $seed) {
    for ($time = 1;; $time++) {
        $begun = microtime(true);
        $scene->clear();
        if (getenv('TRACE')) {
            $scene->trace("$stories/$seed.log");
        }
        $run = new Run($scene, (new Plan((int) $seed))->steps((int) $operations));
        $quiet = $run->perform();
        $judge = new Judge($scene);
        $wrong = array_merge($quiet ? [] : ['it does not become quiet'], $judge->judge($run->attempts));
        $report = $scene->proxy->report();
        $slow = $report['longest'] > $limit;
        $killed = implode(' ', array_map(static fn (string $who, int $times) => "$who $times", array_keys($run->killed), $run->killed));
        printf(
            "%-6s seed %-5d %3d operations in %4.1f s, %3d requests; killed: %s; password_unknown: %d%s\n",
            $wrong === [] ? 'ok' : ($slow ? 'slow' : 'FAILED'),
            $seed,
            count($run->attempts),
            microtime(true) - $begun,
            array_sum($report['met']),
            $killed,
            $judge->unknown,
            $slow ? sprintf('; B took %.1f s', $report['longest']) : ''
        );
        if ($wrong === []) {
            break;
        }
        $story = "$stories/$seed.txt";
        file_put_contents($story, implode("\n", [...$run->story, '', ...$wrong, '']));
        echo '       ', implode("\n       ", $wrong), "\n       its story: $story; again: SEED=$seed OPERATIONS=$operations ./build.sh test faults\n";
        if (!$slow || $time === AGAIN) {
            $failed = true;
            break;
        }
    }
}
exit($failed ? 1 : 0);
