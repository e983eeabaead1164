--TEST--
Exceptions say what happened, where, and whether to try again
--FILE--
<?php
require __DIR__ . '/fake.inc';
$fake = new Fake;

function show(callable $call): void {
    try {
        $call();
        echo "nothing thrown\n";
    } catch (RudrSync\Exception $e) {
        echo get_class($e), ' ', json_encode([$e->getStatus(), $e->getErrorCode(), $e->isRetryable(), $e->getRetryAfter()]);
        echo $e instanceof RudrSync\Conflict ? ' ' . json_encode($e->getRemoteId()) : '', $e->getMessage() === '' ? ' without words' : '', "\n";
    }
}
$find = fn ($site) => show(fn () => rudr_sync_find('a@b.example', $site));
$update = fn ($site) => show(fn () => rudr_sync_update(5, ['first_name' => 'x'], $site));
$find(new RudrSync\Site('http://127.0.0.1:9', 'bot', 'pw'));
$find($fake->site('hang', ['timeout' => patience(0.3)]));
$find($fake->site('html'));
$find($fake->site('busy'));
$find($fake->site('denied'));
$update($fake->site('forbidden'));
$update($fake->site('wp'));
rudr_sync_create(['user_login' => 'ann', 'user_email' => 'ann@b.example'], $fake->site());
show(fn () => rudr_sync_check('nobody'));
show(fn () => rudr_sync_create(['user_login' => 'bea', 'user_email' => 'ann@b.example'], $fake->site()));

echo "# where\n";
function inner($site) {
    rudr_sync_find('a@b.example', $site);
}
try {
    inner($fake->site('denied'));
} catch (RuntimeException $e) {
    echo basename($e->getFile()), ':', $e->getLine(), ' ', implode(' < ', array_column($e->getTrace(), 'function')), "\n";
    var_dump($e->getCode(), $e->getPrevious());
}

echo "# made in PHP\n";
class Own extends RudrSync\Conflict {}
$e = new Own('words', 5, new LogicException('before'));
var_dump($e->getMessage(), $e->getCode(), $e->getPrevious()->getMessage(), $e->getStatus(), $e->getErrorCode(), $e->isRetryable(), $e->getRetryAfter(), $e->getRemoteId());
var_dump(unserialize(serialize(new RudrSync\Rejected('words')))->getMessage());
?>
--EXPECTF--
RudrSync\Unreachable [0,"connect",true,null]
RudrSync\Unreachable [0,"timeout",true,null]
RudrSync\Unreachable [200,"not_wordpress",true,null]
RudrSync\Unreachable [503,"busy",true,7]
RudrSync\Unauthorized [401,"incorrect_password",false,null]
RudrSync\Unauthorized [403,"rest_cannot_edit",false,null]
RudrSync\Rejected [404,"rest_user_invalid_id",false,null]
RudrSync\Exception [0,"site_unknown",false,null]
RudrSync\Conflict [500,"existing_user_email",false,null] 2
# where
exceptions.php:29 rudr_sync_find < inner
int(0)
NULL
# made in PHP
string(5) "words"
int(5)
string(6) "before"
int(0)
string(0) ""
bool(false)
NULL
NULL
string(5) "words"
