--TEST--
phpinfo() and --ri show version, TLS, open connections, counters and settings
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$second = new Fake;
rudr_sync_find('bot@b.example', $fake->site());
(new ReflectionExtension('rudr_sync'))->info();

echo "# open connections\n";
$open = function () {
    ob_start();
    (new ReflectionExtension('rudr_sync'))->info();
    return preg_replace('/.*Open connections of this process => (\w+).*/s', '$1', ob_get_clean());
};
rudr_sync_find('bot@b.example', $second->site());
echo 'to two: ', $open(), "\n";
$second->stop();
echo 'one has closed: ', $open(), "\n";
if (pcntl_fork() === 0) {
    echo 'none is the child\'s: ', $open(), "\n";
    rudr_sync_find('bot@b.example', $fake->site());
    echo 'and then its own: ', $open(), "\n";
    posix_kill(getmypid(), SIGKILL);
}
pcntl_wait($status);
?>
--EXPECTF--

rudr_sync

rudr_sync => enabled
Version => %d.%d.%d
TLS => rustls (ring)
Client of this process => running
Open connections of this process => 1
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
# open connections
to two: 2
one has closed: 1
none is the child's: 0
and then its own: 1
