--TEST--
What cannot be read of a job is left out and told, and holds back nothing else
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$loop = ['x'];
$loop['me'] = &$loop;
$user = [
    'user_login' => 'ann',
    'user_email' => 'ann@b.example',
    'first_name' => "\xff",
    'last_name' => 'A',
    'description' => new stdClass,
    'nickname' => STDIN,
    'user_url' => 5,
    'roles' => ['editor', "\xff"],
    'meta_input' => ['colour' => 'red', 'shape' => new ArrayObject, 'size' => ['w' => NAN], 'loop' => $loop, "\xff" => 1],
    'other' => new stdClass,
];
$outcome = rudr_sync_deliver([['op' => 'put', 'user' => $user, 'attempts' => new stdClass, 'base' => "\xff"]], $fake->site())[0];
echo json_encode([$outcome['status'], $outcome['doubt'], $outcome['forget']]), "\n";
foreach ($outcome['refused'] as $key => $code) {
    echo "$key: $code\n";
}
$body = array_column($fake->log(), 'body', 'asked')['POST /wp/v2/users'];
unset($body['password']);
echo json_encode($body), "\n";

echo "# power that cannot be read is not taken for none\n";
foreach (['privileged', 'privileged_roles'] as $key) {
    $outcome = rudr_sync_deliver([['op' => 'put', 'user' => ['user_login' => "u$key", 'user_email' => "$key@b.example", 'roles' => ['editor']], $key => new stdClass]], $fake->site())[0];
    echo json_encode([$outcome['status'], $outcome['code'], $outcome['refused']['roles'] ?? null]), "\n";
}

echo "# nor whose account it is\n";
foreach (['op', 'user_id', 'remote_id', 'remote_login', 'trust', 'tried_at', 'tried_last', 'tried_email', 'now', 'reassign'] as $key) {
    $outcome = rudr_sync_deliver([[$key => new stdClass] + ['op' => $key === 'reassign' ? 'delete' : 'put', 'user' => $user]], $fake->site())[0];
    echo json_encode([$outcome['code'], $outcome['doubt'], $outcome['message']]), "\n";
}
?>
--EXPECT--
["created",null,false]
description: unreadable
first_name: unreadable
meta_input.loop: unreadable
meta_input.shape: unreadable
meta_input.size: unreadable
meta_input.�: unreadable
nickname: unreadable
roles: unreadable
user_pass: password_unknown
user_url: unreadable
{"username":"ann","last_name":"A","email":"ann@b.example","meta":{"colour":"red"},"roles":[]}
# power that cannot be read is not taken for none
["rejected","privileged",null]
["created",null,"unreadable"]
# nor whose account it is
["invalid_job","before","this job cannot be read: op must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: user_id must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: remote_id must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: remote_login must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: trust must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: tried_at must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: tried_last must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: tried_email must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: now must be plain data, stdClass given"]
["invalid_job","before","this job cannot be read: reassign must be plain data, stdClass given"]
