--TEST--
200 scripts in a row that call and exit, each with status 0
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$script = __DIR__ . '/exits.script.php';
file_put_contents($script, '<?php
$site = new RudrSync\Site($argv[1], "bot", "pw", ["timeout" => 5]);
if (rudr_sync_find("bot@b.example", $site) !== 1) exit(9);
// Some end by exit(), after an answer that never came, or with another call.
if ($argv[2] % 4 === 1) exit(0);
if ($argv[2] % 4 === 2) { try { rudr_sync_find("x@b.example", new RudrSync\Site($argv[3], "bot", "pw", ["timeout" => 0.02])); } catch (RudrSync\Unreachable) {} }
if ($argv[2] % 4 === 3) register_shutdown_function(fn () => rudr_sync_find("bot@b.example", $site));
');
$running = [];
$bad = [];
// A checker that makes each of them slow has fewer.
$all = (int) (getenv('SCRIPTS') ?: 200);
for ($i = 0; $i < $all || $running; ) {
    while ($i < $all && count($running) < 4) {
        $running[$i] = proc_open(php($script) . " $fake->base/wp $i $fake->base/hang", [['file', '/dev/null', 'r'], STDOUT, STDERR], $pipes);
        $i++;
    }
    // In the order in which they were started: the first to wait for is the next to end, more or less.
    $first = array_key_first($running);
    $status = proc_close($running[$first]);
    unset($running[$first]);
    if ($status !== 0) {
        $bad[$first] = $status;
    }
}
var_dump($bad);
?>
--CLEAN--
<?php
@unlink(__DIR__ . '/exits.script.php');
?>
--EXPECT--
array(0) {
}
