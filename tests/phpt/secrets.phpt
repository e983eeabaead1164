--TEST--
No secret is in a message, a trace, a warning, a log or phpinfo(), whatever goes wrong
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
log_errors=1
html_errors=0
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;
$log = tempnam(sys_get_temp_dir(), 'rudr-sync-log-');
ini_set('error_log', $log);

// A secret in every place that takes one. Globals, since a trace shows the variables that a closure has bound.
$password = 'sesame-app-password';
$key = 'sesame-key';
$user = ['user_login' => 'ann', 'user_email' => 'ann@b.example', 'user_pass' => 'sesame-user-pass', 'user_pass_hash' => 'sesame-hash'];
$job = ['op' => 'put', 'user' => $user, 'secret' => 'sesame-sealed', 'password_mark' => 'm'];
$options = ['key' => $key, 'timeout' => 0.2];

ob_start();
/** Shows everything that there is to see of what a call throws, as a careless error handler would. */
function careless(callable $call): void {
    try {
        var_dump($call());
    } catch (Throwable $e) {
        echo $e, "\n";
        print_r($e->getTrace());
        var_dump($e);
        var_export($e->getTrace());
        echo json_encode($e->getTrace(), JSON_PARTIAL_OUTPUT_ON_ERROR);
        error_log((string) $e);
    }
}
foreach (['wp', 'hang', 'html', 'busy', 'denied', 'forbidden', 'parrot', 'nowhere'] as $mode) {
    $site = $fake->site($mode, $options, $password);
    careless(function () { extract($GLOBALS); return rudr_sync_create($user, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_create($user, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_update(2, $user, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_delete(5, 0, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_find('ann@b.example', $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_deliver([$job, ['op' => 'upsert'] + $job], $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_check($site); });
    careless(function () { extract($GLOBALS); return rudr_sync_create(['user_email' => 5] + $user, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_create(['user_pass' => '$P$B' . str_repeat('sesame', 5)] + $user, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_create(['user_pass' => ['sesame']] + $user, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_create(user: $user, site: []); });
    careless(function () { extract($GLOBALS); return rudr_sync_update('x', $user, $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_update(0, $user, site: $site); });
    careless(function () { extract($GLOBALS); return rudr_sync_deliver([$job], 5.5); });
    careless(function () { extract($GLOBALS); return $site->__construct('https://b.example', 'bot', $password, $options); });
}
careless(function () { extract($GLOBALS); return new RudrSync\Site('nonsense', 'bot', $password, $options); });
careless(function () { extract($GLOBALS); return new RudrSync\Site('https://b.example', '', $password, ['adopt' => $key] + $options); });
careless(function () { extract($GLOBALS); return new RudrSync\Site('https://b.example', 'bot', "$password\n", $options); });
careless(function () { extract($GLOBALS); return new RudrSync\Site('https://b.example', 'bot', "$password\xff", $options); });
careless(function () { extract($GLOBALS); return new RudrSync\Site('https://b.example', 'bot', [$password], $options); });
careless(function () { extract($GLOBALS); return new RudrSync\Site(options: ['timeout' => 'x'] + $options, password: $password, username: 'bot', url: 'https://b.example'); });
careless(function () { extract($GLOBALS); return new RudrSync\Site('https://bot:sesame-in-the-url@b.example', 'bot', $password, $options); });
careless(function () { extract($GLOBALS); return rudr_sync_seal('sesame-plain', [[]], $key); });
careless(function () { extract($GLOBALS); return rudr_sync_seal("sesame-plain\xff", [], $key); });
careless(function () { extract($GLOBALS); return rudr_sync_seal('sesame-plain', 'x', $key); });
careless(function () { extract($GLOBALS); return rudr_sync_seal('sesame-plain', [], "$key\xff"); });
careless(function () { extract($GLOBALS); return rudr_sync_seal('sesame-plain', []); });
// A sealed password that cannot be opened.
careless(function () { extract($GLOBALS); return rudr_sync_find('a@b.example', $fake->site('wp', ['key' => 'sesame-other-key'], rudr_sync_seal($password, [$fake->base, 'bot'], $key))); });
phpinfo();
$site = $fake->site('wp', $options, $password);
var_dump($site);
print_r($site);
var_export($site);
debug_zval_dump($site);
echo json_encode([$site]);
$seen = ob_get_clean() . file_get_contents($log);
unlink($log);

foreach (['Argument #1 ($user)', 'SensitiveParameterValue', 'RudrSync\Unreachable', 'RudrSync\Rejected', 'RudrSync\Unauthorized', 'rudr_sync.timeout', '"rejected"'] as $needle) {
    if (!str_contains($seen, $needle)) {
        echo "expected to see $needle\n";
    }
}
// Also not in another dress: base64 as in an Authorization header, or reversed slashes of JSON.
foreach (['sesame', base64_encode("bot:$password"), substr(base64_encode("bot:$password"), 0, 20)] as $secret) {
    $at = stripos($seen, $secret);
    echo $at === false ? "not seen\n" : 'SEEN: ' . substr($seen, max(0, $at - 300), 400) . "\n";
}
?>
--EXPECT--
not seen
not seen
not seen
