--TEST--
Where there are no files left for a call it says so, and the next may work
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$before = posix_getrlimit();
posix_setrlimit(POSIX_RLIMIT_NOFILE, 0, $before['hard openfiles']);
failed(fn () => rudr_sync_find('bot@b.example', $fake->site()));
thrown(fn () => rudr_sync_find('bot@b.example', $fake->site()));
posix_setrlimit(POSIX_RLIMIT_NOFILE, $before['soft openfiles'], $before['hard openfiles']);
var_dump(rudr_sync_find('bot@b.example', $fake->site()));
?>
--EXPECT--
RudrSync\Exception exhausted
RudrSync\Exception: there are no files or memory left to begin with
int(1)
