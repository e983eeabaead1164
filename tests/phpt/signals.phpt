--TEST--
Signal handlers run while a call waits; what they throw ends the wait, and they may call again
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/fake.inc';
pcntl_async_signals(true);
$fake = new Fake;
$slow = $fake->site('hang', ['timeout' => 1]);
$me = getmypid();

/** Sends this process a signal in a moment, from another process: a call is waiting then. */
function soon(int $me): void {
    if (pcntl_fork() === 0) {
        usleep(200_000);
        posix_kill($me, SIGUSR1);
        // Without PHP's own shutdown, which would end the fake WordPress.
        posix_kill(getmypid(), SIGKILL);
    }
}

echo "# runs\n";
$ran = false;
pcntl_signal(SIGUSR1, function () use (&$ran) { $ran = true; });
soon($me);
failed(fn () => rudr_sync_find('a@b.example', $slow));
var_dump($ran);

echo "# throws\n";
pcntl_signal(SIGUSR1, function () { throw new LogicException('thrown by a handler'); });
soon($me);
$begin = microtime(true);
thrown(fn () => rudr_sync_find('a@b.example', $fake->site('hang', ['timeout' => 20])));
var_dump(microtime(true) - $begin < 10);

echo "# calls\n";
pcntl_signal(SIGUSR1, function () use ($fake) { var_dump(rudr_sync_find('bot@b.example', $fake->site())); });
soon($me);
failed(fn () => rudr_sync_find('a@b.example', $slow));

echo "# and all is as before\n";
var_dump(rudr_sync_find('bot@b.example', $fake->site()));
?>
--EXPECT--
# runs
RudrSync\Unreachable timeout
bool(true)
# throws
LogicException: thrown by a handler
bool(true)
# calls
int(1)
RudrSync\Unreachable timeout
# and all is as before
int(1)
