--TEST--
Every job has its outcome, in its place, and none is another's
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$ref = new stdClass;
$user = fn ($login) => ['user_login' => $login, 'user_email' => "$login@b.example"];
$jobs = [
    'keys do not matter' => ['op' => 'put', 'user' => $user('ann'), 'ref' => $ref],
    ['op' => 'put', 'user' => ['user_login' => 'bea', 'user_email' => 5], 'ref' => [1, 'two' => "\xff"]],
    'no job',
    ['op' => 'upsert', 'ref' => 0],
    ['op' => 'put', 'user' => 'x'],
    ['op' => 'put', 'user' => ['user_login' => 'cleo', 'broken' => "\xff", 'user_email' => "\xff"]],
    ['op' => 'put', 'user_id' => '7', 'remote_id' => 'seven'],
    ['op' => 'put', 'user' => $user('fay'), 'tried_at' => new stdClass],
    ['op' => 'put', 'user' => $user('dora'), 'user_id' => '7', 'attempts' => '3', 'failing' => '0', 'reassign' => null, 'privileged' => 0, 'tried_at' => null],
    ['op' => 'put', 'user' => $user('ella'), 'privileged' => true, 'ref' => &$ref],
];
$outcomes = rudr_sync_deliver($jobs, $fake->site());
var_dump(array_is_list($outcomes), count($outcomes));
foreach ($outcomes as $o) {
    echo json_encode([$o['status'], $o['scope'], $o['code'], $o['login'], $o['trust'], $o['spent']]), ' ', $o['code'] === 'invalid_job' ? $o['message'] : '', "\n";
}
var_dump($outcomes[0]['ref'] === $ref, $outcomes[9]['ref'] === $ref, $outcomes[1]['ref'] === [1, 'two' => "\xff"], $outcomes[3]['ref'], $outcomes[2]['ref']);
var_dump(array_diff(['status', 'scope', 'id', 'login', 'trust', 'base', 'refused', 'http', 'code', 'message', 'due', 'spent', 'doubt', 'forget', 'holder', 'site', 'destructive', 'ref'], array_keys($outcomes[0])));

echo "# what was kept makes the next delivery cheap\n";
$before = count($fake->log());
$again = ['op' => 'put', 'user' => $user('ann'), 'remote_id' => (string) $outcomes[0]['id'], 'remote_login' => 'ann', 'trust' => 'own', 'base' => $outcomes[0]['base']];
$outcome = rudr_sync_deliver([$again], $fake->site())[0];
var_dump($outcome['status'], count($fake->log()) - $before);

echo "# many, and none\n";
$many = [];
for ($i = 0; $i < 200; $i++) {
    $many[] = ['op' => 'put', 'user' => $user("u$i"), 'ref' => $i];
}
$outcomes = rudr_sync_deliver($many, $fake->site('wp', ['concurrency' => 8]));
var_dump(array_column($outcomes, 'ref') === range(0, 199), array_unique(array_column($outcomes, 'status')), array_column($outcomes, 'login') === array_map(fn ($i) => "u$i", range(0, 199)));
var_dump(count(array_unique(array_column($fake->log(), 'connection'))) <= 8 + 2);
var_dump(rudr_sync_deliver([], $fake->site()));
?>
--EXPECT--
bool(true)
int(10)
["created","job",null,"ann","own",false] 
["rejected","job","incomplete",null,null,false] 
["rejected","job","invalid_job",null,null,false] this job cannot be read: job must be an array, string given
["rejected","job","invalid_job",null,null,false] this job cannot be read: op must be one of 'put', 'delete'
["rejected","job","incomplete",null,null,false] 
["rejected","job","incomplete",null,null,false] 
["rejected","job","invalid_job",null,null,false] this job cannot be read: remote_id must be an int of 1 or more, string given
["rejected","job","invalid_job",null,null,false] this job cannot be read: tried_at must be plain data, stdClass given
["created","job",null,"dora","own",false] 
["rejected","job","privileged",null,null,false] 
bool(true)
bool(true)
bool(true)
int(0)
NULL
array(0) {
}
# what was kept makes the next delivery cheap
string(9) "unchanged"
int(0)
# many, and none
bool(true)
array(1) {
  [0]=>
  string(7) "created"
}
bool(true)
bool(true)
array(0) {
}
