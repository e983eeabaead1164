<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What a job makes of an account, on every version. */
final class JobsTest extends ReceiverTestCase
{
    private const TEXTS = [
        'quotes' => "O'Hara \"Bob\" `x`",
        'backslashes' => 'a\\b \\\' \\" \\\\ \\n',
        'markup' => 'a < b & c > d <b>bold</b> &lt; &amp;amp; <script>x()</script>',
        'emoji' => "\u{1F642}\u{1F469}\u{200D}\u{1F680}",
        'cyrillic' => 'Привет Їжак',
        'four bytes' => "\u{20BB7}\u{1D11E}",
        'line separators' => "a\u{2028}b\u{2029}c/d",
        'JSON and SQL' => '{"a":["\u0041"]} %7B+%20 %s %1$s \' OR 1=1 -- ',
    ];

    /** @dataProvider versions */
    public function testItSaysWhatItIs(string $version): void
    {
        $sender = self::sender($version);
        $about = $sender->request('GET', 'rudr-sync/v1/')->json();
        self::assertStringStartsWith($version === 'newest' ? '7.' : $version, $about['wordpress']);
        self::assertMatchesRegularExpression('/^[0-9a-f-]{36}$/', $about['uuid']);
        self::assertContains('$P$', $about['hashes']);
        self::assertContains('md5', $about['hashes']);
        self::assertSame($version !== '6.1', in_array('$wp$2y$', $about['hashes'], true));
        self::assertSame(100, $about['max_jobs']);
        self::assertSame(['editor', 'author', 'contributor', 'subscriber'], $about['roles'], 'none that holds power');
        self::assertSame(['phone', 'sizes'], $about['meta'], 'none that decides who somebody is');
        $header = $sender->site->run('return get_file_data(WP_PLUGIN_DIR . "/rudr-sync/rudr-sync.php", ["Version"])[0];');
        self::assertSame($header, $about['version']);
    }

    /** @dataProvider versions */
    public function testAUserIsMadeAndLogsInWithAHash(string $version): void
    {
        $sender = self::sender($version);
        $sender->site->mark();
        $job = Sender::somebody(['meta_input' => ['phone' => '+1', 'sizes' => ['b' => [1, null, 'x'], 'a' => true]], 'locale' => 'en_US', 'roles' => ['author', 'contributor']]);
        $made = $sender->job($job);
        self::assertSame('created', $made['status'], json_encode($made));
        self::assertSame([], $made['refused']);
        self::assertSame($job['ref'], $made['ref']);
        $user = $sender->site->user($job['user']['user_login']);
        self::assertSame([(int) $user['ID'], $user['user_login'], 'own'], [$made['id'], $made['login'], $made['trust']]);
        foreach (['user_email', 'user_url', 'display_name', 'user_pass_hash'] as $field) {
            self::assertSame($job['user'][$field], $user[$field === 'user_pass_hash' ? 'user_pass' : $field], $field);
        }
        foreach (['nickname', 'first_name', 'last_name', 'description', 'locale'] as $key) {
            self::assertSame($job['user'][$key], $sender->site->meta($made['id'], $key), $key);
        }
        self::assertSame('+1', $sender->site->meta($made['id'], 'phone'));
        self::assertSame(serialize(['b' => [1, null, 'x'], 'a' => true]), $sender->site->meta($made['id'], 'sizes'));
        self::assertSame(['author', 'contributor'], $sender->site->roles($made['id']));
        self::assertSame('2', $sender->site->meta($made['id'], 'wp_user_level'));
        self::assertSame('true', $sender->site->meta($made['id'], 'rich_editing'), 'all that any new user has');
        self::assertTrue($sender->site->login($user['user_login'], "secret of {$user['user_login']}"));
        self::assertSame([], $sender->site->mails(), 'nobody is told');
        self::assertSame(1, (int) $sender->row($job['user_id'])['complete']);
        self::assertNull($sender->row($job['user_id'])['lease']);
    }

    /** @dataProvider versions */
    public function testHashesOfEveryKindLogInOrAreRefused(string $version): void
    {
        $sender = self::sender($version);
        $password = 'Pä$s \\ \'"' . "\u{1F642}";
        // The login form checks what is slashed.
        $stored = addslashes($password);
        $hashes = ['phpass' => Sender::phpass($stored), 'wp bcrypt' => Sender::bcrypt($stored), 'bcrypt' => password_hash($stored, PASSWORD_BCRYPT, ['cost' => 4]), 'md5' => md5($stored)];
        foreach ($hashes as $kind => $hash) {
            $job = Sender::somebody(['user_pass_hash' => $hash]);
            $made = $sender->job($job);
            if ($version === '6.1' && $kind === 'wp bcrypt') {
                self::assertSame(['user_pass_hash' => 'hash_unsupported'], $made['refused']);
                self::assertStringStartsWith('!rudr-sync ', $sender->site->user($made['id'])['user_pass'], 'nothing is stored');
                self::assertFalse($sender->site->login($made['login'], $password));
                // The plaintext goes where one waits.
                $again = $sender->job(['user' => $job['user'] + ['user_pass' => $password]] + $job);
                self::assertSame([], $again['refused']);
            } else {
                self::assertSame([], $made['refused'], $kind);
                self::assertSame($hash, $sender->site->user($made['id'])['user_pass']);
            }
            self::assertTrue($sender->site->login($made['login'], $password), $kind);
        }
        // The last ones: of kinds that it can check, but at the price of hours or of all memory.
        foreach (['$S$' . str_repeat('x', 52), '$2y$10$short', str_repeat('g', 32), 'plain text', '*0', '$2y$31$' . str_repeat('x', 53), '$wp$2y$16$' . str_repeat('x', 53),
            '$P$S' . str_repeat('x', 30), '$argon2id$v=19$m=2097152,t=3,p=1$T210SjRQaC5ZNHg0SUFsWQ$' . str_repeat('x', 43),
            '$argon2id$v=19$m=65536,t=999,p=1$T210SjRQaC5ZNHg0SUFsWQ$' . str_repeat('x', 43)] as $hash) {
            $made = $sender->job(Sender::somebody(['user_pass_hash' => $hash]));
            self::assertSame(['created', ['user_pass_hash' => 'hash_unsupported']], [$made['status'], $made['refused']], $hash);
        }
    }

    /** @dataProvider versions */
    public function testAPasswordGoesWhereNoHashDoes(string $version): void
    {
        $sender = self::sender($version);
        $password = 'back\\slash "quoted" \'single\' ' . "\u{1F642}";
        $job = Sender::somebody(['user_pass_hash' => null, 'user_pass' => $password]);
        $made = $sender->job($job);
        self::assertTrue($sender->site->login($made['login'], $password));
        $sender->site->mark();
        $changed = $sender->job(['user' => ['user_pass' => "another $password"], 'remote_id' => $made['id']] + $job);
        self::assertSame('updated', $changed['status']);
        self::assertTrue($sender->site->login($made['login'], "another $password"));
        self::assertFalse($sender->site->login($made['login'], $password));
        self::assertSame([], $sender->site->mails());
    }

    /** @dataProvider versions */
    public function testTextIsStoredAsTheSiteItselfWouldStoreIt(string $version): void
    {
        $sender = self::sender($version);
        $fields = ['first_name', 'last_name', 'nickname', 'display_name', 'description'];
        foreach (self::TEXTS as $what => $text) {
            $job = Sender::somebody(array_fill_keys($fields, $text) + ['meta_input' => ['phone' => $text, 'sizes' => [$text => $text]]]);
            $made = $sender->job($job);
            self::assertSame('created', $made['status'], $what . json_encode($made));
            $plain = Sender::somebody()['user']['user_login'];
            $other = $sender->site->run('return wp_insert_user(wp_slash($args));', array_fill_keys($fields, $text) + ['user_login' => $plain, 'user_email' => "$plain@example.org", 'user_pass' => 'x']);
            self::assertSame($sender->site->user($other)['display_name'], $sender->site->user($made['id'])['display_name'], $what);
            foreach (['first_name', 'last_name', 'nickname', 'description'] as $key) {
                self::assertSame($sender->site->meta($other, $key), $sender->site->meta($made['id'], $key), "$what $key");
            }
            self::assertSame($text, $sender->site->meta($made['id'], 'phone'));
            self::assertSame(serialize([$text => $text]), $sender->site->meta($made['id'], 'sizes'));
            // The same as an update of an account that had something else.
            $sender->job(['user' => array_fill_keys($fields, 'x'), 'remote_id' => $made['id']] + $job);
            $sender->job(['user' => array_fill_keys($fields, $text), 'remote_id' => $made['id']] + $job);
            self::assertSame($sender->site->user($other)['display_name'], $sender->site->user($made['id'])['display_name'], "$what, updated");
            self::assertSame($sender->site->meta($other, 'description'), $sender->site->meta($made['id'], 'description'), "$what, updated");
        }
    }

    /** @dataProvider versions */
    public function testAnUpdateWritesWhatIsSentAndNothingElse(string $version): void
    {
        $sender = self::sender($version);
        $job = Sender::somebody(['meta_input' => ['phone' => '+1']]);
        $id = $sender->job($job)['id'];
        $link = ['remote_id' => $id, 'remote_login' => $job['user']['user_login'], 'trust' => 'own'];
        $before = $sender->site->user($id);
        $sender->site->mark();
        $done = $sender->job(['user' => ['first_name' => 'New', 'user_email' => "new-{$before['user_email']}", 'meta_input' => ['phone' => null]]] + $link + $job);
        self::assertSame('updated', $done['status']);
        self::assertSame(['user_email', 'first_name', 'meta_input.phone'], array_keys($done['held']));
        $after = $sender->site->user($id);
        self::assertSame(['user_email' => "new-{$before['user_email']}"], array_diff_assoc($after, $before));
        self::assertSame('New', $sender->site->meta($id, 'first_name'));
        self::assertSame($job['user']['last_name'], $sender->site->meta($id, 'last_name'));
        self::assertNull($sender->site->meta($id, 'phone'));
        self::assertSame([], $sender->site->mails(), 'neither address is told');
        self::assertSame('unchanged', $sender->job(['user' => ['first_name' => 'New']] + $link + $job)['status']);
        self::assertSame('unchanged', $sender->job(['user' => []] + $link + $job)['status']);

        $hash = Sender::phpass('another');
        self::assertSame('updated', $sender->job(['user' => ['user_pass_hash' => $hash]] + $link + $job)['status']);
        self::assertSame($hash, $sender->site->user($id)['user_pass']);
        self::assertSame('unchanged', $sender->job(['user' => ['user_pass_hash' => $hash]] + $link + $job)['status']);
        self::assertTrue($sender->site->login($job['user']['user_login'], 'another'));
    }

    /** @dataProvider versions */
    public function testOneBadFieldHoldsNothingElseBack(string $version): void
    {
        $sender = self::sender($version);
        $taken = "taken-$version@example.org";
        $sender->site->createUser("taken-$version", $taken);
        $bad = [
            'user_url' => 'https://example.org/' . str_repeat('x', 200),
            'user_nicename' => str_repeat('n', 60),
            'display_name' => str_repeat('d', 300),
            'locale' => '../../xx_XX',
            'roles' => ['administrator', 'subscriber', 'nosuch'],
            'meta_input' => ['wp_capabilities' => ['administrator' => true], 'session_tokens' => [], 'WP_Capabilities' => 1, 'other' => 2, 'phone' => '+1', 'Phone' => '+2'],
        ];
        $job = Sender::somebody($bad);
        $made = $sender->job($job);
        $codes = [
            'locale' => 'locale_not_installed', 'user_nicename' => 'does_not_fit', 'user_url' => 'does_not_fit', 'display_name' => 'does_not_fit',
            'meta_input.wp_capabilities' => 'meta_not_allowed', 'meta_input.session_tokens' => 'meta_not_allowed', 'meta_input.WP_Capabilities' => 'meta_not_allowed',
            'meta_input.other' => 'meta_not_allowed', 'meta_input.Phone' => 'meta_not_allowed', 'roles' => 'invalid_role',
        ];
        self::assertSame('created', $made['status'], json_encode($made));
        self::assertEquals($codes, $made['refused']);
        self::assertSame(['subscriber'], $sender->site->roles($made['id']));
        self::assertSame('+1', $sender->site->meta($made['id'], 'phone'));
        self::assertTrue($sender->site->login($made['login'], "secret of {$made['login']}"));

        $done = $sender->job(['user' => ['user_email' => $taken, 'first_name' => 'Got through'] + $bad, 'remote_id' => $made['id']] + $job);
        self::assertEquals(['user_email' => 'existing_user_email'] + $codes, $done['refused']);
        self::assertSame('Got through', $sender->site->meta($made['id'], 'first_name'));
        $done = $sender->job(['user' => ['user_email' => 'no address', 'first_name' => 'Again'], 'remote_id' => $made['id']] + $job);
        self::assertSame([['user_email' => 'invalid_email'], 'updated'], [$done['refused'], $done['status']]);
    }

    /** @dataProvider versions */
    public function testRolesThatTheSourceDoesNotManageStay(string $version): void
    {
        $sender = self::sender($version);
        $job = Sender::somebody(['roles' => ['author']]);
        $id = $sender->job($job)['id'];
        $sender->site->run('add_role("judge", "Judge", ["read" => true]); (new WP_User($args[0]))->add_role("judge"); (new WP_User($args[0]))->add_role("contributor");', [$id]);
        $put = fn (array $roles, array $options = []) => $sender->job(['user' => ['roles' => $roles], 'remote_id' => $id] + $job, $options);
        self::assertSame('updated', $put(['editor'], ['roles' => ['author', 'editor']])['status']);
        self::assertEqualsCanonicalizing(['judge', 'contributor', 'editor'], $sender->site->roles($id));
        self::assertSame(['roles' => 'role_not_allowed'], $put(['editor', 'judge'], ['roles' => ['author', 'editor']])['refused']);
        self::assertSame('updated', $put([], ['roles' => ['author', 'editor']])['status']);
        self::assertEqualsCanonicalizing(['judge', 'contributor'], $sender->site->roles($id));
        self::assertSame('updated', $put(['subscriber'])['status']);
        self::assertSame(['subscriber'], $sender->site->roles($id), 'all that this site allows');
        self::assertSame('unchanged', $put(['subscriber'])['status']);
        self::assertSame('updated', $put([])['status']);
        self::assertSame([], $sender->site->roles($id));
        $none = $sender->job(['user' => array_diff_key(Sender::somebody()['user'], ['roles' => 1])] + Sender::somebody());
        self::assertSame(['subscriber'], $sender->site->roles($none['id']), "the site's own default, where none is sent");
    }

    /** @dataProvider versions */
    public function testEveryHookFiresAndNobodySeesAPassword(string $version): void
    {
        $sender = self::sender($version);
        $file = "{$sender->site->folder}/wp-content/mu-plugins/spy.php";
        file_put_contents($file, '<?php
            foreach (["user_register", "wp_set_password", "set_user_role", "add_user_role", "profile_update", "wp_update_user", "added_user_meta", "updated_user_meta", "rudr_sync_received",
                "delete_user", "deleted_user", "rudr_sync_received_removal", "wp_pre_insert_user_data", "insert_user_meta", "insert_custom_user_meta", "pre_user_login", "all"] as $hook) {
                add_filter($hook, function (...$args) use ($hook) {
                    if (strpos($_SERVER["REQUEST_URI"] ?? "", "rudr-sync/v1/jobs")) {
                        $hook = $hook === "all" ? "all " . array_shift($args) : $hook;
                        foreach ($args as $arg) {
                            $shown = is_string($arg) ? $arg : (is_array($arg) ? $arg["user_pass"] ?? null : null);
                            if ($shown !== null || !str_starts_with($hook, "all ")) {
                                file_put_contents(__DIR__ . "/../../spied.jsonl", json_encode([$hook, $shown]) . "\n", FILE_APPEND);
                            }
                        }
                    }
                    return $args[0] ?? null;
                }, $hook === "user_register" ? PHP_INT_MIN : 10, 9);
            }');
        try {
            $spied = function (callable $do) use ($sender): array {
                @unlink("{$sender->site->folder}/spied.jsonl");
                $do();
                return array_map(fn ($line) => json_decode($line, true), file("{$sender->site->folder}/spied.jsonl", FILE_IGNORE_NEW_LINES) ?: []);
            };
            $job = Sender::somebody(['meta_input' => ['phone' => '+1']]);
            $made = null;
            $seen = $spied(function () use ($sender, $job, &$made) { $made = $sender->job($job); });
            $names = array_column($seen, 0);
            foreach (['user_register', 'set_user_role', 'add_user_role', 'added_user_meta', 'rudr_sync_received'] as $hook) {
                self::assertContains($hook, $names);
            }
            self::assertNotContains('wp_set_password', $names);
            self::assertSame([], preg_grep('/^[0-9a-f]{48}$/', array_map('strval', array_column($seen, 1))), 'what wp_insert_user() was given is seen by nobody');
            self::assertContains(['user_register', ''], $seen);
            self::assertContains(['insert_user_meta', ''], $seen);

            $update = $spied(fn () => $sender->job(['user' => ['first_name' => 'Seen'], 'remote_id' => $made['id']] + $job));
            self::assertContains('profile_update', array_column($update, 0));
            $hash = $spied(fn () => $sender->job(['user' => ['user_pass_hash' => Sender::phpass('z')], 'remote_id' => $made['id']] + $job));
            self::assertContains('profile_update', array_column($hash, 0));
            self::assertNotContains('wp_set_password', array_column($hash, 0));
            $gone = $spied(fn () => $sender->job(['op' => 'delete', 'remote_id' => $made['id']] + $job));
            foreach (['delete_user', 'deleted_user', 'rudr_sync_received_removal'] as $hook) {
                self::assertContains($hook, array_column($gone, 0));
            }
        } finally {
            unlink($file);
        }
    }

    /**
     * Its first meta is one statement: it is told of and can be stopped as if it were many.
     *
     * @dataProvider versions
     */
    public function testEachKeyOfTheFirstMetaIsToldOfAsCoreDoes(string $version): void
    {
        $sender = self::sender($version);
        $site = $sender->site;
        $file = "$site->folder/wp-content/mu-plugins/spy.php";
        $spy = '<?php foreach (["add_user_meta", "added_user_meta"] as $hook) {
            add_action($hook, function (...$args) use ($hook) { file_put_contents(__DIR__ . "/../../meta.jsonl", json_encode([$hook, ...$args]) . "\n", FILE_APPEND); }, 10, 4); }';
        $made = function (string $more) use ($sender, $file, $spy): array {
            @unlink("{$sender->site->folder}/meta.jsonl");
            file_put_contents($file, $spy . $more);
            $id = $sender->job(Sender::somebody(['first_name' => 'O\'Hara \\ "A" ü']))['id'];
            $told = array_map(static fn ($line) => json_decode($line, true), file("{$sender->site->folder}/meta.jsonl", FILE_IGNORE_NEW_LINES));
            $stored = $sender->site->db()->query("SELECT umeta_id, user_id, meta_key, meta_value FROM wp_usermeta WHERE user_id = $id AND meta_key NOT LIKE 'wp\\_%' ORDER BY umeta_id")->fetch_all();
            return [$id, $told, $stored];
        };
        try {
            [$id, $told, $stored] = $made('');
            self::assertGreaterThan(10, count($stored));
            self::assertContains('O\'Hara \\ "A" ü', array_column($stored, 3));
            foreach ($stored as [$metaId, , $key, $value]) {
                self::assertContains(['add_user_meta', $id, $key, $value], array_map(static fn ($call) => array_map(static fn ($arg) => is_bool($arg) ? (string) (int) $arg : (is_int($arg) && $arg < 2 ? (string) $arg : $arg), $call), $told), $key);
                self::assertCount(1, array_filter($told, static fn ($call) => $call[0] === 'added_user_meta' && array_slice($call, 1, 3) === [(int) $metaId, $id, $key]), $key);
            }
            // Who has a word in it, is heard.
            [, , $without] = $made('add_filter("add_user_metadata", fn ($check, $id, $key) => $key === "rich_editing" ? false : $check, 10, 3);');
            self::assertSame(array_values(array_diff(array_column($stored, 2), ['rich_editing'])), array_column($without, 2));
        } finally {
            unlink($file);
        }
    }

    /** Keys that are not known here are left out, wherever they stand. */
    public function testASourceThatIsAVersionAheadIsUnderstood(): void
    {
        $sender = self::sender('newest');
        $job = Sender::somebody(['pronouns' => ['they'], 'user_status' => 1, 'ID' => 1, 'spam' => '1'], ['because' => ['of' => 'this']]);
        $made = $sender->job($job, ['nightly' => true, 'roles' => null]);
        self::assertSame(['created', []], [$made['status'], $made['refused']]);
        self::assertSame([0, $job['user']['user_login']], [$sender->site->user($made['id'])['user_status'], $sender->site->user($made['id'])['user_login']]);
        $answer = $sender->request('POST', 'rudr-sync/v1/jobs', ['source' => $sender->source, 'version' => '0.2.0', 'jobs' => [['remote_id' => $made['id']] + $job]]);
        self::assertSame([200, 'unchanged'], [$answer->status, $answer->json()['outcomes'][0]['status']]);
    }
}
