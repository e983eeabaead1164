--TEST--
Plain http beyond loopback needs both php.ini's word and the site's
--INI--
rudr_sync.allow_http=On
--FILE--
<?php
require __DIR__ . '/fake.inc';
thrown(fn () => new RudrSync\Site('http://b.example', 'bot', 'pw'));
var_dump(new RudrSync\Site('http://b.example', 'bot', 'pw', ['allow_http' => true]));
?>
--EXPECTF--
ValueError: RudrSync\Site::__construct(): Argument #1 ($url) must begin with https:// (%s)
object(RudrSync\Site)#%d (0) {
}
