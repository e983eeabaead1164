--TEST--
A wrong type is a TypeError in PHP's own words, after PHP's own coercion
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$site = $fake->site();
class Text { function __toString() { return 'nobody@b.example'; } }

echo "# wrong\n";
thrown(fn () => rudr_sync_create());
thrown(fn () => rudr_sync_create([], $site, 3));
thrown(fn () => rudr_sync_create('x', $site));
thrown(fn () => rudr_sync_create(new ArrayObject, $site));
thrown(fn () => rudr_sync_create([], []));
thrown(fn () => rudr_sync_create([], new stdClass));
thrown(fn () => rudr_sync_create(user: [], sight: $site));
thrown(fn () => rudr_sync_update('x', [], $site));
thrown(fn () => rudr_sync_update(null, [], 1.5));
thrown(fn () => rudr_sync_update(5));
thrown(fn () => rudr_sync_delete([], null, $site));
thrown(fn () => rudr_sync_delete(5, 'x', $site));
thrown(fn () => rudr_sync_find([], $site));
thrown(fn () => rudr_sync_find(new stdClass, $site));
thrown(fn () => rudr_sync_deliver(null, $site));
thrown(fn () => rudr_sync_check([]));
thrown(fn () => rudr_sync_judge([], []));
thrown(fn () => rudr_sync_judge(null));
thrown(fn () => rudr_sync_sites(1));
thrown(fn () => rudr_sync_seal('x', 'y', 'z'));
thrown(fn () => new RudrSync\Site('https://b.example', 'bot'));
thrown(fn () => new RudrSync\Site('https://b.example', 'bot', [], []));
thrown(fn () => new RudrSync\Site('https://b.example', 'bot', 'pw', 'x'));
thrown(fn () => (new RudrSync\Exception)->getStatus(1));

echo "# coerced\n";
var_dump(rudr_sync_update('1', [], $site), rudr_sync_update(1.0, [], $site), rudr_sync_update(true, [], $site));
var_dump(rudr_sync_find(new Text, $site), rudr_sync_find(5, $site));
var_dump(rudr_sync_delete(999, 3.0, $site));
var_dump(rudr_sync_delete(remote_id: '999', site: $site));
thrown(fn () => rudr_sync_check(5));
thrown(fn () => rudr_sync_check(new Text));
?>
--EXPECTF--
# wrong
ArgumentCountError: rudr_sync_create() expects at least 1 argument, 0 given
ArgumentCountError: rudr_sync_create() expects at most 2 arguments, 3 given
TypeError: rudr_sync_create(): Argument #1 ($user) must be of type array, string given
TypeError: rudr_sync_create(): Argument #1 ($user) must be of type array, ArrayObject given
TypeError: rudr_sync_create(): Argument #2 ($site) must be of type RudrSync\Site|string|null, array given
TypeError: rudr_sync_create(): Argument #2 ($site) must be of type RudrSync\Site|string|null, stdClass given
Error: Unknown named parameter $sight
TypeError: rudr_sync_update(): Argument #1 ($remote_id) must be of type int, string given

Deprecated: rudr_sync_update(): Passing null to parameter #1 ($remote_id) of type int is deprecated in %s on line %d
ValueError: rudr_sync_update(): Argument #1 ($remote_id) must be greater than 0
ArgumentCountError: rudr_sync_update() expects at least 2 arguments, 1 given
TypeError: rudr_sync_delete(): Argument #1 ($remote_id) must be of type int, array given
TypeError: rudr_sync_delete(): Argument #2 ($reassign) must be of type ?int, string given
TypeError: rudr_sync_find(): Argument #1 ($email) must be of type string, array given
TypeError: rudr_sync_find(): Argument #1 ($email) must be of type string, stdClass given
TypeError: rudr_sync_deliver(): Argument #1 ($jobs) must be of type array, null given
TypeError: rudr_sync_check(): Argument #1 ($site) must be of type RudrSync\Site|string|null, array given
TypeError: rudr_sync_judge(): Argument #1 ($state) must be of type ?string, array given
ArgumentCountError: rudr_sync_judge() expects exactly 2 arguments, 1 given
ArgumentCountError: rudr_sync_sites() expects exactly 0 arguments, 1 given
TypeError: rudr_sync_seal(): Argument #2 ($bound) must be of type array, string given
ArgumentCountError: RudrSync\Site::__construct() expects at least 3 arguments, 2 given
TypeError: RudrSync\Site::__construct(): Argument #3 ($password) must be of type string, array given
TypeError: RudrSync\Site::__construct(): Argument #4 ($options) must be of type array, string given
ArgumentCountError: RudrSync\Exception::getStatus() expects exactly 0 arguments, 1 given
# coerced
int(1)
int(1)
int(1)
NULL
NULL
bool(false)
bool(false)
RudrSync\Exception: no site file is set: name one in php.ini's rudr_sync.sites, or pass a RudrSync\Site
RudrSync\Exception: no site file is set: name one in php.ini's rudr_sync.sites, or pass a RudrSync\Site
