<?php
/** What each thread does: as somebody else than the others, and every answer must be its own. */

$base = getenv('FAKE_SITE');
$me = bin2hex(random_bytes(6));
$site = new RudrSync\Site("$base/wp", "bot-$me", "password of $me");

function must(bool $so, string $what): void {
    if (!$so) {
        throw new LogicException($what);
    }
}

for ($i = 0; $i < 8; $i++) {
    $user = ['user_login' => "$me-$i", 'user_email' => "$me-$i@a.example"];
    $id = rudr_sync_create($user, $site);
    must(rudr_sync_find($user['user_email'], $site) === $id, 'another thread\'s account was found');
    must(rudr_sync_update($id, ['first_name' => $me] + $user, $site) === $id, 'another account was updated');
    try {
        rudr_sync_create($user, $site);
        must(false, 'the same account was made twice');
    } catch (RudrSync\Conflict $e) {
        must($e->getRemoteId() === $id || $e->getRemoteId() === null, 'another thread\'s conflict');
    }
    $jobs = [];
    for ($j = 0; $j < 3; $j++) {
        $jobs[] = ['op' => 'put', 'user_id' => $j + 1, 'ref' => "$me $i $j", 'now' => time(),
            'user' => ['user_login' => "$me-$i-$j", 'user_email' => "$me-$i-$j@a.example", 'roles' => ['subscriber']]];
    }
    foreach (rudr_sync_deliver($jobs, $site) as $j => $outcome) {
        must($outcome['ref'] === "$me $i $j" && $outcome['login'] === "$me-$i-$j", 'another thread\'s outcome: ' . json_encode($outcome));
    }
    must(strlen(rudr_sync_seal('plain', [$me], 'key')) > 20, 'nothing sealed');
    try {
        new RudrSync\Site($me, 'x', 'y');
        must(false, 'that is no URL');
    } catch (ValueError) {
    }
    // A copy of the site for each round: objects come and go in all threads at once.
    $site = new RudrSync\Site("$base/wp", "bot-$me", "password of $me", ['roles' => ['a' => $me]]);
}

// A setting is the thread's own. The others wait for 20 seconds.
ini_set('rudr_sync.timeout', '0.2');
$started = hrtime(true);
try {
    rudr_sync_update(1, ['user_login' => 'x'], new RudrSync\Site("$base/hang", 'bot', 'pw'));
    must(false, 'a hung site has answered');
} catch (RudrSync\Unreachable $e) {
    must($e->getErrorCode() === 'timeout', $e->getErrorCode());
    must(hrtime(true) - $started < 15e9, 'another thread\'s timeout');
}

$mine = json_decode(file_get_contents("$base/log/?user=bot-$me"), true);
must(count($mine) > 50, 'not asked by this thread');
foreach ($mine as $asked) {
    must($asked['password'] === "password of $me", 'asked with another\'s password');
}
