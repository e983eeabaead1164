<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Whose an account is, and that nobody is handed one. */
final class WhoseTest extends ReceiverTestCase
{
    private static Sender $sender;

    public static function setUpBeforeClass(): void
    {
        self::$sender = self::sender('newest');
    }

    public function testTheSameJobAgainMakesNobodyTwice(): void
    {
        $jobs = array_map(static fn () => Sender::somebody(), range(1, 5));
        $before = self::users();
        $first = self::$sender->jobs($jobs);
        $second = self::$sender->jobs($jobs);
        self::assertSame(array_column($first, 'id'), array_column($second, 'id'));
        self::assertSame(array_fill(0, 5, 'created'), array_column($second, 'status'), 'the first answer may have been lost');
        self::assertSame($before + 5, self::users());
        self::assertSame([$first[0]['held'], []], [$second[0]['held'], $second[0]['refused']]);
    }

    public function testLoginsAndAddressesThatWanderWaitForTheOther(): void
    {
        $site = self::$sender->site;
        [$one, $two] = [Sender::somebody(), Sender::somebody()];
        [$first, $second] = self::$sender->jobs([$one, $two]);
        // Removed and registered anew with another address, and the removal is late.
        $anew = Sender::somebody(['user_login' => $first['login']]);
        $waits = self::$sender->job($anew);
        self::assertSame(['retry', 'waits_for', $first['id']], [$waits['status'], $waits['code'], $waits['id']]);
        // The address has moved to somebody else, who is told first.
        $moved = ['user' => ['user_email' => $one['user']['user_email'], 'first_name' => 'Moved'], 'remote_id' => $second['id']] + $two;
        self::assertSame(['user_email' => 'waits_for'], self::$sender->job($moved)['refused']);
        self::assertSame('Moved', $site->meta($second['id'], 'first_name'));
        self::$sender->job(['op' => 'delete'] + $one);
        self::assertSame('created', self::$sender->job($anew)['status']);
        self::assertSame([], self::$sender->job($moved)['refused']);
        self::assertSame($one['user']['user_email'], $site->user($second['id'])['user_email']);
    }

    public function testTwoIdenticalBatchesAtOnceMakeNobodyTwice(): void
    {
        $jobs = array_map(static fn () => Sender::somebody(), range(1, 20));
        $before = self::users();
        $ids = [];
        foreach (self::$sender->together(array_fill(0, 4, $jobs)) as $outcomes) {
            foreach ($outcomes as $number => $outcome) {
                self::assertContains($outcome['status'], ['created', 'retry'], json_encode($outcome));
                if ($outcome['status'] === 'retry') {
                    self::assertSame('busy', $outcome['code']);
                } else {
                    $ids[$number][$outcome['id']] = true;
                }
            }
        }
        self::assertSame(array_fill(0, 20, 1), array_map('count', array_values($ids)));
        self::assertSame($before + 20, self::users());
        self::assertSame(array_fill(0, 20, 'created'), array_column(self::$sender->jobs($jobs), 'status'), 'nothing stays claimed');
    }

    public function testTheFirstBatchesOfAllMakeTheTable(): void
    {
        $sender = Sender::to(Lab::site('first', 'newest', ['plugin' => true]));
        $tables = fn () => $sender->site->db()->query("SHOW TABLES LIKE '%received%'")->num_rows;
        self::assertSame(0, $tables(), 'a site that receives nobody has none');
        $batches = array_map(static fn () => [Sender::somebody()], range(1, 4));
        foreach ($sender->together($batches) as [$outcome]) {
            self::assertSame('created', $outcome['status'], json_encode($outcome));
        }
        self::assertSame(1, $tables());
        self::assertSame([], $sender->site->errors());
        $sender->site->destroy();
    }

    public function testWhoRegistersAtTheSameMomentKeepsLoginAndAddress(): void
    {
        $site = self::$sender->site;
        file_put_contents("$site->folder/wp-content/mu-plugins/quicker.php", '<?php add_filter("wp_pre_insert_user_data", function ($data, $update) {
            global $wpdb;
            if (!$update && str_starts_with($data["user_login"], "race-")) {
                $quicker = $data;
                $quicker["user_pass"] = "theirs";
                $quicker[str_contains($data["user_login"], "login") ? "user_email" : "user_login"] = "quicker-" . $data["user_login"] . "@example.org";
                $wpdb->insert($wpdb->users, $quicker);
            }
            return $data; }, 10, 2);
            add_action("deleted_user", function () { if (function_exists("wpmu_delete_user")) { error_log("This is no network."); } });');
        try {
            foreach (['race-login' => 'existing_user_login', 'race-email' => 'unproven'] as $login => $code) {
                $job = Sender::somebody(['user_login' => $login]);
                $out = self::$sender->job($job);
                self::assertSame(['retry', 'taken'], [$out['status'], $out['code']]);
                $left = $site->db()->execute_query('SELECT ID, user_pass FROM wp_users WHERE user_login = ? OR user_email = ?', [$login, $job['user']['user_email']])->fetch_all(MYSQLI_ASSOC);
                self::assertSame(['theirs'], array_column($left, 'user_pass'));
                self::assertSame($code, self::$sender->job($job)['code']);
            }
        } finally {
            unlink("$site->folder/wp-content/mu-plugins/quicker.php");
        }
    }

    public function testAnEqualLoginWithAnotherAddressIsAConflictAlways(): void
    {
        $there = self::$sender->site->createUser('conflicted', 'conflicted@example.org');
        foreach (['never', 'proven', 'any'] as $adopt) {
            $no = self::$sender->job(Sender::somebody(['user_login' => 'conflicted'], ['proved' => true]), ['adopt' => $adopt]);
            self::assertSame(['rejected', 'existing_user_login', $there], [$no['status'], $no['code'], $no['id']]);
        }
        $accent = self::$sender->job(Sender::somebody(['user_email' => 'cönflicted@example.org']), ['adopt' => 'any']);
        self::assertSame('rejected', $accent['status'], 'an address that only the database takes for the same is not the same');
    }

    public function testAnAccountThatIsThereIsTakenOverOnlyByProof(): void
    {
        $site = self::$sender->site;
        $id = $site->createUser('herself', 'Herself@example.org', 'author');
        $before = [$site->user($id), $site->meta($id, 'first_name')];
        $job = Sender::somebody(['user_login' => 'other-login', 'user_email' => 'herself@Example.org']);
        $rows = fn () => self::$sender->row($job['user_id'])['local_id'];

        $no = self::$sender->job($job);
        self::assertSame(['rejected', 'unproven'], [$no['status'], $no['code']]);
        self::assertSame('conflict', self::$sender->job($job + ['proved' => true], ['adopt' => 'never'])['code']);
        self::assertNull($rows());

        $found = self::$sender->job($job + ['proved' => true]);
        self::assertSame(['found', $id, 'herself', 'adopted'], [$found['status'], $found['id'], $found['login'], $found['trust']]);
        self::assertSame($before, [$site->user($id), $site->meta($id, 'first_name')], 'nothing was written');
        self::assertSame('found', self::$sender->job($job)['status'], 'an answer that was lost is given again');
        $other = Sender::somebody(['user_email' => 'herself@example.org'], ['proved' => true]);
        $waits = self::$sender->job($other);
        self::assertSame(['retry', 'waits_for', $id], [$waits['status'], $waits['code'], $waits['id']]);

        $link = ['remote_id' => $id, 'remote_login' => 'herself', 'trust' => 'adopted', 'registered' => $found['registered']];
        self::assertSame('updated', self::$sender->job($link + $job)['status']);
        self::assertSame('Some', $site->meta($id, 'first_name'));
        self::assertSame('herself', $site->user($id)['user_login']);

        self::assertSame('unlinked', self::$sender->job(['op' => 'delete'] + $link + $job)['status'], 'what was only taken over stays');
        self::assertNotNull($site->user($id));
        self::assertSame('gone', self::$sender->job($link + $job)['code']);

        $any = $site->createUser('anybody', 'anybody@example.org');
        self::assertSame(['found', $any], array_slice(array_values(self::$sender->job(Sender::somebody(['user_email' => 'anybody@example.org']), ['adopt' => 'any'])), 0, 2));
    }

    public function testAnIdThatSomebodyNotedDecidesNothing(): void
    {
        $site = self::$sender->site;
        $victim = $site->createUser('noted', 'noted@example.org', 'editor');
        $before = $site->user($victim);
        $claim = fn (array $job, string $email) => self::$sender->job(Sender::somebody(['user_email' => $email], ['remote_id' => $victim] + $job));
        self::assertSame('created', $claim([], 'elsewhere@example.org')['status'], 'an id alone with another address is not believed');
        self::assertSame('unproven', $claim([], 'noted@example.org')['code']);
        self::assertSame('identity_mismatch', $claim(['trust' => 'adopted', 'proved' => true], 'elsewhere2@example.org')['code']);
        self::assertSame('identity_mismatch', $claim(['trust' => 'own', 'remote_login' => 'noted'], 'elsewhere3@example.org')['code']);
        self::assertSame('identity_mismatch', $claim(['trust' => 'own', 'remote_login' => 'someone else'], 'noted@example.org')['code']);
        self::assertSame('identity_mismatch', $claim(['trust' => 'own', 'remote_login' => 'noted', 'registered' => '2001-01-01T00:00:00+00:00'], 'noted@example.org')['code']);
        self::assertSame($before, $site->user($victim));
        self::assertSame('found', $claim(['trust' => 'adopted', 'proved' => true], 'noted@example.org')['status'], "a person's word, and the address");
    }

    public function testALinkFromBeforeTheReceiverWasHereGoesOnButTheAccountIsNotItsToRemove(): void
    {
        $site = self::$sender->site;
        $id = $site->createUser('plainly', 'plainly@example.org');
        $job = Sender::somebody(['user_login' => 'plainly', 'user_email' => 'plainly@example.org'], ['remote_id' => $id, 'remote_login' => 'plainly', 'trust' => 'own']);
        $done = self::$sender->job($job);
        self::assertSame(['updated', 'adopted'], [$done['status'], $done['trust']]);
        self::assertSame('unlinked', self::$sender->job(['op' => 'delete'] + $job)['status']);
        self::assertNotNull($site->user($id));

        // One whose address has changed on the source meanwhile, by what the link last held.
        $id = $site->createUser('plainly2', 'plainly2@example.org');
        $digest = $site->run('return RudrSync\Held::digest("plainly2@example.org");');
        $job = Sender::somebody(['user_email' => 'moved2@example.org'], ['remote_id' => $id, 'remote_login' => 'plainly2', 'trust' => 'own', 'held' => ['user_email' => $digest]]);
        self::assertSame('updated', self::$sender->job($job)['status']);
        self::assertSame('moved2@example.org', $site->user($id)['user_email']);

        // A delete is the first that the receiver hears of it.
        $id = $site->createUser('plainly3', 'plainly3@example.org');
        $job = ['op' => 'delete'] + Sender::somebody(['user_login' => 'plainly3', 'user_email' => 'plainly3@example.org'], ['remote_id' => $id, 'remote_login' => 'plainly3', 'trust' => 'own']);
        self::assertSame('unlinked', self::$sender->job($job)['status']);
        self::assertNotNull($site->user($id));
        $job = ['op' => 'delete'] + Sender::somebody([], ['remote_id' => 999999, 'remote_login' => 'nobody', 'trust' => 'own']);
        self::assertSame('absent', self::$sender->job($job)['status']);
        self::believing(function () use ($site) {
            $id = $site->createUser('plainly4', 'plainly4@example.org');
            $job = ['op' => 'delete'] + Sender::somebody(['user_login' => 'plainly4', 'user_email' => 'plainly4@example.org'], ['remote_id' => $id, 'remote_login' => 'plainly4', 'trust' => 'own']);
            self::assertSame('deleted', self::$sender->job($job)['status'], 'where this site says that such claims are believed');
            self::assertNull($site->user($id));
        });
    }

    public function testOneSourceOwnsAnAccountAndOthersMayLinkToIt(): void
    {
        $site = self::$sender->site;
        $other = Sender::to($site);
        $job = Sender::somebody();
        $id = self::$sender->job($job)['id'];
        $theirs = ['user_id' => 7, 'proved' => true] + $job;
        self::assertSame('found', $other->job($theirs)['status']);
        $link = ['remote_id' => $id, 'remote_login' => $job['user']['user_login'], 'trust' => 'adopted'];
        self::assertSame('unchanged', $other->job($link + $theirs)['status']);
        foreach (['own', 'all', 'never'] as $remove) {
            $third = Sender::to($site);
            $third->job($theirs);
            self::assertSame('unlinked', $third->job(['op' => 'delete'] + $link + $theirs, ['remove' => $remove])['status'], $remove);
            self::assertNotNull($site->user($id), $remove);
        }
        self::assertSame('deleted', self::$sender->job(['op' => 'delete'] + $job)['status']);
        self::assertSame('gone', $other->job($link + $theirs)['code']);
    }

    public function testASourceSpeaksForItselfOnly(): void
    {
        $job = Sender::somebody();
        $id = self::$sender->job($job)['id'];
        $thief = Sender::to(self::$sender->site);
        $answer = $thief->as(self::$sender->source)->post([['op' => 'delete'] + $job]);
        self::assertSame([403, 'rudr_sync_wrong_source'], [$answer->status, $answer->json()['code']]);
        self::assertSame('created', $thief->job(Sender::somebody())['status']);
        self::assertSame('rudr_sync_wrong_source', self::$sender->as($thief->source)->post([$job])->json()['code']);
        self::assertSame('rudr_sync_wrong_source', self::$sender->as(Sender::uuid())->post([$job])->json()['code']);
        self::assertNotNull(self::$sender->site->user($id));
        // One that is revoked leaves its source to the next.
        $uuid = self::$sender->site->run('foreach (WP_Application_Passwords::get_user_application_passwords($args[0]) as $item) {
            if (get_user_meta($args[0], "_rudr_sync_source_" . $item["uuid"], true) === $args[1]) { return WP_Application_Passwords::delete_application_password($args[0], $item["uuid"]); } }', [$thief->agent, $thief->source]);
        self::assertTrue($uuid);
        self::assertSame(401, $thief->post([$job])->status);
        self::assertSame('created', Sender::to(self::$sender->site, $thief->source)->job(Sender::somebody())['status']);
    }

    public function testTheFirstRequestsOfASourceMayComeAtOnce(): void
    {
        $speaks = self::$sender->site->run('
            global $wpdb;
            $made = RudrSync\Agent::make("two at once");
            $user = get_userdata($made["user_id"]);
            get_user_meta($user->ID);
            // The other request is quicker by a moment.
            $wpdb->insert($wpdb->usermeta, ["user_id" => $user->ID, "meta_key" => "_rudr_sync_source_$made[uuid]", "meta_value" => $args[0]]);
            return array_map(fn ($source) => RudrSync\Agent::speaks_for($user, $made["uuid"], $source), $args);', [Sender::uuid(), Sender::uuid()]);
        self::assertSame([true, false], $speaks);
    }

    public function testWhatChangedHereMeanwhileIsStaleUnlessTheSourceIsRight(): void
    {
        $site = self::$sender->site;
        $job = Sender::somebody(['meta_input' => ['phone' => '+1']]);
        $made = self::$sender->job($job);
        $id = $made['id'];
        $site->run('wp_update_user(["ID" => $args[0], "first_name" => "Here", "description" => "Same"]); update_user_meta($args[0], "phone", "+9");
            (new WP_User($args[0]))->set_role("author"); wp_set_password("set here", $args[0]);', [$id]);
        $put = ['user' => [
            'first_name' => 'There', 'last_name' => 'Moved', 'description' => 'Same', 'roles' => ['editor'], 'meta_input' => ['phone' => '+2'], 'user_pass_hash' => Sender::phpass('set there'),
        ], 'remote_id' => $id, 'held' => $made['held']] + $job;
        $done = self::$sender->job($put);
        self::assertEquals(['first_name' => 'stale', 'roles' => 'stale', 'meta_input.phone' => 'stale', 'user_pass_hash' => 'stale'], $done['refused']);
        self::assertSame('updated', $done['status'], 'the last name had not changed here');
        self::assertEqualsCanonicalizing(['last_name', 'description'], array_keys($done['held']));
        self::assertSame(['Here', 'Moved', '+9'], array_map(fn ($key) => $site->meta($id, $key), ['first_name', 'last_name', 'phone']));
        self::assertSame(['author'], $site->roles($id));
        self::assertTrue($site->login($made['login'], 'set here'));

        $right = self::$sender->job($put, ['authority' => true]);
        self::assertSame([], $right['refused']);
        self::assertSame(['There', '+2'], [$site->meta($id, 'first_name'), $site->meta($id, 'phone')]);
        self::assertSame(['editor'], $site->roles($id));
        self::assertTrue($site->login($made['login'], 'set there'));
        $next = self::$sender->job(['user' => ['first_name' => 'On'], 'held' => $right['held']] + $put);
        self::assertSame([[], 'updated'], [$next['refused'], $next['status']], 'from there on it goes by what it now holds');
    }

    public function testDigestsAreThoseOfTheExtension(): void
    {
        // As in src/base.rs.
        [$text, $map, $swapped, $set, $set2] = self::$sender->site->run('return [RudrSync\Held::digest("a/b é"), RudrSync\Held::digest(["b" => 1, "a" => [true, null]]),
            RudrSync\Held::digest(["a" => [true, null], "b" => 1]), RudrSync\Held::digest_set(["b", "a", "b"]), RudrSync\Held::digest(["a", "b"])];');
        self::assertSame('ed8d26c6c2515956', $text);
        self::assertSame([$map, $set], [$swapped, $set2]);
        $digest = static fn (string $json): string => substr(hash('sha256', $json), 0, 16);
        self::assertSame($digest('{"0":"b","1":"a"}'), self::$sender->site->run('return RudrSync\Held::digest([1 => "a", 0 => "b"]);'), 'no list');
        self::assertSame(substr(hash('sha256', "\"a\u{2028}/é\""), 0, 16), self::$sender->site->run('return RudrSync\Held::digest($args[0]);', ["a\u{2028}/é"]));
    }

    public function testThePluginsOfThisSiteAreToldWhatCameAndWhence(): void
    {
        $site = self::$sender->site;
        file_put_contents("$site->folder/wp-content/mu-plugins/told.php", '<?php foreach (["rudr_sync_received", "rudr_sync_received_removal"] as $hook) {
            add_action($hook, function (...$args) use ($hook) { file_put_contents(__DIR__ . "/../../told.json", json_encode([$hook, $args])); }, 10, 9); }');
        try {
            $job = Sender::somebody();
            $made = self::$sender->job($job);
            $told = fn () => json_decode(file_get_contents("$site->folder/told.json"), true);
            // What stands for the password there was not said.
            $came = ['user_pass_hash' => ''] + $made['held'];
            self::assertEquals(['rudr_sync_received', [$made['id'], self::$sender->source, $came, $job['user_id'], []]], $told());
            // What has changed here and stays is told apart: whoever follows the other way sends it.
            $site->run('wp_update_user(["ID" => $args[0], "first_name" => "Here"]);', [$made['id']]);
            self::$sender->job(['user' => ['first_name' => 'There', 'last_name' => ' Spaced '], 'remote_id' => $made['id'], 'held' => $made['held']] + $job);
            $came = $site->run('return ["first_name" => RudrSync\Held::digest("There"), "last_name" => RudrSync\Held::digest(" Spaced ")];');
            self::assertEquals([$came, $job['user_id'], ['first_name' => 'stale', 'last_name' => 'altered']], array_slice($told()[1], 2));
            self::$sender->job(['op' => 'delete'] + $job);
            self::assertSame(['rudr_sync_received_removal', [$made['id'], self::$sender->source, $job['user_id']]], $told());
        } finally {
            unlink("$site->folder/wp-content/mu-plugins/told.php");
        }
    }

    private static function believing(callable $do): void
    {
        self::$sender->ruled('claims', true, $do);
    }

    private static function users(): int
    {
        return (int) self::$sender->site->db()->query('SELECT COUNT(*) FROM wp_users')->fetch_row()[0];
    }
}
