--TEST--
After a fork both parent and child can call, and the child does not touch the parent's connection
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$site = $fake->site('wp', ['timeout' => 5]);
var_dump(rudr_sync_find('bot@b.example', $site));
$children = [];
for ($i = 0; $i < 4; $i++) {
    $pid = pcntl_fork();
    if ($pid === 0) {
        exit(rudr_sync_find('bot@b.example', $site) === 1 ? 10 : 11);
    }
    $children[] = $pid;
}
var_dump(rudr_sync_find('bot@b.example', $site));
foreach ($children as $pid) {
    pcntl_waitpid($pid, $status);
    echo pcntl_wifexited($status) ? 'exit ' . pcntl_wexitstatus($status) : 'signal ' . pcntl_wtermsig($status), "\n";
}
var_dump(rudr_sync_find('bot@b.example', $site));
$by_connection = array_count_values(array_column($fake->log(), 'connection'));
sort($by_connection);
echo implode(' ', $by_connection), "\n";
?>
--EXPECT--
int(1)
int(1)
exit 10
exit 10
exit 10
exit 10
int(1)
1 1 1 1 3
