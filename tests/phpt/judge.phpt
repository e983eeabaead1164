--TEST--
Outcomes are judged; the state goes around through PHP
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$job = ['op' => 'put', 'user' => ['user_login' => 'ann', 'user_email' => 'ann@b.example'], 'ref' => new stdClass];
$state = null;
for ($i = 0; $i < 3; $i++) {
    $judged = rudr_sync_judge($state, rudr_sync_deliver([$job], $fake->site('denied')));
    echo $judged['status'], ' ', get_debug_type($judged['hold']), "\n";
    $state = $judged['state'];
}
$judged = rudr_sync_judge($state, rudr_sync_deliver([$job], $fake->site()));
echo $judged['status'], ' ', get_debug_type($judged['hold']), "\n";
// A state that was damaged in the database is none.
echo rudr_sync_judge("\xff{", [])['status'], "\n";
echo implode(' ', array_keys($judged)), "\n";
?>
--EXPECT--
paused int
paused int
quarantined int
ok null
ok
state status hold why wire uuid hashes version
