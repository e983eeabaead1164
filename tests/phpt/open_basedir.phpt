--TEST--
A site's ca_file is within open_basedir
--FILE--
<?php
require __DIR__ . '/fake.inc';
ini_set('open_basedir', __DIR__);
thrown(fn () => new RudrSync\Site('https://b.example', 'bot', 'pw', ['ca_file' => '/etc/passwd']));
thrown(fn () => new RudrSync\Site('https://b.example', 'bot', 'pw', ['ca_file' => __DIR__ . '/../../Cargo.toml']));
thrown(fn () => new RudrSync\Site('https://b.example', 'bot', 'pw', ['ca_file' => "a\0b"]));
thrown(fn () => new RudrSync\Site('https://b.example', 'bot', 'pw', ['ca_file' => __DIR__ . '/ca.pem']));
?>
--EXPECT--
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): ca_file must be within open_basedir
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): ca_file must be within open_basedir
ValueError: RudrSync\Site::__construct(): Argument #4 ($options): ca_file must be within open_basedir
nothing thrown, got {}
