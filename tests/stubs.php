<?php
/**
 * Prints the extension's stub for IDEs and static analysis: signatures by Reflection, words from the table below.
 *
 *     php -d extension=… tests/stubs.php > stubs/rudr_sync.php
 *     php -d extension=… tests/stubs.php --check     # exit 1 and a hint where the file is stale
 */

declare(strict_types=1);

/** What stands for more than PHP's own types can say. */
const TYPES = [
    'User' => <<<'T'
        array{
            user_login?: string|null, user_pass?: string|null, user_pass_hash?: string|null, user_email?: string|null,
            user_url?: string|null, user_nicename?: string|null, display_name?: string|null, nickname?: string|null,
            first_name?: string|null, last_name?: string|null, description?: string|null, locale?: string|null,
            role?: string|null, roles?: array<string>|null, meta_input?: array<string, mixed>|null, ...
        }
        T,
    'Job' => <<<'T'
        array{
            op: 'put'|'delete', user_id?: int|numeric-string|null, user?: array<string, mixed>|null,
            remote_id?: int|numeric-string|null, remote_login?: string|null, trust?: 'own'|'adopted'|'named'|null,
            base?: string|null, password_mark?: string|null, secret?: string|null, proved?: bool|int|string|null,
            privileged?: bool|int|null, privileged_roles?: array<string>|null, retry?: bool|int|null,
            tried_at?: int|numeric-string|null, tried_last?: int|numeric-string|null, tried_email?: string|null,
            now?: int|numeric-string|null, attempts?: int|numeric-string|null, failing?: int|numeric-string|null,
            received?: array{fields?: array<string, string>|null, password_mark?: string|null}|null, released?: bool|int|null,
            reassign?: int|numeric-string|null, ref?: mixed
        }
        T,
    'Terms' => <<<'T'
        array{
            state?: string|null, budget?: int|float|null, concurrency?: int|null, destructive?: int|null, source?: string|null
        }
        T,
    'Outcome' => <<<'T'
        array{
            status: 'created'|'updated'|'unchanged'|'deleted'|'absent'|'found'|'unlinked'|'retry'|'rejected'|'unauthorized',
            scope: 'job'|'site', id: int|null, login: string|null, trust: 'own'|'adopted'|null, base: string|null,
            refused: array<string, string>, http: int|null, code: string|null, message: string, due: int|null,
            spent: bool, doubt: 'before'|'now'|null, forget: bool, holder: ?int, site: ?string, destructive: bool, ref: mixed, ...
        }
        T,
    'Options' => <<<'T'
        array{
            name?: string|null, source?: string|null, reassign?: int|null, roles?: array<string, string|null|false>|null,
            timeout?: int|float|null, budget?: int|float|null, concurrency?: int|null, ca_file?: string|null,
            allow_http?: bool|null, adopt?: 'never'|'proven'|'any'|null, remove?: 'own'|'all'|'never'|null,
            recreate?: bool|null, follow_privileged?: bool|null, plaintext?: bool|null, authority?: 'here'|'there'|null,
            key?: string|null
        }
        T,
];

const SITE = ['site', null, "a site, the name of one in the file that rudr_sync.sites names, or null for its site 'default'"];
const THROWS_VALUE = ['\ValueError', 'if a key of an array or a value cannot be used; it is named, never shown'];
const THROWS_CALL = ['\RudrSync\Exception', 'if the call fails; its class says how'];

/** Keys of a job that do not speak for themselves. */
const JOB_WORDS = <<<'T'
    Of a job's keys:
    - `remote_id` alone is a claim, believed only after a look; with `trust` a person's word, whose login is looked up; with
      `remote_login` too the account that the link holds. With `trust` 'named' it is a person's word also where it has a login: the account
      is looked at before anything is sent, and must have that one.
    - `tried_at`, `tried_last`, `now`: a write was sent before and its answer never came. Nothing is sent until a minute is over; then
      an unknown account is looked for first, and of a known one nothing is taken for sent. With a claim: when others made it.
    - `tried_email`: the address that an unanswered create carried; the present one, if it is missing.
    - `retry`: a person ordered it: what the site refused before goes again.
    - `privileged_roles`: roles that hold power here; they follow only where the site's map of roles names them.
    - `received`: what came from that very site lately, where each follows the other: digests by field, as the receiver here made them, and
      the mark of the password that came. What the user still holds of it is not sent back.
    - `released`: an administrator has confirmed the change that was `held`: it is neither held nor counted.
    - a value of `user` that cannot be read is left out, and `refused` says `unreadable`. Only what decides what is done, and to whose
      account, makes the whole job an `invalid_job`.
    T;

/** The same of an outcome. */
const OUTCOME_WORDS = <<<'T'
    Of an outcome's keys:
    - `scope`: 'site' says nothing of this job but that the site as a whole cannot be worked with now.
    - `due`: seconds until the next try, 0 at once; null: not before a person or a change calls for it. `spent`: whether an attempt was.
    - `doubt`: whether a write may have worked unanswered. null: no longer, forget `tried_*`. 'before': what was in doubt still is, and
      nothing new: `tried_*` are to be as they were read. 'now': something was sent that may have worked: `tried_at` stays,
      `tried_last` is now.
    - `forget`: `remote_id`, `remote_login`, `trust`, `base` and `tried_*` are to be dropped; with `due` 0 the job goes again at once, as
      that of an unknown account.
    - `holder`: the account there that has the address which was refused.
    - `site`: what the site said of itself, for rudr_sync_judge(); null where it was not asked.
    - `destructive`: the job removed an account, took all roles away or changed an address, or may have; or it was `held` for that. false
      where it was `released`.

    Of the terms in $call:
    - `state`: as rudr_sync_judge() last gave it: what is known of the site, so that it need not be asked.
    - `budget` (seconds for all of it) and `concurrency` (requests in flight) are never more than the site's own.
    - `destructive`: how many destructive changes may be made; what is more is not sent: `retry`, code `held`. Missing: any number.
    - `source`: the uuid of this install, where the site's options name none. A receiver is not spoken to without.
    T;

/** For each function and class: what it does, then [parameter, type or null for PHP's own, words], return type and words, throws. */
const WORDS = [
    'rudr_sync_create' => ['Makes an account on a site.', [['user', 'User', "the user, in the words of wp_insert_user(); other keys are left out without complaint"], SITE], ['positive-int', "the account's id there"], [['\RudrSync\Conflict', "if login or email are taken there, unless the site's `adopt` is 'any'"], THROWS_CALL, THROWS_VALUE]],
    'rudr_sync_update' => ['Changes an account on a site. What is not given stays as it is there.', [['remote_id', 'positive-int', "the account's id there"], ['user', 'User', 'what is to change; with user_login, the site refuses an id that has become somebody else\'s'], SITE], ['positive-int', "the account's id there"], [THROWS_CALL, THROWS_VALUE]],
    'rudr_sync_delete' => ['Removes an account from a site.', [['remote_id', 'positive-int', "the account's id there"], ['reassign', 'int<0, max>|null', "who inherits its content there; 0: nobody, it is deleted; null: as the site's options say, else the agent"], SITE], [null, 'false if it was gone already'], [THROWS_CALL, THROWS_VALUE]],
    'rudr_sync_find' => ['Finds the account with exactly that email address; ASCII case does not matter.', [['email', null, 'the address'], SITE], ['positive-int|null', "the account's id there"], [THROWS_CALL, THROWS_VALUE]],
    'rudr_sync_deliver' => ["Makes many jobs true on a site, over a few connections at once, by the rules of trust.\n\nNever throws for one job's sake: what came of each is in its outcome.\n\n" . JOB_WORDS . "\n\n" . OUTCOME_WORDS, [['jobs', 'array<Job>', 'the jobs; their keys do not matter'], SITE, ['call', 'Terms', 'what is so for this delivery only']], ['list<Outcome>', 'an outcome for each job, in their order'], [THROWS_CALL, ['\ValueError', 'if a key of $call is unknown or its value cannot be used']]],
    'rudr_sync_check' => ['Asks step by step whether a site can be worked with; the first step that fails is the last.', [SITE], ['list<array{check: string, ok: bool, detail: string, fix: string}>', 'the steps'], [THROWS_CALL]],
    'rudr_sync_judge' => ['What the outcomes of a delivery mean for the site as a whole.', [['state', null, 'what the last judgement gave to keep; null at first'], ['outcomes', 'array<array<string, mixed>>', 'what rudr_sync_deliver() returned']], ["array{state: string, status: 'ok'|'paused'|'quarantined', hold: int|null, why: string|null, wire: 'plain'|'receiver'|null, uuid: string|null, hashes: list<string>, version: string|null}", '`state` is to be kept, and given to the next delivery; `hold` is how many seconds to wait, and `why`, for a person; `wire` is what the site last spoke, and the rest what its receiver said of itself (`hashes`: beginnings of those that it can check; md5 has none)'], [THROWS_VALUE]],
    'rudr_sync_sites' => ["The sites in the file that rudr_sync.sites names which the calling code may name. Nothing in it is secret.", [], ['array<string, array{url: string, username: string, options: array<string, mixed>}>', 'by name'], [['\RudrSync\Exception', 'if the file cannot be read']]],
    'rudr_sync_seal' => ['Seals a secret for storage.', [['plain', null, 'the secret'], ['bound', 'array<string|int>', 'it opens only with the same strings in the same order'], ['key', null, "what the key is made of; '' for the key in the file that rudr_sync.key_file names"]], ['non-empty-string', 'the sealed value'], [['\RudrSync\Exception', 'if there is no key'], THROWS_VALUE]],
    'RudrSync\Site' => ['A remote WordPress and how to reach it. Nothing shows what is in it: not var_dump(), not a stack trace.'],
    'RudrSync\Site::__construct' => [null, [['url', null, 'its address; https, but on loopback'], ['username', null, 'the account whose application password is used'], ['password', null, 'the application password, plain, or sealed and bound to [origin of $url, $username]'], ['options', 'Options', 'all may be left out']], null, [['\ValueError', 'if one cannot be used']]],
    'RudrSync\Exception' => ['A call failed.'],
    'RudrSync\Exception::getStatus' => [null, [], [null, 'the HTTP status of the answer; 0 where there was none']],
    'RudrSync\Exception::getErrorCode' => [null, [], [null, "the site's own error code, or one of ours ('timeout', 'tls', 'not_wordpress', …)"]],
    'RudrSync\Exception::isRetryable' => [null, [], [null, 'whether the same call may work later']],
    'RudrSync\Exception::getRetryAfter' => [null, [], [null, 'how many seconds the site asks to be left alone']],
    'RudrSync\Unreachable' => ['There was no answer, or none of a WordPress.'],
    'RudrSync\Unauthorized' => ['The site does not know us, or does not let us (401, 403).'],
    'RudrSync\Rejected' => ['The site said no.'],
    'RudrSync\Conflict' => ['Somebody else has that login or email.'],
    'RudrSync\Conflict::getRemoteId' => [null, [], [null, "that somebody's account, where it is known"]],
];

/** A type for a doc comment: our own are written out, since stubs have no place that all tools import them from. */
function type(string $type, string $indent): string {
    foreach (TYPES as $name => $long) {
        $type = preg_replace("/\\b$name\\b/", addcslashes(str_replace("\n", "\n$indent * ", $long), '\\$'), $type, 1);
    }
    return $type;
}

function doc(string $name, ?ReflectionFunctionAbstract $function, string $indent): string {
    [$summary, $parameters, $return, $throws] = (WORDS[$name] ?? exit("tests/stubs.php has no words for $name\n")) + [null, [], null, []];
    $known = array_map(fn ($p) => $p->getName(), $function ? $function->getParameters() : []);
    if (array_column($parameters, 0) !== $known) {
        exit("tests/stubs.php does not describe the parameters of $name\n");
    }
    $lines = $summary === null ? [] : explode("\n", $summary);
    foreach ($parameters as $place => [$parameter, $type, $words]) {
        $lines[] = '@param ' . type($type ?? php_type($function->getParameters()[$place]->getType()), $indent) . " \$$parameter $words";
    }
    if ($return !== null) {
        $lines[] = '@return ' . type($return[0] ?? php_type($function->getReturnType()), $indent) . " $return[1]";
    }
    foreach ($throws as [$class, $words]) {
        $lines[] = "@throws $class $words";
    }
    if ($lines === []) {
        return '';
    }
    return "$indent/**\n" . implode('', array_map(fn ($l) => rtrim("$indent * $l") . "\n", $lines)) . "$indent */\n";
}

/** Class names in full, so that a file with several namespaces reads right. */
function php_type(ReflectionType $type): string {
    return preg_replace('/\bRudrSync\\\\/', '\\RudrSync\\', (string) $type);
}

function signature(ReflectionFunctionAbstract $function): string {
    $parameters = array_map(function (ReflectionParameter $p): string {
        return ($p->getAttributes('SensitiveParameter') ? '#[\SensitiveParameter] ' : '') . php_type($p->getType()) . ' $' . $p->getName()
            . ($p->isDefaultValueAvailable() ? ' = ' . strtr(var_export($p->getDefaultValue(), true), ["array (\n)" => '[]', 'NULL' => 'null']) : '');
    }, $function->getParameters());
    return "function {$function->getName()}(" . implode(', ', $parameters) . ')' . ($function->hasReturnType() ? ': ' . php_type($function->getReturnType()) : '');
}

function stub(ReflectionExtension $extension): string {
    $stub = "<?php\n\n/**\n * Stub of the extension rudr_sync, for IDEs and static analysis. Generated by tests/stubs.php; not to be edited, nor loaded.\n */\n\nnamespace {\n";
    foreach ($extension->getFunctions() as $name => $function) {
        $stub .= "\n" . doc($name, $function, '    ') . '    ' . signature($function) . " {}\n";
    }
    $stub .= "}\n\nnamespace RudrSync {\n";
    foreach ($extension->getClasses() as $name => $class) {
        $parent = $class->getParentClass();
        $stub .= "\n" . doc($name, null, '    ') . '    ' . ($class->isFinal() ? 'final ' : '') . 'class ' . $class->getShortName()
            . ($parent ? " extends \\{$parent->name}" : '') . "\n    {\n";
        $methods = array_filter($class->getMethods(), fn ($m) => $m->class === $name && $m->isPublic());
        $stub .= implode("\n", array_map(fn ($m) => doc("$name::{$m->name}", $m, '        ') . '        public ' . signature($m) . " {}\n", $methods));
        $stub .= "    }\n";
    }
    return "$stub}\n";
}

$stub = stub(new ReflectionExtension('rudr_sync'));
if (($argv[1] ?? '') !== '--check') {
    echo $stub;
    exit;
}
$kept = explode("\n", (string) @file_get_contents(__DIR__ . '/../stubs/rudr_sync.php'));
$wanted = explode("\n", $stub);
if ($kept === $wanted) {
    echo "stubs/rudr_sync.php is up to date\n";
    exit;
}
$line = 0;
while (($kept[$line] ?? null) === ($wanted[$line] ?? null)) {
    $line++;
}
echo "stubs/rudr_sync.php is stale, from line ", $line + 1, ":\n- ", $kept[$line] ?? '(end)', "\n+ ", $wanted[$line] ?? '(end)', "\nmake it anew: ./build.sh stubs\n";
exit(1);
