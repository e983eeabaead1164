<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** What comes of a job, and what meanwhile happens, on the row of the link. */
final class DeliveryTest extends TestCase
{
    private static Fake $fake;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('delivery', 'newest');
    }

    protected function tearDown(): void
    {
        self::$fake->script();
        self::$fake->endHold();
        self::assertSame([], self::$fake->site->errors());
    }

    public function testASavedUserIsInStepAndTheNextSaveKnowsTheAccount(): void
    {
        $id = self::user();
        self::assertTrue(self::$fake->isInStep($id));
        $job = self::save($id)[0];
        self::assertSame([1000 + $id, 'user' . self::$count, 'own'], [$job['remote_id'], $job['remote_login'], $job['trust']]);
        self::assertStringStartsWith('base ', $job['base']);
        self::assertSame((string) (1000 + $id), self::$fake->site->meta($id, 'user_id_2'));
    }

    public function testManyChangesInARequestAreOnePushOfWhatTheyCameTo(): void
    {
        $id = self::user();
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            wp_update_user(["ID" => $args[0], "first_name" => "One"]);
            update_user_meta($args[0], "first_name", "Two");
            (new WP_User($args[0]))->set_role("editor");
            (new WP_User($args[0]))->add_role("author");
            update_user_meta($args[0], "last_name", "Three");
        ', [$id]));
        self::assertCount(1, $jobs);
        self::assertSame(['Two', 'Three', ['editor', 'author']], [$jobs[0]['user']['first_name'], $jobs[0]['user']['last_name'], $jobs[0]['user']['roles']]);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testMetaOfNoConcernMakesNoPush(): void
    {
        $id = self::user();
        self::assertSame([], self::$fake->jobs(fn () => self::$fake->site->run('
            update_user_meta($args[0], "session_tokens", []);
            update_user_meta($args[0], "user_id_2", 7);
            delete_user_meta($args[0], "anything");
        ', [$id])));
    }

    public function testAnAccountThatWasFoundIsGoneOnWithAtOnce(): void
    {
        self::$fake->script(['status' => 'found', 'id' => 77, 'login' => 'there', 'trust' => 'adopted', 'base' => 'b0'], ['id' => 77, 'login' => 'there']);
        $jobs = self::$fake->jobs(function () use (&$id) {
            $id = self::user();
        });
        self::assertCount(2, $jobs);
        self::assertSame([77, 'there', 'adopted', 'b0'], [$jobs[1]['remote_id'], $jobs[1]['remote_login'], $jobs[1]['trust'], $jobs[1]['base']]);
        self::assertNull($jobs[1]['tried_at']);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAnAccountThatKeepsBeingFoundIsNotChasedForEver(): void
    {
        self::$fake->script(...array_fill(0, 9, ['status' => 'found', 'id' => 78, 'login' => 'there', 'trust' => 'adopted']));
        self::assertCount(3, self::$fake->jobs(function () use (&$id) {
            $id = self::user();
        }));
        self::assertFalse(self::$fake->isInStep($id));
        self::assertNull(self::$fake->link($id)['lease']);
    }

    public function testAUserWhoseAccountAnotherUsersLinkHoldsWaitsForIt(): void
    {
        $holder = self::user();
        self::$fake->script(['status' => 'found', 'id' => 1000 + $holder, 'login' => 'held', 'trust' => 'adopted']);
        $jobs = self::$fake->jobs(function () use (&$id) {
            $id = self::user();
        });
        self::assertCount(1, $jobs);
        $link = self::$fake->link($id);
        self::assertSame(['waits_for', null], [$link['code'], $link['remote_id']]);
        self::assertNotNull($link['due_at']);
        self::assertSame(1000 + $holder, self::$fake->link($holder)['remote_id']);
        self::assertNull(self::$fake->site->meta($id, 'user_id_2'));
    }

    public function testWhatWasRejectedWaitsForAPersonAndGoesAgainWithTheNextChange(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'rejected', 'code' => 'conflict', 'message' => 'Somebody else.']);
        self::save($id);
        $link = self::$fake->link($id);
        self::assertSame(['conflict', 'Somebody else.', null, null], [$link['code'], $link['message'], $link['due_at'], $link['lease']]);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::save($id);
        self::assertTrue(self::$fake->isInStep($id));
        self::assertNull(self::$fake->link($id)['code']);
    }

    public function testARetryIsCountedAndDueWhenTheExtensionSays(): void
    {
        $id = self::user();
        $down = ['status' => 'retry', 'code' => 'timeout', 'message' => 'No answer.', 'due' => 30, 'spent' => true];
        self::$fake->script($down, $down);
        self::save($id);
        self::save($id);
        $link = self::$fake->link($id);
        self::assertSame(['timeout', 2, 60, null], [$link['code'], $link['attempts'], $link['failing'], $link['lease']]);
        self::assertEqualsWithDelta(time() + 30, strtotime($link['due_at'] . ' UTC'), 3);
        $job = self::save($id)[0];
        self::assertSame([2, 60], [$job['attempts'], $job['failing']]);
        self::assertSame([0, 0], [self::$fake->link($id)['attempts'], self::$fake->link($id)['failing']]);
    }

    public function testACreateWithoutAnAnswerIsRememberedAndTheNextJobSaysSo(): void
    {
        $nobody = ['id' => null, 'login' => null, 'trust' => null];
        $silent = ['status' => 'retry', 'code' => 'timeout', 'due' => 60, 'doubt' => 'now'] + $nobody;
        $refused = ['status' => 'retry', 'code' => 'connect', 'due' => 60] + $nobody;
        self::$fake->script($silent, $silent, $refused, $silent, ['status' => 'rejected', 'code' => 'conflict'] + $nobody);
        $first = self::$fake->jobs(function () use (&$id) {
            $id = self::user();
        })[0];
        self::assertNull($first['tried_at'], 'nothing was tried before');
        $link = self::$fake->link($id);
        self::assertNotNull($link['tried_at']);

        $second = self::save($id)[0];
        self::assertEqualsWithDelta(strtotime($link['tried_at'] . ' UTC'), $second['tried_at'], 1);
        self::assertGreaterThanOrEqual($second['tried_last'], $second['now']);

        self::save($id);
        self::assertNull(self::$fake->link($id)['tried_at'], 'what was never sent cannot have worked');

        self::save($id);
        self::assertNotNull(self::$fake->link($id)['tried_at']);
        self::save($id);
        self::assertNull(self::$fake->link($id)['tried_at'], 'a clear no leaves nothing in doubt');
    }

    public function testAUserWhoChangesWhileTheyAreDeliveredIsDeliveredAgain(): void
    {
        $id = self::user();
        // Another request, start to end, at that moment.
        self::$fake->script(['php' => self::meanwhile("UPDATE wp_usermeta SET meta_value = 'Later' WHERE user_id = $id AND meta_key = 'first_name'",
            "UPDATE wp_rudr_sync_links SET revision = revision + 2, due_at = UTC_TIMESTAMP() WHERE user_id = $id")]);
        $jobs = self::save($id);
        self::assertSame(['', 'Later'], array_map(static fn ($job) => $job['user']['first_name'], $jobs));
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAUserWhoNeverStopsChangingStaysDirty(): void
    {
        $id = self::user();
        $changes = ['php' => self::meanwhile("UPDATE wp_rudr_sync_links SET revision = revision + 2, due_at = UTC_TIMESTAMP() WHERE user_id = $id")];
        self::$fake->script($changes, $changes, $changes, $changes);
        self::assertCount(3, self::save($id));
        $link = self::$fake->link($id);
        self::assertSame($link['revision'] - 2, $link['synced_revision'], 'what was read is what is in step');
        self::assertNotNull($link['due_at']);
        self::assertNull($link['lease']);
    }

    public function testWhatWasReadWhileAnotherRequestWasAtWorkIsNotTakenForAll(): void
    {
        $id = self::user();
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_links SET revision = revision + 1, unsettled_by = 'other',
            unsettled_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND WHERE user_id = $id");
        self::assertCount(1, self::save($id), 'it is pushed');
        $link = self::$fake->link($id);
        self::assertSame('*', $link['unsettled_by']);
        self::assertNotSame($link['revision'], $link['synced_revision'], 'and looked at again');
        self::assertSame($link['unsettled_until'], $link['due_at']);
    }

    public function testAUserOnWhomAnotherRequestIsStillAtWorkStaysDirty(): void
    {
        $id = self::user();
        self::$fake->script(['php' => self::meanwhile(
            "UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP() + INTERVAL 60 SECOND,
             unsettled_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND, unsettled_by = 'other' WHERE user_id = $id"
        )]);
        self::assertCount(1, self::save($id));
        $link = self::$fake->link($id);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertNotNull($link['due_at']);
        self::assertNull($link['lease']);
    }

    public function testAPasswordThatAnotherRequestIsSettingIsLeftToThatRequest(): void
    {
        $id = self::user();
        $mark = self::save($id)[0]['password_mark'];
        self::$fake->site->db()->query("UPDATE wp_users SET user_pass = '\$wp\$2y\$10\$other' WHERE ID = $id");
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_links SET revision = revision + 1, unsettled_by = 'other',
            unsettled_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND, due_at = UTC_TIMESTAMP() WHERE user_id = $id");
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            $parts = RudrSync\Plugin::parts();
            $parts->delivery->run($parts->sites->all()["default"], $args);
        ', [$id]));
        self::assertSame($mark, $jobs[0]['password_mark']);
        self::assertArrayNotHasKey('user_pass_hash', $jobs[0]['user']);
    }

    public function testALinkThatSomebodyElseIsDeliveringIsLeftToThem(): void
    {
        $id = self::user();
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_links SET lease = 'theirs', lease_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND WHERE user_id = $id");
        self::assertSame([], self::save($id));
        self::assertSame('theirs', self::$fake->link($id)['lease']);
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_links SET lease_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE user_id = $id");
        self::assertCount(1, self::save($id), 'a lease that ran out holds nobody up');
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAHolderWhoseLeaseRanOutStillSaysWhereTheAccountIs(): void
    {
        self::$fake->script(['php' => self::meanwhile(
            'UPDATE wp_rudr_sync_links SET lease = \'taken over\' WHERE user_id = {$job[\'user_id\']}'
        ), 'id' => 4711, 'login' => 'made', 'trust' => 'own']);
        self::$fake->jobs(function () use (&$id) {
            $id = self::user();
        });
        $link = self::$fake->link($id);
        self::assertSame([4711, 'made', 'own', 'taken over'], [$link['remote_id'], $link['remote_login'], $link['trust'], $link['lease']]);
        self::assertNotSame($link['revision'], $link['synced_revision']);
    }

    public function testAnExceptionOfTheExtensionLeavesThePageAloneAndTheLinkDirty(): void
    {
        $id = self::user();
        self::$fake->script(['throw' => 'broken']);
        self::save($id);
        $link = self::$fake->link($id);
        self::assertSame(['fake', 'broken', null], [$link['code'], $link['message'], $link['lease']]);
        self::assertNotSame($link['revision'], $link['synced_revision']);
    }

    public function testFieldsThatTheSiteWouldNotTakeAreTold(): void
    {
        $id = self::user();
        self::$fake->script(['refused' => ['locale' => 'rest_not_in_enum'], 'message' => 'changed; without locale']);
        self::save($id);
        $link = self::$fake->link($id);
        self::assertTrue(self::$fake->isInStep($id));
        self::assertSame('refused', $link['code']);
        self::assertSame('changed; without locale', $link['message']);
    }

    public function testAUserWhoIsMissingWithoutAMarkIsForAPersonToLookAt(): void
    {
        $id = self::user();
        self::$fake->site->db()->query("DELETE FROM wp_users WHERE ID = $id");
        self::assertSame([], self::$fake->jobs(fn () => self::$fake->site->run('do_action("profile_update", $args[0]);', [$id])));
        self::assertSame('vanished', self::$fake->link($id)['code']);
    }

    public function testAnImportOfManyUsersIsDeliveredWhole(): void
    {
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            for ($i = 1; $i <= 50; $i++) {
                wp_insert_user(["user_login" => "import$i", "user_email" => "import$i@example.org", "user_pass" => "pw$i"]);
            }
        '));
        self::assertCount(50, $jobs);
        self::assertSame('pw50', end($jobs)['user']['user_pass']);
        self::assertSame('0', self::$fake->site->db()->query("SELECT COUNT(*) FROM wp_rudr_sync_links l JOIN wp_users u ON u.ID = l.user_id
            WHERE u.user_login LIKE 'import%' AND (revision <> synced_revision OR lease IS NOT NULL)")->fetch_row()[0]);
    }

    private static function user(): int
    {
        $login = 'user' . ++self::$count;
        return self::$fake->site->createUser($login, "$login@example.org");
    }

    private static function save(int $id): array
    {
        return self::$fake->jobs(fn () => self::$fake->site->run('wp_update_user(["ID" => $args[0]]);', [$id]));
    }

    private static function meanwhile(string ...$statements): string
    {
        return implode('', array_map(static fn (string $sql) => '$GLOBALS["wpdb"]->query("' . addcslashes($sql, '"') . '");', $statements));
    }
}
