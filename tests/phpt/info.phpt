--TEST--
phpinfo() and --ri show version, TLS, counters and settings
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
rudr_sync_find('bot@b.example', $fake->site());
(new ReflectionExtension('rudr_sync'))->info();
?>
--EXPECTF--

rudr_sync

rudr_sync => enabled
Version => %d.%d.%d
TLS => rustls (ring)
Client of this process => running
Requests of this process => 1
Unanswered requests of this process => 0

Directive => Local Value => Master Value
rudr_sync.sites => no value => no value
rudr_sync.key_file => no value => no value
rudr_sync.connect_timeout => 5 => 5
rudr_sync.timeout => 20 => 20
rudr_sync.concurrency => 4 => 4
rudr_sync.idle_timeout => 15 => 15
rudr_sync.ca_file => no value => no value
rudr_sync.allow_http => 0 => 0
