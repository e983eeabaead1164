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

    private static function remove(int $id, ?int $heir = null): array
    {
        return self::$fake->jobs(fn () => self::$fake->site->run('wp_delete_user($args[0], $args[1]);', [$id, $heir]));
    }
}
