--TEST--
Keys that are not WordPress' own may hold anything, without complaint
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$loop = [];
$loop['me'] = &$loop;
$id = rudr_sync_create([
    'user_login' => 'ann',
    'user_email' => 'ann@b.example',
    'first_name' => null,
    'ID' => 5,
    'username' => 'not a synonym',
    'email' => ['not one either'],
    'filter' => new stdClass,
    'broken' => "\xff",
    "\xff" => 1,
    7 => STDIN,
    'loop' => $loop,
    'nan' => NAN,
], $fake->site());
$body = $fake->log()[0]['body'];
unset($body['password']);
echo json_encode([$id, $body]), "\n";
?>
--EXPECT--
[2,{"username":"ann","email":"ann@b.example"}]
