--TEST--
SIGTERM ends a process whose call waits, and an alarm ends the wait: neither after the site's time is up
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$slow = $fake->site('hang', ['timeout' => 300]);
$calls = [
    'find' => fn () => rudr_sync_find('a@b.example', $slow),
    'deliver' => fn () => rudr_sync_deliver([['op' => 'put', 'user' => ['user_login' => 'a', 'user_email' => 'a@b.example']]], $slow),
    'check' => fn () => rudr_sync_check($slow),
];
foreach ($calls as $name => $call) {
    $before = count($fake->log());
    $pid = pcntl_fork();
    if ($pid === 0) {
        $call();
        posix_kill(getmypid(), SIGKILL);
    }
    while (count($fake->log()) === $before) {
        usleep(10_000);
    }
    posix_kill($pid, SIGTERM);
    pcntl_waitpid($pid, $status);
    echo $name, pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGTERM ? ' is ended' : ' goes on', "\n";
}

pcntl_async_signals(true);
pcntl_signal(SIGALRM, function () { throw new LogicException('time is up'); });
foreach ($calls as $call) {
    pcntl_alarm(1);
    thrown($call);
}
var_dump(rudr_sync_find('bot@b.example', $fake->site()));
?>
--EXPECT--
find is ended
deliver is ended
check is ended
LogicException: time is up
LogicException: time is up
LogicException: time is up
int(1)
