<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Users → Sync → This site as a receiver, on a site that has no extension. */
final class ReceiverScreenTest extends ScreenTestCase
{
    private const PART = self::SCREEN . '&part=receiver';

    /** @var array<string, Site> */
    private static array $sites = [];

    /** @dataProvider versions */
    public function testAnAgentsPasswordIsShownOnceAndNeverAgain(string $version): void
    {
        $b = self::site($version);
        $seen = self::chromium($b);
        $seen->open($b->url(self::SCREEN));
        self::assertStringContainsString('To take users of other sites it is not needed', $seen->text('.notice-error'), 'neither source nor receiver yet');
        $seen->click('.nav-tab-wrapper a[href*="part=receiver"]');
        self::assertStringContainsString('No other site may write here', $seen->text('.rudr-sync-agents'));
        self::picture($seen, "$version-receiver-empty");
        $seen->fill('#rudr-sync-agent_name', 'The Shop');
        $seen->click('#make');
        $seen->waitFor('.rudr-sync-made');
        self::picture($seen, "$version-receiver-made");
        $made = array_map(static fn (string $field) => $seen->value("#rudr-sync-made-$field"), ['url' => 'url', 'login' => 'login', 'password' => 'password']);
        self::assertSame([$b->url, 'rudr-sync-agent'], [$made['url'], $made['login']]);
        self::assertMatchesRegularExpression('/^(\w{4} ){5}\w{4}$/', $made['password']);
        $bare = str_replace(' ', '', $made['password']);
        self::assertStringNotContainsString($bare, rawurldecode($seen->url()));
        self::assertFalse($seen->has('.notice-error'), 'a receiver needs no extension');
        foreach (['wp_options' => 'option_value', 'wp_usermeta' => 'meta_value'] as $table => $column) {
            foreach ([$bare, $made['password']] as $secret) {
                self::assertSame('0', $b->db()->query("SELECT COUNT(*) FROM $table WHERE $column LIKE '%$secret%'")->fetch_row()[0]);
            }
        }

        // The same address again, another page and back: not there. Nor does sending the form again make a second one.
        foreach ([self::PART, self::SCREEN, self::PART] as $page) {
            $seen->open($b->url($page));
            $html = $seen->js('return document.documentElement.outerHTML');
            self::assertStringNotContainsString($bare, $html);
            self::assertStringNotContainsString($made['password'], $html);
        }
        self::assertStringContainsString('not used yet', $seen->text('.rudr-sync-agents tbody .column-source'));
        self::assertSame('never', $seen->text('.rudr-sync-agents tbody .column-last_used'));
        $seen->fill('#rudr-sync-agent_name', 'The Shop');
        $seen->click('#make');
        $seen->waitFor('.wrap .notice-error.is-dismissible');
        self::assertStringContainsString('There is an agent "The Shop" already', $seen->text('.wrap .notice-error'));
        self::assertSame('The Shop', $seen->value('#rudr-sync-agent_name'));

        $source = self::call($b, $made);
        $seen->open($b->url(self::PART));
        self::assertSame(substr($source, 0, 8) . '…', $seen->text('.rudr-sync-agents tbody .column-source'));
        self::assertSame('127.0.0.1', $seen->text('.rudr-sync-agents tbody .column-last_ip'));
        self::assertNotSame('never', $seen->text('.rudr-sync-agents tbody .column-last_used'));

        $seen->click('.rudr-sync-agents a.submitdelete');
        self::assertStringContainsString('The accounts here stay as they are.', $seen->text('#rudr-sync-revoke'));
        self::picture($seen, "$version-receiver-revoke");
        $seen->click('#rudr-sync-revoke a.button');
        self::assertTrue($seen->has('.rudr-sync-agents a.submitdelete'), 'cancelled');
        $seen->click('.rudr-sync-agents a.submitdelete');
        $seen->click('#submit');
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('The agent "The Shop" is revoked', $seen->text('.notice-success'));
        self::assertFalse($seen->has('.rudr-sync-agents a.submitdelete'));
        self::assertSame(401, self::status($b, $made, $source));
        self::assertSame([], self::errors($b));
    }

    public function testTheAnswerThatHasThePasswordIsKeptNowhere(): void
    {
        $b = self::site('6.1'); // newer ones say so of every page of wp-admin
        $admin = $b->asAdmin();
        $answer = $admin->submit(self::PART, 'rudr-sync-make', ['agent_name' => 'Kept nowhere']);
        self::assertStringContainsString('rudr-sync-made-password', $answer->body);
        self::assertSame(200, $answer->status);
        self::assertStringContainsString('no-store', $answer->headers['cache-control']);
        self::assertStringNotContainsString('agent_name', $answer->url);
        $b->run('foreach ((new RudrSync\Agent_List())->all() as $agent) { RudrSync\Agent::revoke($agent->user_id, $agent->id); }');
    }

    /** @dataProvider versions */
    public function testRulesAreSavedAndWhatCannotBeIsSaid(string $version): void
    {
        $b = self::site($version);
        $seen = self::chromium($b);
        $seen->open($b->url(self::PART));
        self::assertFalse($seen->has('input[name="listed[]"][value=administrator]'), 'a role that holds power is not even offered');
        self::assertFalse($seen->has('input[name=network_delete]'));
        $seen->click('input[name=roles][value=listed]');
        $seen->click('input[name="listed[]"][value=author]');
        $seen->fill('#rudr-sync-meta', "phone\nwp_capabilities");
        $seen->fill('#rudr-sync-addresses', 'shop.example');
        $seen->click('input[name=removal][value=suspend]');
        $seen->click('#submit');
        $seen->waitFor('.wrap .notice-error.is-dismissible');
        $said = $seen->text('.wrap .notice-error.is-dismissible');
        self::assertStringContainsString('Not user meta that other sites may write', $said);
        self::assertStringContainsString('Neither an address', $said);
        self::picture($seen, "$version-receiver-wrong");
        self::assertSame("phone\nwp_capabilities", $seen->value('#rudr-sync-meta'), 'what was entered is still there');
        self::assertFalse($b->run('return get_option("rudr_sync_receiver");'));

        $seen->fill('#rudr-sync-meta', 'phone');
        $seen->fill('#rudr-sync-addresses', "127.0.0.0/8\n::1");
        $seen->click('input[name=claims]');
        $seen->click('#submit');
        $seen->waitFor('.notice-success');
        self::assertSame(
            [['author'], ['phone'], 'suspend', true, false, ['127.0.0.0/8', '::1']],
            $b->run('$s = new RudrSync\Receiver_Settings(); return [$s->roles(), $s->meta(), $s->removal(), $s->believes_claims(), $s->is_authority(), $s->addresses()];')
        );
        $checked = static fn (string $css) => $seen->js("return document.querySelector('$css').checked");
        self::assertSame([true, true, false, true, true, false], array_map($checked, [
            'input[name=roles][value=listed]', 'input[value=author]', 'input[value=editor]', 'input[name=removal][value=suspend]', 'input[name=claims]', 'input[name=authority]',
        ]));
        $b->run('delete_option("rudr_sync_receiver");');
        self::assertSame([], self::errors($b));
    }

    public function testWhatWpConfigDecidesIsToldAndHasNoField(): void
    {
        $b = Lab::site('fixed', 'newest', ['plugin' => true, 'config' => "define('RUDR_SYNC_RECEIVER', ['removal' => 'leave', 'meta' => ['<b>phone</b>'], 'roles' => ['author']]);"]);
        $seen = self::chromium($b);
        $seen->open($b->url(self::PART));
        foreach (['removal', 'meta', 'roles'] as $name) {
            self::assertFalse($seen->has("#rudr-sync-rules [name=$name]"), $name);
        }
        self::assertTrue($seen->has('#rudr-sync-rules [name=adopt]'));
        $text = $seen->text('#rudr-sync-rules');
        self::assertStringContainsString('Defined in wp-config.php (RUDR_SYNC_RECEIVER)', $text);
        self::assertStringContainsString('<b>phone</b>', $text);
        self::picture($seen, 'receiver-fixed');
        $seen->click('input[name=authority]');
        $seen->click('#submit');
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('leave it as it is', $seen->text('#rudr-sync-rules'));
        self::assertTrue($b->run('return (new RudrSync\Receiver_Settings())->is_authority();'));
        self::assertSame([], self::errors($b));
        $b->destroy();
    }

    /** @dataProvider versions */
    public function testWhoIsSuspendedIsListedAndLifted(string $version): void
    {
        $b = self::site($version);
        $made = $b->run('return RudrSync\Agent::make("The Forum");');
        $source = self::call($b, $made);
        $b->run('update_option("rudr_sync_receiver", ["removal" => "suspend"]);');
        $id = $b->createUser('sam', 'sam@example.org', 'author');
        $b->db()->query("INSERT INTO wp_rudr_sync_received (source, user_id, local_id, trust, complete, token, made_at) VALUES ('$source', 5, $id, 'own', 1, 'x', UTC_TIMESTAMP())");
        self::assertSame('deleted', self::jobs($b, $made, $source, [['op' => 'delete', 'user_id' => 5, 'ref' => 5, 'user' => ['user_login' => 'sam', 'user_email' => 'sam@example.org']]])[0]['status']);
        self::assertFalse($b->login('sam', Lab::PASSWORD));

        $seen = self::chromium($b);
        $seen->open($b->url(self::PART));
        $row = '#rudr-sync-suspended tbody tr';
        self::assertSame('sam', $seen->text("$row .column-login a"));
        self::assertStringContainsString('The Forum', $seen->text("$row .column-source"));
        self::assertStringContainsString('Author', $seen->text("$row .column-roles"));
        self::assertStringContainsString('ago', $seen->text("$row .column-since"));
        self::picture($seen, "$version-receiver-suspended");
        $seen->click("$row button[name=lift]");
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('sam is no longer suspended', $seen->text('.notice-success'));
        self::assertFalse($seen->has("$row button[name=lift]"));
        self::assertTrue($b->login('sam', Lab::PASSWORD));
        self::assertSame(['author'], $b->roles($id));
        $b->run('delete_option("rudr_sync_receiver");');
        self::assertSame([], self::errors($b));
    }

    public function testNamesFromElsewhereAreShownAsText(): void
    {
        $b = self::site('newest');
        $evil = '<img src=x onerror=document.title="pwned"><script>document.title="pwned"</script>';
        // Past what WordPress makes of names as they are entered.
        $b->run('
            $made = RudrSync\Agent::make("evil");
            $items = get_user_meta($made["user_id"], "_application_passwords", true);
            foreach ($items as &$item) { $item["name"] = $args[0]; $item["last_ip"] = $args[0]; $item["last_used"] = time(); }
            update_user_meta($made["user_id"], "_application_passwords", wp_slash($items));
            update_user_meta($made["user_id"], "_rudr_sync_source_" . $made["uuid"], wp_slash($args[0]));
            update_option("rudr_sync_receiver", ["removal" => "suspend", "meta" => [$args[0]], "addresses" => [$args[0]]]);
            $id = wp_insert_user(["user_login" => "hostile", "user_email" => "hostile@example.org", "user_pass" => "x", "role" => "subscriber"]);
            RudrSync\Received::upgrade(); RudrSync\Suspension::of(get_userdata($id));
            $GLOBALS["wpdb"]->update($GLOBALS["wpdb"]->users, ["user_login" => substr($args[0], 0, 60)], ["ID" => $id]);
            update_user_option($id, "rudr_sync_suspended", [wp_slash($args[0])]);
        ', [$evil]);
        $seen = self::chromium($b);
        $seen->open($b->url(self::PART));
        foreach (['.rudr-sync-agents tbody .column-name', '.rudr-sync-agents tbody .column-last_ip', '#rudr-sync-suspended tbody .column-login', '#rudr-sync-suspended tbody .column-roles'] as $css) {
            self::assertStringContainsString('<img src=x', $seen->text($css), $css);
        }
        self::assertSame($evil, $seen->value('#rudr-sync-meta'));
        self::assertFalse($seen->has('.rudr-sync img'));
        $seen->click('.rudr-sync-agents a.submitdelete');
        self::assertStringContainsString('<img src=x', $seen->text('#rudr-sync-revoke'));
        $seen->click('#submit');
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('<img src=x', $seen->text('.notice-success'));
        $seen->fill('#rudr-sync-addresses', $evil);
        $seen->click('#rudr-sync-rules #submit');
        $seen->waitFor('.wrap .notice-error.is-dismissible');
        self::assertStringContainsString('<img src=x', $seen->text('.wrap .notice-error.is-dismissible'));
        self::assertStringNotContainsString('pwned', $seen->js('return document.title'));
        self::assertFalse($seen->has('.wrap img'));
        $b->destroy();
        unset(self::$sites['newest']);
    }

    public function testOnlyWhoMayManageTheScreenAndCreateUsersReachesIt(): void
    {
        $b = self::site('newest');
        $made = $b->run('return RudrSync\Agent::make("stays");');
        $suspended = $b->createUser('suspended', 'suspended@example.org');
        $b->run('RudrSync\Suspension::of(get_userdata($args[0]));', [$suspended]);
        file_put_contents("$b->folder/wp-content/mu-plugins/nonce.php", '<?php add_action("wp_ajax_lab_nonce", fn () => die(wp_create_nonce($_GET["for"])));');
        // Who manages options and edits users, but may make none.
        $b->run('add_role("half", "Half", array_diff_key(get_role("administrator")->capabilities, ["create_users" => 1]));');
        $who = [];
        foreach (['subscriber', 'editor', 'half'] as $role) {
            $b->createUser("a$role", "a$role@example.org", $role);
            $who[$role] = $b->as("a$role", Lab::PASSWORD);
        }
        $state = static fn () => $b->run('wp_cache_flush(); return [array_column((new RudrSync\Agent_List())->all(), "id"), get_option("rudr_sync_receiver"), RudrSync\Suspension::is(get_userdata($args[0]))];', [$suspended]);
        $before = $state();
        $forms = [
            [self::PART, ['action' => 'rudr_sync_agent_make', 'agent_name' => 'mine']],
            ['wp-admin/admin-post.php', ['action' => 'rudr_sync_agent_revoke', 'agent' => $made['uuid']]],
            ['wp-admin/admin-post.php', ['action' => 'rudr_sync_receiver_rules', 'roles' => 'all', 'adopt' => 'any', 'removal' => 'leave']],
            ['wp-admin/admin-post.php', ['action' => 'rudr_sync_receiver_lift', 'lift' => (string) $suspended]],
        ];
        $send = static fn (Browser $browser, string $to, array $fields) => $browser->request('POST', $to, http_build_query($fields), ['Content-Type: application/x-www-form-urlencoded']);
        $admin = $b->asAdmin();
        foreach ($forms as [$to, $fields]) {
            foreach ($who as $role => $browser) {
                // Even with a nonce of their own it is not theirs.
                $nonce = $browser->get("wp-admin/admin-ajax.php?action=lab_nonce&for={$fields['action']}")->body;
                self::assertMatchesRegularExpression('/^\w{10}$/', $nonce);
                foreach ([[], ['rudr_sync_nonce' => $nonce]] as $more) {
                    self::assertSame(403, $send($browser, $to, $fields + $more)->status, "$role {$fields['action']}");
                }
            }
            self::assertSame(403, $send($admin, $to, $fields)->status, "{$fields['action']} without a nonce");
            self::assertSame(403, $send($admin, $to, $fields + ['rudr_sync_nonce' => 'deadbeef12'])->status, "{$fields['action']} with another nonce");
            $visitor = $send($b->browser(), $to, $fields);
            self::assertTrue($visitor->status >= 400 || str_contains($visitor->url, 'wp-login.php'), 'a visitor');
        }
        foreach ($who as $role => $browser) {
            foreach ([self::PART, self::SCREEN . "&part=revoke&agent={$made['uuid']}"] as $page) {
                self::assertSame(403, $browser->get($page)->status, "$role $page");
            }
        }
        $half = $who['half']->get(self::SCREEN);
        self::assertSame(200, $half->status);
        self::assertStringNotContainsString('part=receiver', $half->body);
        self::assertSame($before, $state());
        self::assertSame([], self::errors($b));
    }

    /** @dataProvider versions */
    public function testOnNarrowScreensAndWithoutJavaScriptItWorks(string $version): void
    {
        $b = self::site($version);
        $bare = new Chromium(false);
        try {
            $bare->login($b);
            foreach ([1280, 500] as $width) {
                $bare->resize($width, 900);
                $bare->open($b->url(self::PART));
                $bare->fill('#rudr-sync-agent_name', "Site of a long name, seen on $width points");
                $bare->click('#make');
                $bare->waitFor('.rudr-sync-made');
                self::assertSame([], self::cutOff($bare), "$width");
                self::assertTrue($bare->isSeen('#rudr-sync-made-password'));
                self::assertTrue($bare->isSeen('.rudr-sync-agents a.submitdelete'));
                self::assertTrue($bare->isSeen('.rudr-sync-agents td.column-source'));
                self::picture($bare, "$version-receiver-$width");
            }
        } finally {
            $bare->quit();
        }
        self::assertSame([], self::errors($b));
    }

    public function testOnANetworkItIsTheNetworkAdministratorsAndOfOneSite(): void
    {
        $b = Lab::site('receivers', 'newest', ['plugin' => true, 'multisite' => true]);
        $blog = $b->run('return wp_insert_site(["domain" => get_network()->domain, "path" => "/second/", "title" => "Second", "user_id" => 1]);');
        $b->createUser('blogadmin', 'blogadmin@example.org', 'administrator');
        self::assertSame(403, $b->as('blogadmin', Lab::PASSWORD)->get(self::PART)->status);
        $seen = self::chromium($b);
        $seen->open($b->url('wp-admin/network/users.php?page=rudr-sync&part=receiver'));
        self::assertStringContainsString("This is so for the site $b->url of this network alone", $seen->text('.rudr-sync'));
        self::picture($seen, 'receiver-network');
        $seen->fill('#rudr-sync-agent_name', 'Shop');
        $seen->click('#make');
        $seen->waitFor('.rudr-sync-made');
        self::assertStringContainsString('/wp-admin/network/users.php', $seen->url());
        $made = ['login' => $seen->value('#rudr-sync-made-login'), 'password' => $seen->value('#rudr-sync-made-password')];
        self::call($b, $made);
        $seen->click('input[name=network_delete]');
        $seen->click('#submit');
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('/wp-admin/network/users.php', $seen->url());
        self::assertSame([true, false], $b->run('$here = (new RudrSync\Receiver_Settings())->deletes_from_network(); switch_to_blog($args[0]); return [$here, (new RudrSync\Receiver_Settings())->deletes_from_network()];', [$blog]));
        self::assertSame([], self::errors($b));
        $b->destroy();
    }

    // --- the ground ---

    private static function site(string $version): Site
    {
        return self::$sites[$version] ??= Lab::site('b' . preg_replace('/\W/', '', $version), $version, ['plugin' => true]);
    }

    /** A source calls with what was shown; gives the uuid that it called itself by. */
    private static function call(Site $b, array $made): string
    {
        $source = preg_replace('/^(.{8})(.{4})(.{4})(.{4})(.{12})$/', '$1-$2-$3-$4-$5', bin2hex(random_bytes(16)));
        self::assertSame(200, self::status($b, $made, $source));
        return $source;
    }

    private static function status(Site $b, array $made, string $source): int
    {
        return $b->rest('POST', 'rudr-sync/v1/jobs', ['source' => $source, 'jobs' => []], $made['login'], $made['password'])->status;
    }

    private static function jobs(Site $b, array $made, string $source, array $jobs): array
    {
        return $b->rest('POST', 'rudr-sync/v1/jobs', ['source' => $source, 'jobs' => $jobs], $made['login'], $made['password'])->json()['outcomes'];
    }
}
