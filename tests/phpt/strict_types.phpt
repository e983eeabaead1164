--TEST--
strict_types is heeded
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/fake.inc';
$site = new RudrSync\Site('http://127.0.0.1:9', 'bot', 'pw');
thrown(fn () => rudr_sync_update('5', [], $site));
thrown(fn () => rudr_sync_find(5, $site));
thrown(fn () => rudr_sync_check(5));
thrown(fn () => rudr_sync_check(new class { function __toString() { return 'x'; } }));
thrown(fn () => rudr_sync_seal(5, [], 'key'));
thrown(fn () => new RudrSync\Site('https://b.example', 'bot', 12345678));
?>
--EXPECT--
TypeError: rudr_sync_update(): Argument #1 ($remote_id) must be of type int, string given
TypeError: rudr_sync_find(): Argument #1 ($email) must be of type string, int given
TypeError: rudr_sync_check(): Argument #1 ($site) must be of type RudrSync\Site|string|null, int given
TypeError: rudr_sync_check(): Argument #1 ($site) must be of type RudrSync\Site|string|null, class@anonymous given
TypeError: rudr_sync_seal(): Argument #1 ($plain) must be of type string, int given
TypeError: RudrSync\Site::__construct(): Argument #3 ($password) must be of type string, int given
