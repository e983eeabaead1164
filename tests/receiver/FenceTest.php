<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** An agent's password on all that core has, not only on what somebody thought of. */
final class FenceTest extends ReceiverTestCase
{
    /**
     * @testWith ["6.1"]
     *           ["newest"]
     */
    public function testNoRouteOfCoreGivesItMoreThanAVisitorHas(string $version): void
    {
        $sender = self::sender($version);
        $before = self::everything($sender->site);
        $routes = $sender->site->run('return array_map(fn ($handlers) => array_keys(array_merge(...array_column($handlers, "methods"))), rest_get_server()->get_routes());');
        $tried = 0;
        foreach (array_diff_key($routes, ['/rudr-sync/v1' => 1, '/rudr-sync/v1/jobs' => 1]) as $route => $methods) {
            $path = ltrim(self::example($route), '/');
            foreach ($methods as $method) {
                $body = $method === 'GET' ? null : ['force' => true, 'reassign' => 1, 'name' => 'x', 'roles' => ['administrator']];
                $answer = $sender->request($method, $path, $body);
                if (!in_array($answer->status, [401, 403], true)) {
                    $nobody = $sender->site->rest($method, $path, $body);
                    self::assertSame([$nobody->status, $nobody->body], [$answer->status, $answer->body], "$method $path: no more than a visitor");
                }
                ++$tried;
            }
        }
        self::assertGreaterThan(100, $tried);
        foreach (['wp/v2/users/me', 'wp/v2/users', 'batch/v1', 'wp/v2/users/<id>/application-passwords', 'wp/v2/posts', 'wp/v2/settings'] as $known) {
            self::assertContains($known, array_map(static fn ($route) => ltrim(preg_replace('/\(.*?\)(?=\/|$)/', '<id>', $route), '/'), array_keys($routes)), 'it is among them');
        }
        self::assertSame($before, self::everything($sender->site));
        $other = $sender->site->rest('GET', 'wp/v2/users/me', null, Lab::ADMIN, $sender->site->applicationPassword());
        self::assertSame(200, $other->status, 'it would work with another');
    }

    public function testAnAddressThatSaysTwoRoutesIsForOne(): void
    {
        $sender = self::sender('newest');
        $headers = ['Authorization: Basic ' . base64_encode("$sender->login:$sender->password")];
        $json = [...$headers, 'Content-Type: application/json'];
        $form = [...$headers, 'Content-Type: application/x-www-form-urlencoded'];
        foreach ([
            ['GET', 'wp-json/rudr-sync/v1/?rest_route=/wp/v2/users/me', null, $headers],
            ['POST', 'wp-json/rudr-sync/v1/jobs?rest_route=/wp/v2/users/me', '{"first_name":"x"}', $json],
            ['POST', 'wp-json/rudr-sync/v1/jobs', 'rest_route=' . urlencode('/wp/v2/users/me') . '&first_name=x', $form],
            ['POST', '?rest_route=/rudr-sync/v1/jobs', 'rest_route=' . urlencode('/wp/v2/users/me'), $form],
            ['GET', 'wp-json/rudr-sync/v1/%2e%2e/%2e%2e/wp/v2/users/me', null, $headers],
            ['GET', 'wp-json/rudr-sync/v1/jobs/wp/v2/users/me', null, $headers],
            ['GET', 'wp-json/wp/v2/users/me?_method=POST&rest_route[]=/rudr-sync/v1', null, $headers],
        ] as [$method, $path, $body, $with]) {
            $answer = $sender->site->browser()->request($method, $path, $body, $with);
            self::assertGreaterThanOrEqual(400, $answer->status, $path);
            self::assertLessThanOrEqual(500, $answer->status, $path);
            self::assertStringNotContainsString($sender->login, $answer->body, $path);
        }
    }

    public function testNoCallOfXmlRpcTakesIt(): void
    {
        $sender = self::sender('newest');
        $before = self::everything($sender->site);
        $call = function (string $method, array $values) use ($sender): string {
            $params = implode('', array_map(static fn ($value) => '<param><value><string>' . htmlspecialchars((string) $value) . '</string></value></param>', $values));
            return $sender->site->browser()->request('POST', 'xmlrpc.php', "<?xml version=\"1.0\"?><methodCall><methodName>$method</methodName><params>$params</params></methodCall>", ['Content-Type: text/xml'])->body;
        };
        preg_match_all('/<string>((?:wp|blogger|metaWeblog|mt)\.\w+)</', $call('system.listMethods', []), $found);
        $refused = [];
        // Those that are for everybody.
        foreach (array_diff($found[1], ['mt.supportedMethods', 'mt.supportedTextFilters', 'mt.getTrackbackPings']) as $method) {
            foreach ([[], [1], [1, 1]] as $first) {
                $answer = $call($method, [...$first, $sender->login, $sender->password, ...array_fill(0, 5, 'x')]);
                self::assertStringContainsString('faultCode', $answer, $method);
                $refused[$method] = ($refused[$method] ?? false) || str_contains($answer, '<int>403</int>');
            }
        }
        self::assertGreaterThan(60, count($refused));
        self::assertSame([], array_keys($refused, false, true), 'each has looked at the password');
        self::assertSame($before, self::everything($sender->site));
        self::assertStringContainsString('isAdmin', $call('wp.getUsersBlogs', [Lab::ADMIN, $sender->site->applicationPassword()]), 'it would work with another');
    }

    public function testNoAnswerHoldsAHash(): void
    {
        $sender = self::sender('newest');
        $site = $sender->site;
        $site->createUser('hashed', 'hashed@example.org');
        $there = $site->user('hashed');
        $mine = Sender::somebody();
        $made = $sender->job($mine);
        $theirs = Sender::somebody(['user_login' => 'hashed', 'user_email' => 'hashed@example.org'], ['proved' => true]);
        $link = ['remote_id' => (int) $there['ID'], 'remote_login' => 'hashed', 'trust' => 'own'];
        foreach ([
            [$mine], [['remote_id' => $made['id'], 'user' => ['user_pass_hash' => Sender::phpass('x')], 'held' => ['user_pass_hash' => 'wrong']] + $mine],
            [$theirs], [$link + $theirs], [['held' => ['user_pass_hash' => 'wrong']] + $link + $theirs], [['op' => 'delete'] + $link + $theirs],
        ] as $jobs) {
            $before = [$site->user($made['id'])['user_pass'], $site->user('hashed')['user_pass']];
            $answer = $sender->post($jobs, ['adopt' => 'any']);
            self::assertSame(200, $answer->status);
            foreach ([...$before, $site->user($made['id'])['user_pass']] as $hash) {
                self::assertStringNotContainsString(json_encode($hash), $answer->body);
                self::assertStringNotContainsString(substr($hash, -12), $answer->body);
            }
        }
    }

    /** A path that a route takes. */
    private static function example(string $route): string
    {
        // Each group, from the inside out, by something that it lets through.
        for ($found = 1; $found > 0;) {
            $route = preg_replace_callback('/\((?:\?P<\w+>|\?:)?([^()]*)\)[?*+]?/', static fn ($group) => str_contains($group[1], '\d') ? '1' : 'x', $route, -1, $found);
        }
        return str_replace(['\\', '^', '$'], '', $route);
    }

    /** All that somebody with power over it could change. */
    private static function everything(Site $site): array
    {
        return array_map(static fn ($query) => $site->db()->query($query)->fetch_all(), [
            'SELECT * FROM wp_users ORDER BY ID',
            "SELECT * FROM wp_usermeta WHERE meta_key <> '_application_passwords' ORDER BY umeta_id",
            'SELECT COUNT(*) FROM wp_posts',
            "SELECT option_name, option_value FROM wp_options WHERE option_name IN ('blogname', 'siteurl', 'active_plugins', 'template', 'wp_user_roles', 'admin_email') ORDER BY 1",
        ]);
    }
}
