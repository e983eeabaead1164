--TEST--
A panic is an exception that says that it is a bug and where to report it, and leaves the extension whole
--EXTENSIONS--
posix
--SKIPIF--
<?php
if (posix_getuid() === 0 && !posix_setuid(65534)) die('skip may not become somebody else');
?>
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
// Names are looked up in a thread, and the library below us panics where there can be none. Root may have any number.
posix_getuid() === 0 && posix_setuid(65534);
$most = posix_getrlimit()['hard maxproc'];
$most = $most === 'unlimited' ? -1 : $most;
posix_setrlimit(POSIX_RLIMIT_NPROC, 0, $most);
try {
    rudr_sync_find('bot@b.example', new RudrSync\Site('http://localhost:9', 'bot', 'pw'));
} catch (RudrSync\Exception $e) {
    echo get_class($e), ' ', $e->getErrorCode(), ' ', json_encode($e->isRetryable()), "\n", $e->getMessage(), "\n";
}
var_dump(rudr_sync_find('bot@b.example', $fake->site()));
// A checker of leaks makes a process of its own at the end.
posix_setrlimit(POSIX_RLIMIT_NPROC, $most, $most);
?>
--EXPECTF--
RudrSync\Exception bug true
rudr_sync itself failed; this is a bug in rudr_sync %d.%d.%d, please report it where you have rudr_sync from, with this line (a dependency)
int(1)
