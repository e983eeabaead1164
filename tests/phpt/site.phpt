--TEST--
A Site shows nothing, and cannot be copied, changed or compared
--FILE--
<?php
require __DIR__ . '/fake.inc';
$site = new RudrSync\Site('https://hidden-host.example', 'hidden-agent', 'hidden-password', ['key' => 'hidden-key', 'name' => 'hidden-name']);
var_dump($site);
print_r($site);
echo "\n";
var_export($site);
echo "\n", json_encode($site), "\n";
debug_zval_dump($site);
var_dump((array) $site, get_object_vars($site), iterator_to_array((function ($s) { foreach ($s as $k => $v) yield $k => $v; })($site)));
thrown(fn () => serialize($site));
thrown(fn () => unserialize('O:13:"RudrSync\Site":0:{}'));
thrown(fn () => (string) $site);
thrown(fn () => clone $site);
thrown(fn () => $site->password);
thrown(fn () => $site->password = 'x');
thrown(fn () => isset($site->password));
thrown(fn () => $site->__construct('https://b.example', 'bot', 'pw'));
thrown(fn () => (new ReflectionClass($site))->newInstanceWithoutConstructor());
var_dump($site == $site, $site == new RudrSync\Site('https://hidden-host.example', 'hidden-agent', 'hidden-password'), $site == new RudrSync\Site('https://b.example', 'x', 'y'));
var_dump((new ReflectionObject($site))->getProperties());
eval('class Mine extends RudrSync\Site {}');
?>
--EXPECTF--
object(RudrSync\Site)#%d (0) {
}
RudrSync\Site Object
(
)

\RudrSync\Site::__set_state(array(
))
{}
object(RudrSync\Site)#%d (0) refcount(%d){
}
array(0) {
}
array(0) {
}
array(0) {
}
Exception: Serialization of 'RudrSync\Site' is not allowed
Exception: Unserialization of 'RudrSync\Site' is not allowed
Error: Object of class RudrSync\Site could not be converted to string
Error: Trying to clone an uncloneable object of class RudrSync\Site

Warning: Undefined property: RudrSync\Site::$password in %s on line %d
nothing thrown, got null
Error: Cannot create dynamic property RudrSync\Site::$password
nothing thrown, got false
Error: Cannot call RudrSync\Site::__construct() a second time: a site does not change
ReflectionException: Class RudrSync\Site is an internal class marked as final that cannot be instantiated without invoking its constructor
bool(true)
bool(false)
bool(false)
array(0) {
}

Fatal error: Class Mine cannot extend final class RudrSync\Site in %s on line %d
