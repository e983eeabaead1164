--TEST--
Settings are read when a call is made; a site's own options go before them
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
function lasts(callable $call): float {
    $begin = microtime(true);
    try {
        $call();
    } catch (RudrSync\Unreachable $e) {
        echo $e->getErrorCode(), ' ';
    }
    return microtime(true) - $begin;
}
$site = $fake->site('hang');
ini_set('rudr_sync.timeout', (string) patience(0.3));
var_dump(lasts(fn () => rudr_sync_find('a@b.example', $site)) < patience(5));
ini_set('rudr_sync.timeout', '600');
var_dump(lasts(fn () => rudr_sync_find('a@b.example', $fake->site('hang', ['timeout' => patience(0.3)]))) < patience(5));
?>
--EXPECT--
timeout bool(true)
timeout bool(true)
