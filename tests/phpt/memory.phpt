--TEST--
Memory does not grow with the number of calls, good or bad
--FILE--
<?php
require __DIR__ . '/fake.inc';
$site = new RudrSync\Site('http://127.0.0.1:9', 'bot', 'pw');
$round = function () use ($site) {
    try { rudr_sync_create(['user_email' => 5], $site); } catch (ValueError) {}
    try { rudr_sync_update(0, [], $site); } catch (ValueError) {}
    try { rudr_sync_update('x', [], $site); } catch (TypeError) {}
    try { rudr_sync_check('nobody'); } catch (RudrSync\Exception) {}
    try { new RudrSync\Site('x', 'y', 'z'); } catch (ValueError) {}
    try { $site->__construct('https://b.example', 'bot', 'pw'); } catch (Error) {}
    rudr_sync_judge(null, [['status' => 'retry', 'scope' => 'site', 'http' => 503, 'due' => 5, 'ref' => new stdClass]]);
    rudr_sync_deliver(array_fill(0, 5, ['op' => 'put', 'ref' => [new stdClass]]), $site);
    new RudrSync\Site('https://b.example', 'bot', 'pw', ['roles' => ['a' => 'b'], 'key' => 'k']);
    rudr_sync_seal('x', ['a', 5], 'key');
};
for ($i = 0; $i < 50; $i++) $round();
$before = memory_get_usage();
for ($i = 0; $i < 1000; $i++) $round();
var_dump(memory_get_usage() - $before);
?>
--EXPECT--
int(0)
