--TEST--
Create, update, find and delete do as they are told
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$site = $fake->site();
$text = " O'Brien \\ \"q\" <b> & \u{1f600} \u{41f} ";
$id = rudr_sync_create(['user_login' => 'ann', 'user_email' => 'ann@b.example', 'user_pass' => $text, 'first_name' => $text, 'role' => 'editor', 'meta_input' => ['list' => [1, 2], 'map' => ['a' => 1.5, '5' => null]]], $site);
var_dump($id);
var_dump(rudr_sync_update($id, ['user_login' => 'ann', 'last_name' => 'Lee'], $site));
var_dump(rudr_sync_update(remote_id: $id, user: [], site: $site));
var_dump(rudr_sync_find('ANN@b.example', $site));
var_dump(rudr_sync_find('nn@b.example', $site));
failed(fn () => rudr_sync_create(['user_login' => 'ann', 'user_email' => 'other@b.example'], $site));
failed(fn () => rudr_sync_create(['user_login' => 'bea', 'user_email' => 'Ann@B.example'], $site));
failed(fn () => rudr_sync_create(['user_login' => 'bea'], $site));
failed(fn () => rudr_sync_update($id, ['user_login' => 'bea', 'first_name' => 'Bea'], $site));
failed(fn () => rudr_sync_update(999, ['first_name' => 'x'], $site));
var_dump(rudr_sync_delete($id, site: $site));
var_dump(rudr_sync_delete($id, 0, $site));

$log = $fake->log();
var_dump($log[0]['body'] === ['username' => 'ann', 'email' => 'ann@b.example', 'first_name' => $text, 'roles' => ['editor'], 'meta' => ['list' => [1, 2], 'map' => ['a' => 1.5, '5' => null]], 'password' => $text]);
var_dump($log[0]['user'], $log[0]['password']);
foreach ($log as $request) {
    echo $request['asked'], isset($request['query']['reassign']) ? " to {$request['query']['reassign']}" : '', "\n";
}
?>
--EXPECT--
int(2)
int(2)
int(2)
int(2)
NULL
RudrSync\Conflict existing_user_login
RudrSync\Conflict existing_user_email
RudrSync\Exception incomplete
RudrSync\Rejected rest_user_invalid_argument
RudrSync\Rejected rest_user_invalid_id
bool(true)
bool(false)
bool(true)
string(3) "bot"
string(12) "app password"
POST /wp/v2/users
POST /wp/v2/users/2
GET /wp/v2/users
GET /wp/v2/users
POST /wp/v2/users
GET /wp/v2/users
POST /wp/v2/users
GET /wp/v2/users
POST /wp/v2/users/2
POST /wp/v2/users/999
GET /wp/v2/users/me
DELETE /wp/v2/users/2 to 1
DELETE /wp/v2/users/2 to false
