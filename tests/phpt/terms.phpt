--TEST--
A delivery has terms of its own; one that is unknown or wrong is named
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$jobs = array_map(fn ($n) => ['op' => 'put', 'user' => ['user_login' => "u$n", 'user_email' => "u$n@b.example"]], range(1, 4));
$deliver = fn ($call, $site = null) => rudr_sync_deliver($jobs, $site ?? $fake->site(), $call);
foreach ([['stete' => ''], [5], ['state' => 5], ['state' => new stdClass], ['budget' => '1'], ['budget' => 0], ['concurrency' => 0], ['destructive' => -1], ['source' => 5]] as $wrong) {
    thrown(fn () => $deliver($wrong));
}
try {
    rudr_sync_deliver($jobs, $fake->site(), 'x');
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
echo "# nothing was sent\n", count($fake->log()), "\n";

echo "# all may be left out, null, or given; a state that was damaged is none\n";
$first = $deliver([]);
foreach ([array_fill_keys(['state', 'budget', 'concurrency', 'destructive', 'source'], null), ['state' => "\xff{", 'budget' => 20.5, 'concurrency' => 1, 'destructive' => 0, 'source' => 'x']] as $good) {
    echo implode(' ', array_unique(array_column($deliver($good), 'status'))), "\n";
}

echo "# never more time than the site has, nor than is given\n";
foreach ([[0.3, 20], [20, 0.3]] as [$call, $site]) {
    $begun = microtime(true);
    echo implode(' ', array_unique(array_column($deliver(['budget' => $call], $fake->site('hang', ['budget' => $site])), 'status'))), ' ', microtime(true) - $begun < 10 ? 'in time' : 'too late', "\n";
}

echo "# what the outcomes tell of the site goes around through PHP\n";
echo implode(' ', array_unique(array_column($first, 'status'))), ' ', get_debug_type($first[0]['site']), "\n";
$judged = rudr_sync_judge(null, $first);
var_dump($judged['wire'], $judged['uuid'], $judged['hashes'], $judged['version']);
echo count($deliver(['state' => $judged['state']])), "\n";
?>
--EXPECT--
ValueError: rudr_sync_deliver(): Argument #3 ($call): stete is none of the terms of a delivery (known: state, budget, concurrency, destructive, source)
ValueError: rudr_sync_deliver(): Argument #3 ($call): 0 is none of the terms of a delivery (known: state, budget, concurrency, destructive, source)
ValueError: rudr_sync_deliver(): Argument #3 ($call): state must be a string, int given
ValueError: rudr_sync_deliver(): Argument #3 ($call): state must be plain data, stdClass given
ValueError: rudr_sync_deliver(): Argument #3 ($call): budget must be a number of seconds from 0.001 to 86400, string given
ValueError: rudr_sync_deliver(): Argument #3 ($call): budget must be a number of seconds from 0.001 to 86400, int given
ValueError: rudr_sync_deliver(): Argument #3 ($call): concurrency must be an int of 1 or more, int given
ValueError: rudr_sync_deliver(): Argument #3 ($call): destructive must be an int of 0 or more, int given
ValueError: rudr_sync_deliver(): Argument #3 ($call): source must be a string, int given
rudr_sync_deliver(): Argument #3 ($call) must be of type array, string given
# nothing was sent
0
# all may be left out, null, or given; a state that was damaged is none
rejected
rejected
# never more time than the site has, nor than is given
retry in time
retry in time
# what the outcomes tell of the site goes around through PHP
created string
string(5) "plain"
NULL
array(0) {
}
NULL
4
