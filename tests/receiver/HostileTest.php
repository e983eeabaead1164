<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What a source that was taken over, or is broken, may send. */
final class HostileTest extends ReceiverTestCase
{
    private static Sender $sender;

    public static function setUpBeforeClass(): void
    {
        self::$sender = self::sender('newest');
    }

    /** @dataProvider badJobs */
    public function testAJobThatCannotBeReadIsRefusedByNameAndNothingIsApplied(string $key, mixed $job): void
    {
        $good = Sender::somebody();
        $before = self::all();
        $out = self::$sender->jobs([is_array($job) && !array_is_list($job) ? $job + Sender::somebody() : $job, $good]);
        self::assertSame(['rejected', 'invalid_job'], [$out[0]['status'], $out[0]['code']]);
        self::assertStringStartsWith("$key ", $out[0]['message']);
        self::assertLessThan(300, strlen($out[0]['message']));
        self::assertSame('created', $out[1]['status'], 'the next goes on');
        $site = self::$sender->site;
        $site->run('wp_delete_user($args[0]);', [$out[1]['id']]);
        self::assertSame($before, self::all());
    }

    public static function badJobs(): array
    {
        $user = fn (array $user) => ['user' => $user];
        return [
            'no object' => ['job', 5],
            'a list' => ['job', ['put', 1]],
            'null' => ['job', null],
            'no op' => ['op', ['op' => null]],
            'unknown op' => ['op', ['op' => 'upsert']],
            'op of a type' => ['op', ['op' => ['put']]],
            'no user_id' => ['user_id', ['user_id' => null]],
            'user_id 0' => ['user_id', ['user_id' => 0]],
            'user_id text' => ['user_id', ['user_id' => '1 OR 1=1']],
            'user_id too large' => ['user_id', ['user_id' => 1e30]],
            'user is text' => ['user', ['user' => 'x']],
            'login is a list' => ['user.user_login', $user(['user_login' => ['x']])],
            'email is a number' => ['user.user_email', $user(['user_email' => 5])],
            'huge text' => ['user.description', $user(['description' => str_repeat('x', 5 << 20)])],
            'huge meta' => ['user.meta_input.phone', $user(['meta_input' => ['phone' => [str_repeat('x', 1 << 20)]]])],
            'many meta keys' => ['user.meta_input', $user(['meta_input' => array_fill_keys(array_map(fn ($i) => "k$i", range(1, 501)), 1)])],
            'meta is a list' => ['user.meta_input', $user(['meta_input' => ['x']])],
            'roles are text' => ['user.roles', $user(['roles' => 'administrator'])],
            'roles are objects' => ['user.roles', $user(['roles' => [['administrator']]])],
            'hash is a list' => ['user.user_pass_hash', $user(['user_pass_hash' => ['x']])],
            'long hash' => ['user.user_pass_hash', $user(['user_pass_hash' => str_repeat('x', 256)])],
            'long password' => ['user.user_pass', $user(['user_pass' => str_repeat('x', 4097)])],
            'remote_id text' => ['remote_id', ['remote_id' => '1']],
            'remote_id negative' => ['remote_id', ['remote_id' => -1]],
            'trust' => ['trust', ['trust' => 'mine']],
            'held' => ['held.x', ['held' => ['x' => 5]]],
            'proved' => ['proved', ['proved' => 'yes']],
            'reassign' => ['reassign', ['op' => 'delete', 'reassign' => 'everybody']],
        ];
    }

    public function testNoTwoJobsHaveTheSameRef(): void
    {
        [$one, $two, $three] = [Sender::somebody(), Sender::somebody(), Sender::somebody()];
        $out = self::$sender->jobs([$one, ['ref' => $one['ref']] + $two, $three]);
        self::assertSame(['created', 'rejected', 'created'], array_column($out, 'status'));
        self::assertStringStartsWith('ref ', $out[1]['message']);
    }

    public function testRequestsThatCannotBeReadAreRefusedAsAWhole(): void
    {
        $before = self::all();
        $post = fn (mixed $body) => self::$sender->request('POST', 'rudr-sync/v1/jobs', $body);
        $jobs = [Sender::somebody()];
        $source = self::$sender->source;
        foreach ([
            'source' => ['jobs' => $jobs], 'source ' => ['source' => 'me', 'jobs' => $jobs], 'jobs' => ['source' => $source], 'jobs ' => ['source' => $source, 'jobs' => ['a' => 1]],
            'options' => ['source' => $source, 'jobs' => $jobs, 'options' => 5], 'options.adopt' => ['source' => $source, 'jobs' => $jobs, 'options' => ['adopt' => 'all']],
            'options.authority' => ['source' => $source, 'jobs' => $jobs, 'options' => ['authority' => 1]], 'options.roles' => ['source' => $source, 'jobs' => $jobs, 'options' => ['roles' => 'x']],
        ] as $key => $body) {
            $answer = $post($body);
            self::assertSame([400, 'rudr_sync_invalid_request'], [$answer->status, $answer->json()['code']], $key);
            self::assertStringStartsWith(trim($key), $answer->json()['message']);
        }
        $answer = $post(['source' => $source, 'jobs' => array_fill(0, 101, $jobs[0])]);
        self::assertSame([413, 'rudr_sync_too_many_jobs'], [$answer->status, $answer->json()['code']]);
        $answer = $post(['source' => $source, 'jobs' => array_fill(0, 10000, ['op' => 'put', 'user_id' => 1])]);
        self::assertSame(413, $answer->status);
        $answer = $post(['source' => $source, 'jobs' => [['x' => str_repeat('x', 9 << 20)]]]);
        self::assertSame([413, 'rudr_sync_too_large'], [$answer->status, $answer->json()['code']]);
        $raw = fn (string $body, string $type) => self::$sender->site->browser()->request('POST', 'wp-json/rudr-sync/v1/jobs', $body, [
            "Content-Type: $type", 'Authorization: Basic ' . base64_encode(self::$sender->login . ':' . self::$sender->password),
        ]);
        self::assertSame('rest_invalid_json', $raw('{"source":', 'application/json')->json()['code']);
        self::assertSame(400, $raw("{\"source\":\"\xff\"}", 'application/json')->status);
        self::assertSame(400, $raw('source=' . $source, 'application/x-www-form-urlencoded')->status);
        self::assertSame([], $post(['source' => $source, 'jobs' => []])->json()['outcomes']);
        self::assertSame($before, self::all());
    }

    public function testNobodyWithPowerIsTouchedOrMade(): void
    {
        $site = self::$sender->site;
        $powerful = ['administrator' => '', 'one capability' => '$u->set_role("subscriber"); $u->add_cap("promote_users");', 'by a plugin' => '',
            'agent' => '$u->set_role("subscriber"); $u->add_cap("rudr_sync_receive");', 'shop manager' => 'add_role("clerk", "Clerk", ["read" => true, "edit_users" => true]); $u->set_role("clerk");'];
        file_put_contents("$site->folder/wp-content/mu-plugins/power.php", '<?php add_filter("user_has_cap", function ($caps, $wanted, $args, $user) {
            return $user->user_login === "by-a-plugin" ? ["manage_options" => true] + $caps : $caps; }, 10, 4);');
        try {
            foreach ($powerful as $what => $code) {
                $login = str_replace(' ', '-', $what);
                $id = $site->createUser($login, "$login@example.org", $what === 'administrator' ? 'administrator' : 'subscriber');
                $site->run('$u = new WP_User($args[0]);' . $code, [$id]);
                self::untouched($id, $login, "$login@example.org");
            }
            self::untouched(1, Lab::ADMIN, $site->user(1)['user_email']);
            self::untouched(self::$sender->agent, self::$sender->login, $site->user(self::$sender->agent)['user_email']);

            // One that it made, and that became powerful since.
            $job = Sender::somebody();
            $id = self::$sender->job($job)['id'];
            $site->run('(new WP_User($args[0]))->set_role("administrator");', [$id]);
            $before = $site->user($id);
            self::assertSame('privileged', self::$sender->job(['user' => ['roles' => ['subscriber'], 'user_pass_hash' => Sender::phpass('x')], 'remote_id' => $id] + $job)['code']);
            self::assertSame('privileged', self::$sender->job(['op' => 'delete'] + $job)['code']);
            self::assertSame([$before, ['administrator']], [$site->user($id), $site->roles($id)]);

            // Roles with power, whatever this site's list says.
            $site->run('update_option("rudr_sync_receiver", ["roles" => ["administrator", "clerk", "rudr_sync_agent", "author", "subscriber"]]);');
            self::assertSame(['author', 'subscriber'], self::$sender->request('GET', 'rudr-sync/v1/')->json()['roles']);
            foreach (['administrator', 'clerk', 'rudr_sync_agent', 'editor'] as $role) {
                $made = self::$sender->job(Sender::somebody(['roles' => [$role]]));
                self::assertSame([['roles' => 'role_not_allowed'], []], [$made['refused'], $site->roles($made['id'])], $role);
            }
        } finally {
            unlink("$site->folder/wp-content/mu-plugins/power.php");
            $site->run('delete_option("rudr_sync_receiver");');
        }
    }

    public function testAStaleObjectCacheIsNotAsked(): void
    {
        $site = self::$sender->site;
        $job = Sender::somebody(['user_pass_hash' => $hash = Sender::phpass('x')]);
        $known = self::$sender->job($job)['id'];
        $there = $site->createUser('cached', 'cached@example.org');
        $moved = $site->createUser('moved-away', 'old-address@example.org');
        $ghost = Sender::somebody();
        $out = $site->run('
            // What a cache that outlives requests might hold: powers that were given since are not in it, nor is a new password; and somebody who is gone.
            foreach ([$args["known"], $args["there"]] as $id) {
                get_userdata($id);
                $GLOBALS["wpdb"]->update($GLOBALS["wpdb"]->usermeta, ["meta_value" => serialize(["administrator" => true])], ["user_id" => $id, "meta_key" => "wp_capabilities"]);
            }
            get_userdata($args["moved"]);
            $GLOBALS["wpdb"]->update($GLOBALS["wpdb"]->users, ["user_email" => "new-address@example.org"], ["ID" => $args["moved"]]);
            wp_cache_set($args["ghost"]["user"]["user_login"], 999999, "userlogins");
            wp_cache_set($args["ghost"]["user"]["user_email"], 999999, "useremail");
            wp_cache_set(999999, (object) ["ID" => 999999, "user_login" => $args["ghost"]["user"]["user_login"], "user_email" => $args["ghost"]["user"]["user_email"]], "users");
            $request = RudrSync\Received_Request::read(["source" => $args["source"], "jobs" => $args["jobs"]]);
            return RudrSync\Receiver_Batch::of($request, new RudrSync\Receiver_Settings())->run();
        ', ['known' => $known, 'there' => $there, 'moved' => $moved, 'ghost' => $ghost, 'source' => self::$sender->source, 'jobs' => [
            ['user' => ['first_name' => 'New'], 'remote_id' => $known] + $job, Sender::somebody(['user_email' => 'cached@example.org'], ['proved' => true]), $ghost,
            Sender::somebody(['user_email' => 'old-address@example.org'], ['remote_id' => $moved, 'trust' => 'adopted', 'proved' => true]),
        ]]);
        self::assertSame(['privileged', 'privileged', null, 'identity_mismatch'], array_column($out, 'code'), json_encode($out));
        self::assertSame('created', $out[2]['status']);
    }

    public function testARoleWithWhichAPluginGivesPowerIsTakenBack(): void
    {
        $site = self::$sender->site;
        file_put_contents("$site->folder/wp-content/mu-plugins/generous.php", '<?php add_action("set_user_role", function ($id, $role) {
            if ($role === "author") { (new WP_User($id))->add_cap("edit_users"); } }, 10, 2);');
        try {
            $job = Sender::somebody(['roles' => ['author']]);
            $made = self::$sender->job($job);
            self::assertSame(['roles' => 'privileged'], $made['refused']);
            self::assertSame('privileged', self::$sender->job(['user' => ['first_name' => 'x'], 'remote_id' => $made['id']] + $job)['code'], 'what else the plugin gave is still there');
        } finally {
            unlink("$site->folder/wp-content/mu-plugins/generous.php");
        }
        self::assertNotContains('author', $site->roles($made['id']));
    }

    public function testMetaIsNoWayToPowerWhateverTheListSays(): void
    {
        $site = self::$sender->site;
        $keys = ['wp_capabilities', 'WP_CAPABILITIES', 'wp_2_capabilities', 'wp_user_level', 'wp_3_user_level', 'session_tokens', '_application_passwords', '_new_email', 'capabilities',
            'user_id_2', '_rudr_sync_password', '_rudr_sync_proved', '_rudr_sync_source_x', 'wp_rudr_sync_suspended', 'wp_capabilitiés', 'wp_capabilities ', 'phone ', 'nickname'];
        file_put_contents("$site->folder/wp-content/mu-plugins/all.php", '<?php add_filter("rudr_sync_receiver_meta_keys", fn () => ' . var_export([...$keys, 'good.key-1'], true) . ');');
        try {
            self::assertSame(['good.key-1'], self::$sender->request('GET', 'rudr-sync/v1/')->json()['meta']);
            $job = Sender::somebody(['meta_input' => array_fill_keys($keys, ['administrator' => true])]);
            $made = self::$sender->job($job);
            self::assertCount(count($keys), $made['refused']);
            self::assertSame(['meta_not_allowed'], array_values(array_unique($made['refused'])));
            self::assertSame(['subscriber'], $site->roles($made['id']));
        } finally {
            unlink("$site->folder/wp-content/mu-plugins/all.php");
        }
        $made = self::$sender->job(Sender::somebody(['meta_input' => ['phone' => 'O:8:"stdClass":1:{s:1:"a";i:1;}']]));
        self::assertSame('O:8:"stdClass":1:{s:1:"a";i:1;}', $site->run('return get_user_meta($args[0], "phone", true);', [$made['id']]), 'text stays text');
    }

    public function testLoginsThatThisSiteCannotHaveAreRefused(): void
    {
        foreach (['' => 'incomplete', 'Юрий' => 'invalid_username', "a'b" => 'invalid_username', ' lead' => 'invalid_username', '<b>x' => 'invalid_username', 'a/../b' => 'invalid_username'] as $login => $code) {
            self::assertSame($code, self::$sender->job(Sender::somebody(['user_login' => $login]))['code'], $login);
        }
        self::assertSame('user_login_too_long', self::$sender->job(Sender::somebody(['user_login' => str_repeat('x', 61)]))['code']);
        self::assertSame('incomplete', self::$sender->job(Sender::somebody(['user_email' => '']))['code']);
        self::assertSame('invalid_email', self::$sender->job(Sender::somebody(['user_email' => 'x@y']))['code']);
        self::assertSame('created', self::$sender->job(Sender::somebody(['user_login' => 'With space.and-_@x', 'user_email' => "o'hara+x@example.org"]))['status']);
    }

    public function testAPluginThatFailsInOneJobDoesNotStopTheOthers(): void
    {
        $site = self::$sender->site;
        file_put_contents("$site->folder/wp-content/mu-plugins/fails.php", '<?php add_action("user_register", function ($id) {
            $login = get_userdata($id)->user_login;
            if (str_starts_with($login, "throws")) { throw new RuntimeException("secret words"); }
            if (str_starts_with($login, "exits")) { echo "rubbish"; exit; }
            if (str_starts_with($login, "dies")) { wp_die("no"); }
            if (str_starts_with($login, "breaks")) { nosuchfunction(); }
            if (str_starts_with($login, "exhausts")) { ini_set("memory_limit", "64M"); str_repeat("x", 1 << 30); }
            if (str_starts_with($login, "prints")) { echo "rubbish"; }
            if (str_starts_with($login, "mails")) { wp_mail(get_userdata($id)->user_email, "Welcome", "x"); wp_mail("Ann <" . get_userdata($id)->user_email . ">", "Welcome", "x"); wp_mail("owner@example.org", "New", "x"); }
        });');
        try {
            foreach (['throws' => 'exception', 'breaks' => 'exception', 'exits' => 'fatal', 'dies' => 'fatal', 'exhausts' => 'fatal'] as $how => $code) {
                $before = Sender::somebody();
                $bad = Sender::somebody(['user_login' => $how . Sender::somebody()['ref']]);
                $after = Sender::somebody();
                $out = self::$sender->jobs([$before, $bad, $after]);
                self::assertSame(['created', 'retry', $code === 'fatal' ? 'retry' : 'created'], array_column($out, 'status'), $how);
                self::assertSame([$before['ref'], $bad['ref'], $after['ref']], array_column($out, 'ref'));
                self::assertSame($code, $out[1]['code']);
                self::assertStringNotContainsString('secret', json_encode($out));
                self::assertSame('created', self::$sender->job($after)['status'], 'without it the rest goes through');
                // It never gets a password or a role that way.
                self::assertStringStartsWith('!rudr-sync', $site->user($bad['user']['user_login'])['user_pass'], $how);
                self::assertSame([], $site->roles((int) $site->user($bad['user']['user_login'])['ID']));
            }
            $logged = implode("\n", $site->errors());
            self::assertStringContainsString('rudr-sync: RuntimeException in ', $logged);
            self::assertStringContainsString('fails.php:', $logged);
            self::assertStringNotContainsString('secret', $logged, 'what was handed a password may say it');
            $site->mark();
            self::assertSame('created', self::$sender->job(Sender::somebody(['user_login' => 'prints' . Sender::somebody()['ref']]))['status']);
            // One job's address is not spared in another.
            $whose = Sender::somebody(['user_email' => 'owner@example.org']);
            self::assertSame('created', self::$sender->jobs([$whose, Sender::somebody(['user_login' => 'mails' . Sender::somebody()['ref']])])[1]['status']);
            self::assertSame(['owner@example.org'], array_map(fn ($mail) => $mail->to, $site->mails()), "the user gets none, the site's owner does");
            // Nor is the administrator's, whatever a job says.
            $owner = $site->run('return get_option("admin_email");');
            $site->run('update_option("admin_email", "boss@example.org");');
            $site->mark();
            try {
                $whose = Sender::somebody(['user_login' => 'mails' . Sender::somebody()['ref'], 'user_email' => 'boss@example.org']);
                self::assertSame('created', self::$sender->job($whose)['status']);
                self::assertEqualsCanonicalizing(['boss@example.org', 'Ann <boss@example.org>', 'owner@example.org'], array_map(fn ($mail) => $mail->to, $site->mails()));
            } finally {
                $site->run('update_option("admin_email", ' . var_export($owner, true) . ');');
            }
        } finally {
            unlink("$site->folder/wp-content/mu-plugins/fails.php");
            $site->mark(); // what was logged was meant to be
        }
    }

    public function testItStopsAtHalfItsTimeAndAsksForTheRest(): void
    {
        $site = self::$sender->site;
        file_put_contents("$site->folder/wp-content/mu-plugins/slow.php", '<?php add_action("user_register", fn () => sleep(2));');
        try {
            $jobs = array_map(static fn () => Sender::somebody(), range(1, 3));
            $out = self::$sender->jobs($jobs, ['seconds' => 3]);
        } finally {
            unlink("$site->folder/wp-content/mu-plugins/slow.php");
        }
        self::assertSame(['created', 'retry', 'retry'], array_column($out, 'status'));
        self::assertSame(['budget', 'budget'], array_column(array_slice($out, 1), 'code'));
        self::assertSame(['created', 'created', 'created'], array_column(self::$sender->jobs($jobs), 'status'));
    }

    private static function untouched(int $id, string $login, string $email): void
    {
        $site = self::$sender->site;
        $look = fn () => [$site->user($id), $site->db()->execute_query('SELECT meta_key, meta_value FROM wp_usermeta WHERE user_id = ? AND meta_key NOT IN (\'session_tokens\', \'_application_passwords\') ORDER BY 1', [$id])->fetch_all()];
        $before = $look();
        $email = $email ?: 'nobody@example.org';
        $link = ['remote_id' => $id, 'remote_login' => $login, 'trust' => 'own', 'proved' => true];
        $take = ['user_email' => $email, 'roles' => ['subscriber'], 'user_login' => $login];
        foreach ([Sender::somebody($take, $link), Sender::somebody($take, ['proved' => true]), ['op' => 'delete'] + Sender::somebody($take, $link)] as $job) {
            $out = self::$sender->job($job, ['adopt' => 'any', 'remove' => 'all', 'recreate' => true, 'authority' => true]);
            self::assertContains($out['status'], ['rejected', 'unlinked'], $login . json_encode($out));
        }
        self::assertSame($before, $look(), $login);
    }

    private static function all(): array
    {
        $db = self::$sender->site->db();
        return [$db->query('SELECT * FROM wp_users ORDER BY ID')->fetch_all(), $db->query("SELECT user_id, meta_key, meta_value FROM wp_usermeta WHERE meta_key <> '_application_passwords' AND meta_key NOT LIKE '\\_rudr\\_sync\\_source\\_%' ORDER BY umeta_id")->fetch_all()];
    }
}
