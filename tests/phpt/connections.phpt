--TEST--
A connection is kept between calls, and shared by sites on the same host
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
for ($i = 0; $i < 50; $i++) {
    rudr_sync_find("a$i@b.example", $fake->site('wp', ['name' => "site $i"], "password $i"));
}
$log = $fake->log();
var_dump(count($log), count(array_unique(array_column($log, 'connection'))));
// Who asks is said anew with each request.
var_dump($log[7]['password'], $log[49]['password']);
?>
--EXPECT--
int(50)
int(1)
string(10) "password 7"
string(11) "password 49"
