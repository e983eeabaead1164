--TEST--
A fatal error in a signal handler ends the script, and leaves the extension whole
--EXTENSIONS--
pcntl
posix
--INI--
memory_limit=32M
--FILE--
<?php
require __DIR__ . '/fake.inc';
pcntl_async_signals(true);
$fake = new Fake;
pcntl_signal(SIGALRM, function () { str_repeat('x', 100 << 20); });
register_shutdown_function(function () use ($fake) { var_dump(rudr_sync_find('bot@b.example', $fake->site())); });
signal_when_asked($fake, SIGALRM);
rudr_sync_find('a@b.example', $fake->site('hang'));
echo "not reached\n";
?>
--EXPECTF--
Fatal error: Allowed memory size of 33554432 bytes exhausted%S (tried to allocate %d bytes) in %s on line %d
int(1)
