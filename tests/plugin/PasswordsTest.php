<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** Which password goes along, and when none does; on every WordPress, since each shows passwords elsewhere. */
final class PasswordsTest extends TestCase
{
    /** @var array<string, Fake> */
    private static array $fakes = [];
    private static int $count = 0;

    public static function versions(): array
    {
        return [['6.1'], ['6.8'], ['newest']];
    }

    /** @dataProvider versions */
    public function testANewUserHasTheirPasswordAsTheyTypeIt(string $version): void
    {
        $fake = self::on($version);
        foreach (['plain', "it's \"so\"", ' spaces around ', 'back\\slash', "\u{1F511}ключ"] as $typed) {
            $jobs = $fake->jobs(fn () => self::user($fake, $typed));
            self::assertCount(1, $jobs);
            self::assertSame(trim($typed), $jobs[0]['user']['user_pass']);
            self::assertTrue($fake->site->login($jobs[0]['user']['user_login'], $typed));
        }
    }

    /** @dataProvider versions */
    public function testCodeThatForgetsToSlashMeansWhatItSays(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        foreach (["it's raw", 'raw\\slash'] as $raw) {
            $jobs = $fake->jobs(fn () => $fake->site->run('wp_set_password($args["p"], $args["id"]);', ['p' => $raw, 'id' => $id]));
            self::assertSame([$raw], self::sent($jobs));
        }
    }

    /** @dataProvider versions */
    public function testAnOldHashThatIsMadeAnewAtALoginIsNoNewPassword(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake, 'the same');
        // md5 is what every version makes anew.
        $fake->site->db()->execute_query("UPDATE wp_users SET user_pass = ? WHERE ID = ?", [md5('the same'), $id]);
        $jobs = $fake->jobs(fn () => $fake->site->run('wp_update_user(["ID" => $args[0]]);', [$id]));
        self::assertSame([], self::sent($jobs), 'nobody announced md5');
        $mark = $jobs[0]['password_mark'];

        $before = $fake->site->user($id)['user_pass'];
        $jobs = $fake->jobs(fn () => self::assertTrue($fake->site->login($fake->site->user($id)['user_login'], 'the same')));
        self::assertNotSame($before, $fake->site->user($id)['user_pass'], 'WordPress made a new hash');
        self::assertSame([], self::sent($jobs));
        $jobs = $fake->jobs(fn () => $fake->site->run('wp_update_user(["ID" => $args[0]]);', [$id]));
        self::assertSame($mark, $jobs[0]['password_mark']);
    }

    /** @dataProvider versions */
    public function testALoginOfSomebodyWhoNeverFollowedMakesThemNoFollower(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake, 'the same');
        $fake->site->db()->query("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        $fake->site->db()->query("DELETE FROM wp_usermeta WHERE user_id = $id AND meta_key LIKE '%rudr_sync%'");
        $old = $fake->site->php('require getenv("LAB_TREE") . "/wp-includes/class-phpass.php";
            return (new PasswordHash(8, true))->HashPassword("the same");');
        $fake->site->db()->execute_query('UPDATE wp_users SET user_pass = ? WHERE ID = ?', [$old, $id]);
        self::assertSame([], $fake->jobs(fn () => self::assertTrue($fake->site->login($fake->site->user($id)['user_login'], 'the same'))));
        self::assertNull($fake->link($id));
    }

    /** @dataProvider versions */
    public function testAPluginThatLogsInAfterAResetDoesNotHideTheNewPassword(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        $jobs = $fake->jobs(fn () => $fake->site->run('
            reset_password(get_userdata($args["id"]), "brand new");
            wp_authenticate(get_userdata($args["id"])->user_login, "brand new");
        ', ['id' => $id]));
        self::assertSame(['brand new'], self::sent($jobs));
    }

    /** @dataProvider versions */
    public function testAPasswordOfARefusedSaveIsNotSent(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake, 'stays');
        $jobs = $fake->jobs(function () use ($fake, $id) {
            $result = $fake->site->run('return wp_update_user(["ID" => $args["id"], "user_pass" => "refused", "user_email" => get_option("admin_email")]);', ['id' => $id]);
            self::assertArrayHasKey('existing_user_email', $result['wp_error']);
        });
        self::assertSame([], self::sent($jobs));

        // Whoever was here before the plugin has no mark that says which password is theirs.
        $jobs = $fake->jobs(fn () => $fake->site->run('
            delete_user_meta($args["id"], RudrSync\Password_Mark::META);
            wp_update_user(["ID" => $args["id"], "user_pass" => "refused", "user_email" => get_option("admin_email")]);
            update_user_meta($args["id"], "first_name", "Saved");', ['id' => $id]));
        self::assertSame(['Saved'], array_map(fn (array $job) => $job['user']['first_name'], $jobs));
        self::assertSame([], self::sent($jobs));
    }

    /** @dataProvider versions */
    public function testTheLastOfSeveralPasswordsInARequestGoes(string $version): void
    {
        $fake = self::on($version);
        [$id, $other] = [self::user($fake), self::user($fake)];
        $jobs = $fake->jobs(fn () => $fake->site->run('
            wp_set_password("first", $args["id"]);
            wp_set_password("of another", $args["other"]);
            wp_update_user(["ID" => $args["id"], "user_pass" => "second"]);
        ', ['id' => $id, 'other' => $other]));
        self::assertEqualsCanonicalizing(['second', 'of another'], self::sent($jobs));
        self::assertCount(2, $jobs);
    }

    /** @dataProvider versions */
    public function testAHashThatNobodyAnnouncedIsANewPasswordWhoseTextNobodyKnows(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        $save = fn () => $fake->site->run('wp_update_user(["ID" => $args[0]]);', [$id]);
        $mark = $fake->jobs($save)[0]['password_mark'];
        $fake->site->db()->query("UPDATE wp_users SET user_pass = '\$2y\$10\$Xu2ugrHyPWLNkBNeKxvCQe3eRV5fRDH9mRkzsPCCW9F5/7MFlHMjm' WHERE ID = $id");
        $jobs = $fake->jobs($save);
        self::assertNotSame($mark, $jobs[0]['password_mark']);
        self::assertSame([], self::sent($jobs));
        self::assertSame($jobs[0]['password_mark'], $fake->jobs($save)[0]['password_mark'], 'once');
    }

    /**
     * Two pages at once: the row has the other's password, although this one has announced its own.
     *
     * @dataProvider versions
     */
    public function testAPasswordThatAnotherPageHasOverwrittenIsNotTakenForTheUsers(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        $jobs = $fake->jobs(fn () => $fake->site->run('
            wp_update_user(["ID" => $args["id"], "user_pass" => wp_slash("mine")]);
            $GLOBALS["wpdb"]->update("wp_users", ["user_pass" => wp_hash_password("theirs")], ["ID" => $args["id"]]);
        ', ['id' => $id]));
        self::assertNotContains('mine', array_map(static fn (array $job) => $job['user']['user_pass'] ?? null, $jobs));
    }

    /** @dataProvider versions */
    public function testAMarkThatAnotherPageHasSetMeanwhileStands(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        $jobs = $fake->jobs(fn () => $fake->site->run('
            $GLOBALS["wpdb"]->update("wp_users", ["user_pass" => wp_hash_password("by sql")], ["ID" => $args["id"]]);
            $mark = fn () => $GLOBALS["wpdb"]->get_var("SELECT meta_value FROM wp_usermeta WHERE meta_key = \'_rudr_sync_password\' AND user_id = " . $args["id"]);
            $other = RudrSync\Password_Mark::fresh(get_userdata($args["id"])->user_pass);
            $once = function ($sql) use (&$once, $args, $other, $mark) {
                if (str_contains($sql, "UPDATE") && str_contains($sql, "_rudr_sync_password")) {
                    remove_filter("query", $once);
                    $other->store($args["id"], $mark());
                }
                return $sql;
            };
            add_filter("query", $once);
            wp_update_user(["ID" => $args["id"]]);
            RudrSync\Plugin::parts()->request_end->finish();
            if ($mark() !== (string) $other) throw new Exception("another mark");
        ', ['id' => $id]));
        self::assertNotEmpty($jobs);
    }

    /** Some servers run at READ COMMITTED, where who finds no row locks none. */
    public function testTwoWhoFindNoMarkNoteOneAtEveryLevelOfIsolation(): void
    {
        $fake = self::on('newest');
        foreach (['READ COMMITTED', 'REPEATABLE READ'] as $level) {
            $id = self::user($fake);
            self::assertSame([true, false, 1], $fake->site->run('
                $mine = $GLOBALS["wpdb"];
                $theirs = new wpdb(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);
                $theirs->set_prefix($mine->prefix);
                foreach ([$mine, $theirs] as $db) {
                    $db->query("SET SESSION TRANSACTION ISOLATION LEVEL $args[1]");
                    $db->query("SET SESSION innodb_lock_wait_timeout = 0");
                }
                delete_user_meta($args[0], RudrSync\Password_Mark::META);
                $mine->query("START TRANSACTION");
                $first = RudrSync\Password_Mark::fresh("one")->store($args[0], null);
                $GLOBALS["wpdb"] = $theirs;
                $second = RudrSync\Password_Mark::fresh("another")->store($args[0], null);
                $GLOBALS["wpdb"] = $mine;
                $mine->query("COMMIT");
                return [$first, $second, count(get_user_meta($args[0], RudrSync\Password_Mark::META))];
            ', [$id, $level]), $level);
        }
    }

    /** Whoever was here before the plugin gets a mark with the first delivery: many at once. */
    public function testTheMarksOfManyAreNotedTogetherAndNotOverAnothers(): void
    {
        $fake = self::on('newest');
        $ids = [self::user($fake), self::user($fake), self::user($fake)];
        $together = false;
        $jobs = $fake->jobs(function () use ($fake, $ids, &$together) {
            $together = $fake->site->run('
                global $wpdb;
                foreach ($args as $id) {
                    $wpdb->update("wp_users", ["user_pass" => md5("by sql $id")], ["ID" => $id]);
                    delete_user_meta($id, RudrSync\Password_Mark::META);
                }
                $together = false;
                add_filter("query", function ($sql) use ($args, &$together) {
                    if (!$together && str_contains($sql, "UNION ALL") && str_contains($sql, "_rudr_sync_password")) {
                        $together = RudrSync\Password_Mark::fresh("another")->store($args[0], null);
                    }
                    return $sql;
                });
                $parts = RudrSync\Plugin::parts();
                $parts->orders->sync("default", $args);
                $parts->delivery->run($parts->sites->all()["default"], $args);
                return $together;', $ids);
        });
        self::assertTrue($together);
        $jobs = array_column($jobs, null, 'user_id');
        self::assertSame([null, false], [$jobs[$ids[0]]['password_mark'], isset($jobs[$ids[0]]['user']['user_pass_hash'])], 'whoever was quicker says it');
        foreach (array_slice($ids, 1) as $id) {
            self::assertSame(md5("by sql $id"), $jobs[$id]['user']['user_pass_hash']);
            self::assertStringStartsWith($jobs[$id]['password_mark'] . ' ', $fake->site->meta($id, '_rudr_sync_password'));
        }
    }

    /**
     * A request that takes longer than a minute is taken for dead: somebody else has marked its hash by then.
     *
     * @dataProvider versions
     */
    public function testAPasswordWhoseHashADelivererHasMarkedIsStillKnown(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        $jobs = $fake->jobs(fn () => $fake->site->run('
            wp_set_password("slow one", $args["id"]);
            RudrSync\Password_Mark::fresh(get_userdata($args["id"])->user_pass)->store($args["id"], get_user_meta($args["id"], RudrSync\Password_Mark::META, true) ?: null);
        ', ['id' => $id]));
        self::assertSame(['slow one'], self::sent($jobs));

        $jobs = $fake->jobs(fn () => $fake->site->run('
            do_action("profile_update", $args["id"]);
            wp_update_user(["ID" => $args["id"], "user_pass" => "refused", "user_email" => get_option("admin_email")]);
            RudrSync\Plugin::parts()->passwords->announce($args["id"], "refused");
        ', ['id' => $id]));
        self::assertSame([], self::sent($jobs), 'what was only announced is no password');
    }

    /** @dataProvider versions */
    public function testSavingAWholeUserObjectSendsNoHashForAPassword(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        $jobs = $fake->jobs(fn () => $fake->site->run('$user = get_userdata($args[0]); $user->first_name = "Whole"; wp_update_user($user);', [$id]));
        self::assertSame([], self::sent($jobs));
        self::assertSame('Whole', $jobs[0]['user']['first_name']);
    }

    /** @dataProvider versions */
    public function testNoDumpShowsAPassword(string $version): void
    {
        $fake = self::on($version);
        $id = self::user($fake);
        $dumped = $fake->site->run('
            wp_set_password("dump-me-not", $args[0]);
            wp_update_user(["ID" => $args[0], "user_pass" => "dump-me-not"]);
            wp_authenticate(get_userdata($args[0])->user_login, "dump-me-not");
            $dumps = array();
            foreach ($GLOBALS["wp_filter"] as $hook) {
                foreach ($hook->callbacks as $callbacks) {
                    foreach ($callbacks as $callback) {
                        $object = is_array($callback["function"]) ? $callback["function"][0] : null;
                        if (is_object($object) && str_starts_with(get_class($object), "RudrSync")) {
                            ob_start();
                            var_dump($object, $GLOBALS["wp_hasher"] ?? null);
                            $dumps[] = ob_get_clean() . print_r($object, true) . print_r((array) $object, true);
                        }
                    }
                }
            }
            return array(count($dumps), str_contains(implode($dumps), "dump-me-not"));
        ', [$id]);
        self::assertGreaterThan(10, $dumped[0]);
        self::assertFalse($dumped[1]);
        foreach (['errors.log', 'php-fpm.log'] as $log) {
            self::assertStringNotContainsString('dump-me-not', (string) @file_get_contents("{$fake->site->folder}/$log"));
        }
    }

    public function testAnotherPluginsHasherIsLeftInPlace(): void
    {
        $fake = Fake::site('hasher', '6.1', 'require_once getenv("LAB_TREE") . "/wp-includes/class-phpass.php";
            final class Their_Hasher extends PasswordHash {}
            $GLOBALS["wp_hasher"] = new Their_Hasher(8, true);');
        self::assertSame('Their_Hasher', $fake->site->run('return get_class($GLOBALS["wp_hasher"]);'));
        // What hooks show still goes.
        self::assertSame(['by hook'], self::sent($fake->jobs(fn () => self::user($fake, 'by hook'))));
    }

    public function testNoHasherIsSetWhereItWouldTurnBcryptOff(): void
    {
        self::assertTrue(self::on('6.8')->site->run('return empty($GLOBALS["wp_hasher"]);'));
        self::assertStringStartsWith('$wp$2y$', self::on('newest')->site->user(self::user(self::on('newest')))['user_pass']);
    }

    private static function on(string $version): Fake
    {
        return self::$fakes[$version] ??= Fake::site('passwords' . preg_replace('/\W/', '', $version), $version);
    }

    private static function user(Fake $fake, string $password = 'at first'): int
    {
        $login = 'user' . ++self::$count;
        return $fake->site->createUser($login, "$login@example.org", 'subscriber', $password);
    }

    /** @return list<string> */
    private static function sent(array $jobs): array
    {
        return array_values(array_filter(array_map(static fn (array $job) => $job['user']['user_pass'] ?? null, $jobs)));
    }
}
