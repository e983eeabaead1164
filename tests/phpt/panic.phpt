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
// Of jobs it is each one's own.
$told = ['address' => 'http://localhost:9/', 'username' => 'bot', 'asked' => time(), 'wire' => 'plain', 'was_receiver' => false];
$state = rudr_sync_judge(null, [['status' => 'updated', 'scope' => 'job', 'http' => 200, 'site' => json_encode($told)]])['state'];
$job = ['op' => 'put', 'user' => ['first_name' => 'A'], 'remote_id' => 5, 'remote_login' => 'a', 'trust' => 'own'];
[$outcome] = rudr_sync_deliver([$job], new RudrSync\Site('http://localhost:9', 'bot', 'pw'), ['state' => $state]);
echo $outcome['status'], ' ', $outcome['code'], ' ', $outcome['message'], "\n";
var_dump(rudr_sync_find('bot@b.example', $fake->site()));
// A checker of leaks makes a process of its own at the end.
posix_setrlimit(POSIX_RLIMIT_NPROC, $most, $most);
?>
--EXPECTF--
RudrSync\Exception bug true
rudr_sync itself failed; this is a bug in rudr_sync %d.%d.%d, please report it where you have rudr_sync from, with this line (a dependency)
retry bug rudr_sync itself failed on this job; this is a bug in rudr_sync %d.%d.%d, please report it where you have rudr_sync from, with this line (a dependency)
int(1)
