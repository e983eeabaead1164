--TEST--
stubs/rudr_sync.php is what the extension is
--FILE--
<?php
$argv = ['stubs.php', '--check'];
require __DIR__ . '/../stubs.php';
?>
--EXPECT--
stubs/rudr_sync.php is up to date
