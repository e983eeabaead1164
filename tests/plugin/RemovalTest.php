<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** Users who are removed, and what is still known of them then. */
final class RemovalTest extends TestCase
{
    private static Fake $fake;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('removal', 'newest');
    }

    protected function tearDown(): void
    {
        self::$fake->script();
        self::assertSame([], self::$fake->site->errors());
    }

    public function testARemovedUserIsRemovedThereAndForgotten(): void
    {
        $id = self::user();
        $jobs = self::remove($id);
        self::assertCount(1, $jobs);
        self::assertSame(['delete', 1000 + $id, 'own', null], [$jobs[0]['op'], $jobs[0]['remote_id'], $jobs[0]['trust'], $jobs[0]['reassign']]);
        self::assertSame(['user_login' => 'gone' . self::$count, 'user_email' => 'gone' . self::$count . '@example.org'], $jobs[0]['user']);
        self::assertNull(self::$fake->link($id));
    }

    public function testTheirHeirThereIsTheAccountOfTheirHeirHere(): void
    {
        [$id, $heir] = [self::user(), self::user()];
        self::assertSame(1000 + $heir, self::remove($id, $heir)[0]['reassign']);
        self::assertNull(self::remove(self::user(), 1)[0]['reassign'], 'the administrator has no account there');
    }

    public function testARemovalThatDidNotArriveIsKeptWithAllThatIsNeeded(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 30]);
        self::remove($id);
        $link = self::$fake->link($id);
        self::assertSame(['absent', 'gone' . self::$count, 'timeout'], [$link['want'], $link['login'], $link['code']]);
        self::assertNotNull($link['due_at']);
    }

    public function testARemovalOfSomebodyWhoCouldEditUsersSaysSoAndKeepsSayingSo(): void
    {
        $id = self::user();
        self::$fake->site->run('(new WP_User($args[0]))->set_role("administrator");', [$id]);
        self::$fake->script(['throw' => 'not now'], ['status' => 'rejected', 'code' => 'privileged']);
        self::assertTrue(self::remove($id)[0]['privileged']);
        self::$fake->endHold();
        $again = self::$fake->jobs(fn () => self::$fake->site->run('do_action("profile_update", $args[0]);', [$id]));
        self::assertSame([true, 'delete'], [$again[0]['privileged'], $again[0]['op']]);
        self::assertFalse(self::remove(self::user())[0]['privileged']);
    }

    public function testARemovalGoesBeforeTheUserWhoTakesTheirPlace(): void
    {
        $id = self::user();
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            $user = get_userdata($args[0]);
            wp_delete_user($user->ID);
            wp_insert_user(["user_login" => $user->user_login, "user_email" => $user->user_email, "user_pass" => "x"]);
        ', [$id]));
        self::assertSame(['delete', 'put'], array_column($jobs, 'op'));
    }

    public function testAUserWhoIsStillThereIsNotRemoved(): void
    {
        $id = self::user();
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('do_action("delete_user", $args[0], null, get_userdata($args[0]));', [$id]));
        self::assertSame(['put'], array_column($jobs, 'op'));
        self::assertSame('present', self::$fake->link($id)['want']);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testThatARemovedUserHadPowerIsNoReasonForWhatHappensLater(): void
    {
        $id = self::user();
        self::$fake->site->run('(new WP_User($args[0]))->set_role("administrator");', [$id]);
        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 3600]);
        self::remove($id);
        self::assertSame([1, 'timeout'], [(int) self::$fake->link($id)['privileged'], self::$fake->link($id)['code']]);
    }

    /** A request that removes somebody with many posts may take longer than a minute. */
    public function testAMarkWhoseRequestMayStillBeAtItStandsAndTheUserIsPutAllTheSame(): void
    {
        $id = self::user();
        self::$fake->set($id, "want = 'absent', login = (SELECT user_login FROM wp_users WHERE ID = user_id), email = 'x', privileged = 1, revision = revision + 1, due_at = UTC_TIMESTAMP(), unsettled_by = 'slow', unsettled_until = UTC_TIMESTAMP() - INTERVAL 5 SECOND");
        self::assertSame(['put'], array_column(self::deliver($id), 'op'));
        $link = self::$fake->link($id);
        self::assertSame('absent', $link['want']);
        self::assertNotSame($link['revision'], $link['synced_revision'], 'should the removal be done after all, it must not rest');
        self::assertNotNull($link['due_at']);

        self::$fake->set($id, 'due_at = UTC_TIMESTAMP(), unsettled_until = UTC_TIMESTAMP() - INTERVAL 11 MINUTE');
        self::deliver($id);
        self::assertSame(['present', 0, null], [self::$fake->link($id)['want'], (int) self::$fake->link($id)['privileged'], self::$fake->link($id)['login']]);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAMarkWhoseRequestIsSlowIsNotSettledByAnother(): void
    {
        $id = self::user();
        self::$fake->set($id, "want = 'absent', login = (SELECT user_login FROM wp_users WHERE ID = user_id), email = 'x', revision = revision + 1, due_at = UTC_TIMESTAMP(), unsettled_by = 'slow', unsettled_until = UTC_TIMESTAMP() - INTERVAL 5 SECOND");
        self::$fake->site->run('wp_update_user(["ID" => $args[0], "first_name" => "Edited"]);', [$id]);
        self::assertSame(['absent', '*'], [self::$fake->link($id)['want'], self::$fake->link($id)['unsettled_by']]);
    }

    public function testARemovalThatTakesLongIsNotSettledHalfWay(): void
    {
        $id = self::user();
        $seen = self::$fake->site->run('
            add_action("delete_user", function () use (&$seen, $args) {
                RudrSync\Plugin::parts()->request_end->settle();
                $seen = $GLOBALS["wpdb"]->get_var("SELECT COUNT(*) FROM wp_rudr_sync_links WHERE unsettled_until IS NULL AND user_id = $args[0]");
            }, 20);
            wp_delete_user($args[0]);
            return $seen;', [$id]);
        self::assertSame('0', $seen);
        self::assertNull(self::$fake->link($id));
    }

    public function testARemovalThatTookLongIsMarkedAgainWhenItIsDone(): void
    {
        $id = self::user();
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            define("RUDR_SYNC_TIME_SCALE", 60);
            add_action("delete_user", function ($id) {
                $GLOBALS["wpdb"]->query("UPDATE wp_rudr_sync_links SET want = \'present\', login = NULL, email = NULL, unsettled_until = NULL WHERE user_id = $id");
                usleep(1100000);
            }, 20);
            wp_delete_user($args[0]);', [$id]));
        self::assertSame([["delete", "gone" . self::$count]], array_map(static fn (array $job) => [$job["op"], $job["user"]["user_login"]], $jobs));
    }

    /** Their posts took half a minute, and WordPress' last writes to their meta make a link: not one of somebody who stays. */
    public function testALongRemovalOfSomebodyWhoNeverFollowedLeavesNothing(): void
    {
        $id = self::user();
        self::$fake->site->db()->query("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        self::$fake->site->db()->query("DELETE FROM wp_usermeta WHERE meta_key = 'user_id_2' AND user_id = $id");
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            define("RUDR_SYNC_TIME_SCALE", 30);
            add_action("delete_user", fn () => usleep(1100000), 20);
            wp_delete_user($args[0]);', [$id]));
        self::assertSame(['delete'], array_column($jobs, 'op'));
        self::assertNull(self::$fake->link($id));
    }

    public function testAMarkThatWasSetAgainMeanwhileIsNotTakenBack(): void
    {
        $id = self::user();
        self::$fake->set($id, "want = 'absent', revision = revision + 1, due_at = UTC_TIMESTAMP(), unsettled_until = NULL");
        $want = self::$fake->site->run('
            $again = function ($sql) use (&$again, $args) {
                if (str_contains($sql, "want = \'present\'")) {
                    remove_filter("query", $again);
                    $GLOBALS["wpdb"]->query("UPDATE wp_rudr_sync_links SET revision = revision + 1 WHERE user_id = $args[0]");
                }
                return $sql;
            };
            add_filter("query", $again);
            add_filter("rudr_sync_user", function ($user) use (&$want, $args) {
                $want ??= $GLOBALS["wpdb"]->get_var("SELECT want FROM wp_rudr_sync_links WHERE user_id = $args[0]");
                return $user;
            });
            $parts = RudrSync\Plugin::parts();
            $parts->delivery->run($parts->sites->all()["default"], $args);
            return $want;', [$id]);
        self::assertSame('absent', $want);
    }

    public function testARemovalThatFindsAnotherUsersAccountIsDone(): void
    {
        $holder = self::user();
        $id = self::user();
        self::$fake->set($id, "remote_id = NULL, remote_login = NULL, trust = NULL, tried_at = '2020-02-02 20:20:20', tried_last = '2020-02-02 20:20:20'");
        self::$fake->site->db()->query("DELETE FROM wp_usermeta WHERE user_id = $id AND meta_key = 'user_id_2'");
        self::$fake->script(['status' => 'found', 'id' => 1000 + $holder, 'login' => 'held', 'trust' => 'own']);
        self::assertCount(1, self::remove($id));
        self::assertNull(self::$fake->link($id));
        self::assertSame(1000 + $holder, self::$fake->link($holder)['remote_id']);
    }

    public function testARemovalIsMarkedByTwoStatementsWhateverIsKeptInUserMeta(): void
    {
        foreach ([self::user(), self::userOfTheTutorial(6001), self::userOfTheTutorial(null)] as $id) {
            $marks = self::$fake->site->run('
                $marks = [];
                add_filter("query", function ($sql) use (&$marks) { if (preg_match("/^(INSERT|UPDATE|DELETE).*rudr_sync_links/", $sql)) { $marks[] = strtok($sql, "\n"); } return $sql; });
                wp_delete_user($args[0]);
                RudrSync\Plugin::parts()->request_end->settle();
                return $marks;', [$id]);
            self::assertLessThanOrEqual(2, count($marks), implode("\n", $marks));
        }
    }

    public function testAUserOfTheTutorialIsRemovedByTheIdItKeptWhichIsOnlyAClaim(): void
    {
        $id = self::userOfTheTutorial(5005);
        $job = self::remove($id)[0];
        self::assertSame(['delete', 5005, null, null], [$job['op'], $job['remote_id'], $job['remote_login'], $job['trust']]);
        self::assertSame([strtotime('2020-02-02 20:20:20 UTC'), strtotime('2020-02-02 20:21:20 UTC')], [$job['tried_at'], $job['tried_last']]);
        self::assertGreaterThan($job['tried_last'], $job['now']);
    }

    public function testAnIdThatAnotherUsersLinkHoldsIsNotEvenAClaim(): void
    {
        $holder = self::user();
        $id = self::userOfTheTutorial(1000 + $holder);
        foreach (self::remove($id) as $job) {
            self::assertNull($job['remote_id']);
        }
        self::assertSame(1000 + $holder, self::$fake->link($holder)['remote_id']);
    }

    public function testAUserOfTheTutorialWhoChangesHasAClaimToBeLookedAt(): void
    {
        $id = self::userOfTheTutorial(5006);
        $job = self::$fake->jobs(fn () => self::$fake->site->run('wp_update_user(["ID" => $args[0], "first_name" => "T"]);', [$id]))[0];
        self::assertSame([5006, null, null], [$job['remote_id'], $job['remote_login'], $job['trust']]);
        self::assertSame(strtotime('2020-02-02 20:20:20 UTC'), $job['tried_at']);
        self::assertSame(5006, self::$fake->link($id)['remote_id']);
    }

    public function testAfterACreateOfOursTheIdOfTheTutorialIsNoLongerClaimed(): void
    {
        $id = self::userOfTheTutorial(5007);
        $lost = ['status' => 'retry', 'code' => 'timeout', 'id' => null, 'login' => null, 'trust' => null];
        self::$fake->script($lost);
        $save = fn () => self::$fake->jobs(fn () => self::$fake->site->run('do_action("profile_update", $args[0]);', [$id]))[0];
        self::assertSame(5007, $save()['remote_id']);
        self::$fake->script($lost);
        self::assertSame(5007, $save()['remote_id'], 'a look that failed has created nothing');
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_links SET tried_at = UTC_TIMESTAMP(), tried_last = UTC_TIMESTAMP() WHERE user_id = $id");
        self::assertNull($save()['remote_id']);
    }

    public function testAUserWithoutALinkIsRemovedWithoutAWord(): void
    {
        $id = self::userOfTheTutorial(null);
        self::assertSame([], self::remove($id));
        self::assertNull(self::$fake->link($id));
    }

    public function testOnANetworkOnlyTheNetworksRemovalRemoves(): void
    {
        $site = Lab::site('network', 'newest', ['multisite' => true, 'config' => 'require_once ' . var_export(__DIR__ . '/fake-extension.php', true) . ';
            define("RUDR_SYNC_SITES", ["url" => "https://b.example", "username" => "u", "password" => "p"]);', 'plugin' => true]);
        $site->run('require_once ABSPATH . "wp-admin/includes/ms.php";
            $id = wp_insert_user(["user_login" => "netuser", "user_email" => "n@example.org", "user_pass" => "x"]);
            wp_delete_user($id);
            $GLOBALS["left"] = (bool) get_userdata($id);');
        $jobs = fn () => array_column(array_map(static fn ($line) => json_decode($line, true), file("$site->folder/jobs.jsonl")), 'op');
        self::assertNotContains('delete', $jobs());
        $site->run('require_once ABSPATH . "wp-admin/includes/ms.php"; wpmu_delete_user(get_user_by("login", "netuser")->ID);');
        self::assertContains('delete', $jobs());
        self::assertSame([], $site->errors());
    }

    private static function user(): int
    {
        $login = 'gone' . ++self::$count;
        return self::$fake->site->createUser($login, "$login@example.org");
    }

    /** Somebody from before the plugin: no link, no mark. */
    private static function userOfTheTutorial(?int $remote): int
    {
        $id = self::user();
        $db = self::$fake->site->db();
        $db->query("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        $db->query("DELETE FROM wp_usermeta WHERE user_id = $id AND (meta_key LIKE '%rudr_sync%' OR meta_key = 'user_id_2')");
        $db->query("UPDATE wp_users SET user_registered = '2020-02-02 20:20:20' WHERE ID = $id");
        if ($remote !== null) {
            $db->query("INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES ($id, 'user_id_2', $remote)");
        }
        return $id;
    }

    /** The jobs of a delivery of what is due of this user, and no change. */
    private static function deliver(int $id): array
    {
        return self::$fake->jobs(fn () => self::$fake->site->run('$parts = RudrSync\Plugin::parts(); $parts->delivery->run($parts->sites->all()["default"], $args);', [$id]));
    }

    private static function remove(int $id, ?int $heir = null): array
    {
        return self::$fake->jobs(fn () => self::$fake->site->run('wp_delete_user($args[0], $args[1]);', [$id, $heir]));
    }
}
