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
$slow = $fake->site('hang', ['timeout' => patience(1)]);

echo "# runs\n";
$ran = false;
pcntl_signal(SIGUSR1, function () use (&$ran) { $ran = true; });
signal_when_asked($fake, SIGUSR1);
failed(fn () => rudr_sync_find('a@b.example', $slow));
var_dump($ran);

echo "# throws\n";
pcntl_signal(SIGUSR1, function () { throw new LogicException('thrown by a handler'); });
signal_when_asked($fake, SIGUSR1);
$begin = microtime(true);
thrown(fn () => rudr_sync_find('a@b.example', $fake->site('hang', ['timeout' => patience(20)])));
var_dump(microtime(true) - $begin < patience(10));

echo "# calls\n";
pcntl_signal(SIGUSR1, function () use ($fake) { var_dump(rudr_sync_find('bot@b.example', $fake->site())); });
signal_when_asked($fake, SIGUSR1);
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
