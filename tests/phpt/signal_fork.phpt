--TEST--
A signal handler may fork while a call waits: the parent gets its answer, the child an exception
--FILE--
<?php
require __DIR__ . '/fake.inc';
pcntl_async_signals(true);
$fake = new Fake;
$pid = null;
pcntl_signal(SIGALRM, function () use (&$pid) { $pid = pcntl_fork(); });
signal_when_asked($fake, SIGALRM);
try {
    rudr_sync_find('a@b.example', $fake->site('hang', ['timeout' => patience(2)]));
} catch (RudrSync\Unreachable $e) {
    if ($pid === 0) {
        // By a call of its own, and a plain exit.
        exit($e->getErrorCode() === 'interrupted' && rudr_sync_find('bot@b.example', $fake->site()) === 1 ? 10 : 11);
    }
    echo 'parent ', $e->getErrorCode(), "\n";
}
pcntl_waitpid($pid, $status);
echo 'child ', pcntl_wexitstatus($status), "\n";
?>
--EXPECT--
parent timeout
child 10
