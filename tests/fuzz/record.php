<?php

/**
 * Records what real sites of each version answer, as seeds: by core's REST, in batches, and as a receiver.
 *
 *     LAB=record LAB_PORT=9300 tests/lab/php.sh tests/fuzz/record.php; LAB=record tests/lab/lab.sh down
 *
 * Run by hand when the wire has changed; what it writes is kept in git.
 */

declare(strict_types=1);

namespace RudrSync\Fuzz;

use RudrSync\Tests\Lab;
use RudrSync\Tests\Site;

require __DIR__ . '/../lab/Lab.php';

/** Writes down whatever this site answers by REST: the body as it leaves, in the form that src/lib.rs reads. */
const RECORDER = <<<'PHP'
<?php
add_action('init', fn () => register_meta('user', 'colour', ['single' => true, 'type' => 'string', 'show_in_rest' => true]));
$records = dirname(WP_CONTENT_DIR) . '/records';
if (is_dir($records) && str_starts_with($_SERVER['REQUEST_URI'] ?? '', '/wp-json')) {
    $sent = json_decode(file_get_contents('php://input'), true);
    $path = rtrim(strtok($_SERVER['REQUEST_URI'], '?'), '/');
    $number = count($sent['jobs'] ?? $sent['requests'] ?? []);
    [$room, $asked] = match (true) {
        str_ends_with($path, '/rudr-sync/v1') => ['receiver', 'about'],
        str_ends_with($path, '/rudr-sync/v1/jobs') => ['receiver', "jobs $number"],
        str_ends_with($path, '/batch/v1') => ['batch', "jobs $number"],
        '/wp-json' === $path, str_ends_with($path, '/users/me') => ['index', 'look'],
        'DELETE' === $_SERVER['REQUEST_METHOD'] => ['core', 'delete'],
        isset($_GET['search']) => ['core', 'find'],
        (bool) preg_match('~/users/(\d+)$~', $path, $id) => ['core', 'POST' === $_SERVER['REQUEST_METHOD'] ? "update $id[1]" : 'look'],
        default => ['core', 'create'],
    };
    ob_start(function ($body) use ($records, $room, $asked) {
        $headers = array_filter(headers_list(), fn ($header) => preg_match('~^(retry-after|location|x-wp-totalpages|content-type):~i', $header));
        $head = implode("\n", [http_response_code() . " $asked", 'date: Mon, 23 Nov 2026 18:46:49 GMT', ...preg_replace_callback('~^[^:]+~', fn ($name) => strtolower($name[0]), $headers)]);
        $code = preg_replace('~[^a-z0-9_-]~', '', json_decode($body, true)['code'] ?? '');
        // Of jobs by their number too: what each comes to is in the body.
        $name = "$room-" . (str_starts_with($asked, 'jobs') ? strtr($asked, ' ', '-') : strtok($asked, ' ')) . '-' . http_response_code() . ($code ? "-$code" : '');
        file_put_contents("$records/$name", str_replace([home_url(), addcslashes(home_url(), '/')], ['https://b.example', 'https:\/\/b.example'], "$head\n\n$body"));
        return $body;
    });
}
PHP;

foreach (Lab::VERSIONS as $version) {
    $b = Lab::site('record' . str_replace('.', '', $version), $version, ['plugin' => true, 'delivery' => null]);
    $password = $b->applicationPassword(Lab::ADMIN, 'recorded');
    $agent = $b->run('RudrSync\Received::upgrade(); return RudrSync\Agent::make("recorded");');
    file_put_contents("$b->folder/wp-content/mu-plugins/recorder.php", RECORDER);
    mkdir("$b->folder/records");
    by_core($b, $password);
    by_receiver($b, $agent);
    $all = glob("$b->folder/records/*");
    foreach ($all as $file) {
        [$room, $name] = explode('-', basename($file), 2);
        copy($file, __DIR__ . "/corpus/$room/$name-$version");
    }
    printf("%s: %d answers\n", $version, count($all));
}

function by_core(Site $b, string $password): void
{
    $site = site($b, Lab::ADMIN, $password);
    $ann = ['user_login' => 'ann', 'user_email' => 'ann@a.example', 'first_name' => "Ann \\ O'Neil \u{1F642}", 'roles' => ['editor'], 'meta_input' => ['colour' => 'red']];
    $id = rudr_sync_create($ann, $site);
    foreach (['bob', 'eve'] as $name) {
        rudr_sync_create(['user_login' => $name, 'user_email' => "$name@a.example", 'roles' => ['subscriber']], $site);
    }
    rudr_sync_check($site);
    rudr_sync_find('ann@a.example', $site);
    rudr_sync_find('nobody@a.example', $site);
    rudr_sync_update($id, ['last_name' => 'L.', 'description' => '<b>bold</b>'], $site);
    $refused = [
        fn () => rudr_sync_create(['user_login' => 'ann', 'user_email' => 'other@a.example'], $site),
        fn () => rudr_sync_create(['user_login' => 'other', 'user_email' => 'ann@a.example'], $site),
        fn () => rudr_sync_create(['user_login' => 'admin in capitals!', 'user_email' => 'no address'], $site),
        fn () => rudr_sync_update($id, ['user_email' => 'bob@a.example'], $site),
        fn () => rudr_sync_update($id, ['roles' => ['nonsense']], $site),
        fn () => rudr_sync_update($id, ['user_url' => 'no address', 'locale' => 'xx_XX'], $site),
        fn () => rudr_sync_update(999999, ['last_name' => 'L.'], $site),
        fn () => rudr_sync_delete(999999, 0, $site),
        fn () => rudr_sync_update($id, ['last_name' => 'L.'], site($b, Lab::ADMIN, 'a wrong password')),
        fn () => rudr_sync_update(1, ['last_name' => 'L.'], site($b, 'eve', $b->applicationPassword('eve', 'recorded'))),
    ];
    foreach ($refused as $call) {
        try {
            $call();
        } catch (\RudrSync\Exception) {
            // That is what is recorded.
        }
    }
    $job = fn (int $user, string $login, array $fields): array => ['op' => 'put', 'user_id' => $user, 'user' => ['user_login' => $login, 'user_email' => "$login@a.example", 'roles' => ['subscriber']] + $fields];
    $made = rudr_sync_deliver([$job(1, 'cat', []), $job(2, 'dan', [])], $site);
    $changed = array_map(fn (array $one, string $login, int $user): array => ['remote_id' => $one['id'], 'remote_login' => $login, 'trust' => 'own', 'base' => $one['base']] + $job($user, $login, ['last_name' => 'L.']), $made, ['cat', 'dan'], [1, 2]);
    rudr_sync_deliver($changed, $site);
    // One alone is no batch, and its answer is whole.
    rudr_sync_deliver(array_slice($changed, 0, 1), $site);
    rudr_sync_delete($id, 1, $site);
}

/** @param array{login: string, password: string} $agent */
function by_receiver(Site $b, array $agent): void
{
    $site = site($b, $agent['login'], $agent['password']);
    $terms = ['source' => '5fd1cf32-0000-4000-8000-0123456789ab'];
    $job = fn (int $user, string $login, array $fields): array => ['op' => 'put', 'user_id' => $user, 'user' => ['user_login' => $login, 'user_email' => "$login@a.example"] + $fields];
    rudr_sync_check($site);
    rudr_sync_deliver([
        $job(11, 'fay', ['roles' => ['subscriber'], 'user_pass_hash' => '$P$BXgMJUWd1Xk4RyXuVvMPWSEWWjQ1nS0', 'meta_input' => ['colour' => 'red']]),
        $job(12, 'gus', ['roles' => ['administrator'], 'locale' => 'xx_XX']),
        $job(13, 'bob', []),
        $job(14, Lab::ADMIN, []),
    ], $site, $terms);
    try {
        rudr_sync_update(1, ['last_name' => 'L.'], $site);
    } catch (\RudrSync\Exception) {
        // An agent may not.
    }
    rudr_sync_deliver([$job(11, 'fay', ['last_name' => 'L.'])], site($b, $agent['login'], 'a wrong password'), $terms);
    rudr_sync_deliver([['op' => 'delete', 'user_id' => 11, 'remote_id' => 1, 'remote_login' => 'fay', 'trust' => 'own']], $site, $terms);
}

function site(Site $b, string $username, string $password): \RudrSync\Site
{
    return new \RudrSync\Site($b->url, $username, $password, ['adopt' => 'any']);
}
