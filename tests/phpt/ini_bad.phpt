--TEST--
A bad value in php.ini warns, and the default holds
--INI--
rudr_sync.timeout=soon
rudr_sync.concurrency=1000
rudr_sync.idle_timeout=60
display_startup_errors=1
--FILE--
<?php
var_dump(ini_get('rudr_sync.timeout'), ini_get('rudr_sync.concurrency'), ini_get('rudr_sync.idle_timeout'));
?>
--EXPECTF--
Warning: rudr_sync: a timeout must be a number of seconds from 0.001 to 86400; the old value stays in Unknown on line 0

Warning: rudr_sync.concurrency must be between 1 and 64; the old value stays in Unknown on line 0
string(2) "20"
string(1) "4"
string(2) "60"
