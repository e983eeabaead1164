<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Who may call, and what an agent's password opens besides: nothing. */
final class GateTest extends ReceiverTestCase
{
    protected function tearDown(): void
    {
        foreach (self::versions() as [$version]) {
            self::site($version)->db()->query("DELETE FROM wp_options WHERE option_name LIKE '%rudr_sync_failed%'");
        }
        parent::tearDown();
    }

    /** @dataProvider versions */
    public function testAnAgentCanCallTheReceiverAndNothingElse(string $version): void
    {
        $sender = self::sender($version);
        $site = $sender->site;
        self::assertSame(200, $sender->request('GET', 'rudr-sync/v1/')->status);
        self::assertSame(200, $sender->request('GET', 'rudr-sync/v1')->status);
        self::assertSame(200, $sender->post([])->status);
        $headers = ['Authorization: Basic ' . base64_encode("$sender->login:$sender->password"), 'Content-Type: application/json'];
        $plain = $site->browser()->request('GET', '?rest_route=/rudr-sync/v1/', null, $headers);
        self::assertSame(200, $plain->status, 'with plain permalinks too');

        $victim = $site->createUser('gate' . $version, "gate$version@example.org", 'subscriber');
        $others = fn () => $site->db()->query("SELECT * FROM wp_users WHERE ID <> $sender->agent ORDER BY ID")->fetch_all();
        $before = $others();
        foreach ([
            ['GET', 'wp/v2/users/me'], ['GET', 'wp/v2/users?context=edit'], ['GET', 'wp/v2/users/1?context=edit'], ['POST', 'wp/v2/users', ['username' => 'x', 'email' => 'x@y.zz', 'password' => 'x']],
            ['POST', "wp/v2/users/$victim", ['password' => 'x']], ['POST', 'wp/v2/users/me', ['roles' => ['administrator']]], ['DELETE', "wp/v2/users/$victim?force=true&reassign=1"],
            ['POST', 'wp/v2/users/me/application-passwords', ['name' => 'x']], ['GET', "wp/v2/users/$sender->agent/application-passwords"], ['POST', 'wp/v2/users/1/application-passwords', ['name' => 'x']],
            ['POST', 'wp/v2/posts', ['title' => 'x']], ['GET', 'wp/v2/settings'], ['GET', 'wp/v2/plugins'],
            ['POST', 'batch/v1', ['requests' => [['path' => '/rudr-sync/v1/jobs', 'body' => ['source' => $sender->source, 'jobs' => []]], ['path' => '/wp/v2/users/me', 'method' => 'POST', 'body' => ['first_name' => 'x']]]]],
            ['GET', 'rudr-sync/v1/../../wp/v2/users/me'], ['GET', 'rudr-sync/v1/nothing'], ['POST', 'rudr-sync/v1/'], ['GET', 'rudr-sync/v1/jobs'],
        ] as $request) {
            [$method, $route, $body] = $request + [2 => null];
            $answer = $sender->request($method, $route, $body);
            self::assertContains($answer->status, [400, 401, 403, 404, 207], "$method $route");
            self::assertStringNotContainsString('"username"', $answer->body, "$method $route");
            if ($answer->status === 207) {
                foreach ($answer->json()['responses'] as $response) {
                    self::assertGreaterThanOrEqual(400, $response['status'], $answer->body);
                }
            }
        }
        $other = $site->browser()->request('POST', '?rest_route=/wp/v2/users/me', '{}', ['X-HTTP-Method-Override: GET', ...$headers]);
        self::assertContains($other->status, [401, 403]);

        // XML-RPC.
        $call = fn (string $method, array $params) => $site->browser()->request('POST', 'xmlrpc.php', '<?xml version="1.0"?><methodCall><methodName>' . $method . '</methodName><params>'
            . implode('', array_map(fn ($value) => '<param><value><string>' . htmlspecialchars((string) $value) . '</string></value></param>', $params)) . '</params></methodCall>', ['Content-Type: text/xml'])->body;
        foreach (['wp.getUsersBlogs' => [$sender->login, $sender->password], 'wp.getProfile' => [1, $sender->login, $sender->password], 'wp.getUsers' => [1, $sender->login, $sender->password]] as $method => $params) {
            self::assertStringContainsString('faultCode', $call($method, $params), $method);
        }
        $app = $site->applicationPassword();
        self::assertStringContainsString('isAdmin', $call('wp.getUsersBlogs', [Lab::ADMIN, $app]), 'it would work with another');

        // The login form, with either password, and a link for a new one.
        self::assertFalse($site->login($sender->login, $sender->password));
        $site->run('wp_set_password("known to somebody", $args[0]);', [$sender->agent]);
        self::assertFalse($site->login($sender->login, 'known to somebody'));
        self::assertStringContainsString('faultCode', $call('wp.getUsersBlogs', [$sender->login, 'known to somebody']));
        self::assertFalse($site->run('$key = get_password_reset_key(get_userdata($args[0])); return is_string($key);', [$sender->agent]));
        self::assertSame($before, $others());

        self::assertSame([['rudr_sync_agent'], ['rudr_sync_receive' => true]], $site->run('$u = get_userdata($args[0]); return [$u->roles, get_role("rudr_sync_agent")->capabilities];', [$sender->agent]));
        self::assertSame(200, $sender->request('GET', 'rudr-sync/v1/')->status, 'its application password still opens its routes');
    }

    /** @dataProvider versions */
    public function testTheRoutesAnswerNobodyElse(string $version): void
    {
        $site = self::site($version);
        $sender = self::sender($version);
        $job = ['source' => Sender::uuid(), 'jobs' => [Sender::somebody()]];
        $users = fn () => $site->db()->query('SELECT COUNT(*) FROM wp_users')->fetch_row();
        $site->createUser("ed$version", "ed$version@example.org", 'editor');
        $before = $users();
        foreach ([null, Lab::ADMIN, "ed$version"] as $login) {
            $app = $login === null ? null : $site->applicationPassword($login);
            foreach ([['GET', 'rudr-sync/v1/', null], ['POST', 'rudr-sync/v1/jobs', $job]] as [$method, $route, $body]) {
                $answer = $site->rest($method, $route, $body, $login, $app);
                self::assertSame($login === null ? 401 : 403, $answer->status, "$login $route");
                self::assertStringNotContainsString('uuid', $answer->body);
            }
        }
        self::assertSame(401, $site->rest('GET', 'rudr-sync/v1/', null, $sender->login, 'wrong')->status);
        self::assertSame(401, $site->rest('GET', 'rudr-sync/v1/', null, 'nobody', 'wrong')->status);
        // An administrator's browser, and one who has the capability but no application password.
        $site->run('get_user_by("login", "admin")->add_cap("rudr_sync_receive");');
        try {
            $browser = $site->asAdmin();
            $nonce = $browser->get('wp-admin/admin-ajax.php?action=rest-nonce')->body;
            self::assertSame(403, $browser->request('POST', 'wp-json/rudr-sync/v1/jobs', json_encode($job), ['Content-Type: application/json', "X-WP-Nonce: $nonce"])->status);
            // Who has other powers besides is an agent too, and not fenced in.
            $app = $site->applicationPassword();
            self::assertSame(200, $site->rest('GET', 'rudr-sync/v1/', null, Lab::ADMIN, $app)->status);
            self::assertSame(200, $site->rest('GET', 'wp/v2/users/me', null, Lab::ADMIN, $app)->status);
        } finally {
            $site->run('get_user_by("login", "admin")->remove_cap("rudr_sync_receive");');
        }
        self::assertSame($before, $users());
        $index = $site->rest('GET', '')->json();
        self::assertContains('rudr-sync/v1', $index['namespaces'], 'that a receiver is there can be seen');
    }

    public function testAfterManyFailuresNobodyIsHeardFromThere(): void
    {
        $sender = Sender::to(self::site('newest'));
        self::assertSame(200, $sender->request('GET', 'rudr-sync/v1/')->status);
        for ($i = 1; $i < 10; $i++) {
            self::assertSame(401, $sender->request("GET", "rudr-sync/v1/", null, "wrong$i")->status, "failure $i");
        }
        self::assertSame(429, $sender->request('GET', 'rudr-sync/v1/', null, 'wrong10')->status);
        $right = $sender->request('GET', 'rudr-sync/v1/');
        $wrong = $sender->request('GET', 'rudr-sync/v1/', null, 'wrong');
        self::assertSame([429, 'rudr_sync_too_many_failures'], [$right->status, $right->json()['code']]);
        self::assertSame([$right->status, $right->body], [$wrong->status, $wrong->body], 'a guess learns nothing');
        self::assertSame('60', $right->headers['retry-after']);
        self::assertSame(200, $sender->site->rest('GET', 'wp/v2/users/me', null, Lab::ADMIN, $sender->site->applicationPassword())->status, 'other routes are not ours to close');
        $sender->site->db()->query("DELETE FROM wp_options WHERE option_name LIKE '%rudr_sync_failed%'");
        self::assertSame(200, $sender->request('GET', 'rudr-sync/v1/')->status);
        for ($i = 0; $i < 12; $i++) {
            $sender->site->rest('GET', 'wp/v2/users/me', null, $sender->login, "wrong$i");
        }
        self::assertSame(200, $sender->request('GET', 'rudr-sync/v1/')->status, 'failures elsewhere do not count');
    }

    public function testOnlyAllowedAddressesCallWhereThereIsAList(): void
    {
        $sender = Sender::to(self::site('newest'));
        foreach ([
            '127.0.0.1' => 200, '127.0.0.0/8' => 200, '10.0.0.0/8' => 403, '128.0.0.0/1' => 403, '0.0.0.0/0' => 200, '127.0.0.2' => 403, '::ffff:127.0.0.1' => 200,
            '::1' => 403, 'nonsense' => 403, '' => 403, '127.0.0.1/x' => 403, '127.0.0.2/30' => 200, '::/0' => 403,
        ] as $network => $status) {
            $sender->site->run('update_option("rudr_sync_receiver", ["addresses" => [$args[0]]]);', [$network]);
            try {
                $answer = $sender->request('GET', 'rudr-sync/v1/');
                self::assertSame($status, $answer->status, $network);
                if ($status === 403) {
                    self::assertSame($answer->body, $sender->request('GET', 'rudr-sync/v1/', null, 'wrong')->body, 'nothing is learnt of the password');
                    self::assertSame(403, $sender->post([Sender::somebody()])->status);
                }
            } finally {
                $sender->site->run('delete_option("rudr_sync_receiver");');
            }
            $sender->site->db()->query("DELETE FROM wp_options WHERE option_name LIKE '%rudr_sync_failed%'");
        }
    }

    public function testAMistakeInTheRulesLetsNobodyIn(): void
    {
        $sender = self::sender('newest');
        foreach ([[[2130706433]], [[['127.0.0.1']]], ['10.0.0.1']] as [$addresses]) {
            $sender->ruled('addresses', $addresses, fn () => self::assertSame(403, $sender->request('GET', 'rudr-sync/v1/')->status));
        }
        $sender->ruled('addresses', [], fn () => self::assertSame(200, $sender->request('GET', 'rudr-sync/v1/')->status));
        foreach (['author' => ['author'], '' => [], 'administrator' => []] as $roles => $given) {
            $sender->ruled('roles', $roles, fn () => self::assertSame($given, $sender->request('GET', 'rudr-sync/v1/')->json()['roles'], 'one that is no list'));
        }
    }

    public function testTheAgentIsMadeOnceAndKeptToItsRole(): void
    {
        $site = self::site('newest');
        $one = $site->run('return RudrSync\Agent::make("one");');
        $site->run('get_role("rudr_sync_agent")->add_cap("edit_users");');
        $two = $site->run('return RudrSync\Agent::make("two", $args[0]);', [strtoupper($source = Sender::uuid())]);
        self::assertSame($one['user_id'], $two['user_id']);
        self::assertNotSame($one['password'], $two['password']);
        self::assertSame(['rudr_sync_receive' => true], $site->run('return get_role("rudr_sync_agent")->capabilities;'));
        self::assertSame('', $site->user($two['user_id'])['user_email']);
        $post = fn (string $source) => $site->rest('POST', 'rudr-sync/v1/jobs', ['source' => $source, 'jobs' => []], $two['login'], $two['password'])->status;
        self::assertSame([403, 200, 200, 403], array_map($post, [Sender::uuid(), $source, strtoupper($source), Sender::uuid()]), 'made for one source');
        // An account that has more is not made an agent.
        $site->run('(new WP_User($args[0]))->add_role("administrator");', [$two['user_id']]);
        $three = $site->run('return RudrSync\Agent::make("three");');
        self::assertSame('rudr-sync-agent-2', $three['login']);
        $site->run('(new WP_User($args[0]))->remove_role("administrator"); wp_delete_user($args[1]);', [$two['user_id'], $three['user_id']]);
    }
}
