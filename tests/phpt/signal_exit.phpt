--TEST--
A signal handler may end the script while a call waits
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/fake.inc';
pcntl_async_signals(true);
$fake = new Fake;
pcntl_signal(SIGALRM, function () { echo "exit\n"; exit(3); });
register_shutdown_function(function () use ($fake) { var_dump(rudr_sync_find('bot@b.example', $fake->site())); });
signal_when_asked($fake, SIGALRM);
rudr_sync_find('a@b.example', $fake->site('hang'));
echo "not reached\n";
?>
--EXPECT--
exit
int(1)
