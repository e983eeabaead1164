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

    // --- what is in doubt ---

    public function testWhatIsTriedIsNotedBeforeItIsSent(): void
    {
        self::$fake->script(['php' => Fake::KEEP]);
        $id = self::user();
        $row = self::$fake->kept();
        self::assertNotNull($row['tried_last']);
        self::assertSame([$row['tried_last'], 'user' . self::$count . '@example.org'], [$row['tried_at'], $row['tried_email']]);
        self::assertSame([null, null], [self::$fake->link($id)['tried_at'], self::$fake->link($id)['tried_email']], 'the answer came');

        self::$fake->script(['php' => Fake::KEEP]);
        self::assertNull(self::save($id)[0]['tried_at'], 'the job says what was before it');
        self::assertNotNull(self::$fake->kept()['tried_at'], 'updates too');
        self::assertNull(self::$fake->kept()['tried_email']);
    }

    public function testAJobThatOnlyLooksIsNoTry(): void
    {
        $id = self::user();
        self::$fake->set($id, "remote_id = NULL, remote_login = NULL, trust = NULL, tried_at = '2020-02-02 20:20:20', tried_last = '2020-02-02 20:21:20', tried_email = 'old@example.org'");
        self::$fake->script(['php' => Fake::KEEP, 'status' => 'retry', 'code' => 'timeout', 'due' => 30, 'doubt' => 'before']);
        $job = self::save($id)[0];
        self::assertSame(['old@example.org', strtotime('2020-02-02 20:21:20 UTC')], [$job['tried_email'], $job['tried_last']]);
        self::assertSame('2020-02-02 20:21:20', self::$fake->kept()['tried_last']);
    }

    /** @dataProvider doubts */
    public function testWhatIsInDoubtAfterAJobIsWhatItSays(array $answer, ?string $at, ?string $last, ?string $email): void
    {
        $id = self::user();
        self::$fake->set($id, "tried_at = '2020-02-02 20:20:20', tried_last = '2020-02-02 20:21:20', tried_email = 'old@example.org'");
        self::$fake->script($answer + ['status' => 'retry', 'code' => 'timeout', 'due' => 30]);
        self::save($id);
        $link = self::$fake->link($id);
        self::assertSame([$at, $email], [$link['tried_at'], $link['tried_email']]);
        if ($last === 'now') {
            self::assertNotSame('2020-02-02 20:21:20', $link['tried_last']);
        } else {
            self::assertSame($last, $link['tried_last']);
        }
    }

    public static function doubts(): array
    {
        $before = ['2020-02-02 20:20:20', '2020-02-02 20:21:20', 'old@example.org'];
        $now = ['2020-02-02 20:20:20', 'now', 'old@example.org'];
        return [
            'nothing' => [['doubt' => null], null, null, null],
            'what was before' => [['doubt' => 'before'], ...$before],
            'what was sent now' => [['doubt' => 'now'], ...$now],
            'no to something else' => [['status' => 'rejected', 'doubt' => 'before'], ...$before],
            'never sent' => [['throw' => 'no such file'], ...$before],
            'interrupted' => [['throw' => 'interrupted', 'retryable' => true], ...$now],
        ];
    }

    public function testWhoIsLeftOutLeavesInDoubtWhatWas(): void
    {
        $id = self::user();
        self::$fake->set($id, "tried_at = '2020-02-02 20:20:20', tried_last = '2020-02-02 20:21:20'");
        self::$fake->site->run('add_filter("rudr_sync_should_sync", "__return_false"); wp_update_user(["ID" => $args[0]]);', [$id]);
        self::assertTrue(self::$fake->isInStep($id));
        self::assertSame(['2020-02-02 20:20:20', '2020-02-02 20:21:20'], [self::$fake->link($id)['tried_at'], self::$fake->link($id)['tried_last']]);
    }

    // --- accounts that are forgotten, or are others' ---

    public function testAnAccountThatIsForgottenIsAnUnknownOneAtOnce(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'retry', 'code' => 'gone', 'due' => 0, 'forget' => true, 'base' => 'still'], ['php' => Fake::KEEP]);
        $jobs = self::save($id);
        self::assertCount(2, $jobs);
        self::assertSame([null, null, null, null, null], [$jobs[1]['remote_id'], $jobs[1]['remote_login'], $jobs[1]['trust'], $jobs[1]['base'], $jobs[1]['tried_at']]);
        self::assertNotNull(self::$fake->kept()['tried_email'], 'the create that follows is noted');
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAnIdFromUserMetaIsAskedAboutOnce(): void
    {
        $id = self::user();
        self::$fake->set($id, 'remote_id = NULL, remote_login = NULL, trust = NULL');
        self::$fake->script(['status' => 'retry', 'code' => 'nobody', 'due' => 0]);
        self::assertSame([1000 + $id, null], array_column(self::save($id), 'remote_id'));
    }

    public function testAnAccountInTheWayThatAnotherUsersLinkHoldsIsWaitedFor(): void
    {
        $holder = self::user();
        foreach ([['code' => 'unproven', 'id' => 1000 + $holder], ['code' => 'conflict', 'id' => 1000 + $holder]] as $answer) {
            self::$fake->script($answer + ['status' => 'rejected']);
            $id = self::user();
            self::assertSame('waits_for', self::$fake->link($id)['code'], json_encode($answer));
            self::assertNotNull(self::$fake->link($id)['due_at']);
        }
        self::$fake->script(['status' => 'rejected', 'code' => 'conflict', 'id' => 999, 'login' => 'somebody else']);
        self::assertSame('conflict', self::$fake->link(self::user())['code']);
    }

    /** The account with that address may be the one that an unanswered create for somebody else has made. */
    public function testAnAddressThatAnUnansweredCreateCarriedIsWaitedFor(): void
    {
        $before = self::user();
        $next = 'user' . (self::$count + 1) . '@example.org';
        self::$fake->set($before, "remote_id = NULL, tried_at = UTC_TIMESTAMP(), tried_last = UTC_TIMESTAMP(), tried_email = '$next'");
        foreach ([['status' => 'rejected', 'code' => 'unproven', 'id' => 5], ['status' => 'found', 'id' => 5, 'login' => 'x', 'trust' => 'adopted', 'due' => 0]] as $answer) {
            self::$fake->script($answer);
            $id = isset($id) ? self::save($id)[0]['user_id'] : self::user();
            self::assertSame(['waits_for', null], [self::$fake->link($id)['code'], self::$fake->link($id)['remote_id']]);
            self::$fake->set($id, 'due_at = UTC_TIMESTAMP()');
        }
        self::$fake->set($before, 'tried_email = NULL, tried_at = NULL, tried_last = NULL');
        self::save($id);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAnAddressThatAnotherOfOurUsersHasThereYetIsSentAgain(): void
    {
        [$holder, $id] = [self::user(), self::user()];
        $refused = ['status' => 'updated', 'refused' => ['user_email' => 'rest_user_invalid_email'], 'message' => 'without user_email'];
        self::$fake->script($refused + ['holder' => 987654]);
        self::save($id);
        self::assertSame(['refused', null], [self::$fake->link($id)['code'], self::$fake->link($id)['due_at']], "a stranger's is for a person");

        self::$fake->script($refused + ['holder' => 1000 + $holder, 'base' => 'rest']);
        self::save($id);
        $link = self::$fake->link($id);
        self::assertSame(['waits_for', 'rest', 1], [$link['code'], $link['base'], (int) $link['retry']]);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertNotNull($link['due_at']);

        $jobs = self::save($id);
        self::assertTrue($jobs[0]['retry']);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testWhoeverIsStillHereIsNotWaitedForAlthoughTheirRemovalWasAnnounced(): void
    {
        $half = self::user();
        $next = 'user' . (self::$count + 1);
        self::$fake->set($half, "want = 'absent', login = 'x', email = '$next@example.org', unsettled_until = UTC_TIMESTAMP() - INTERVAL 5 SECOND");
        self::assertTrue(self::$fake->isInStep(self::user()));
    }

    public function testNobodyIsSentWhoseLoginOrAddressIsStillToBeRemovedThere(): void
    {
        $before = self::user();
        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 3600]);
        self::$fake->site->run('wp_delete_user($args[0]);', [$before]);
        $login = 'user' . self::$count;
        foreach ([[$login, 'other@example.org'], ['another', strtoupper("$login@example.org")]] as [$as, $email]) {
            self::assertSame([], self::$fake->jobs(function () use (&$id, $as, $email) {
                $id = self::$fake->site->createUser($as, $email);
            }));
            self::assertSame(['waits_for', null], [self::$fake->link($id)['code'], self::$fake->link($id)['tried_at']]);
            self::assertNotNull(self::$fake->link($id)['due_at']);
        }
        self::$fake->set($before, "due_at = UTC_TIMESTAMP()");
        self::$fake->set($id, "due_at = UTC_TIMESTAMP()");
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('$parts = RudrSync\Plugin::parts(); $parts->delivery->run($parts->sites->all()["default"], $args);', [$id, $before]));
        self::assertSame(['delete', 'put'], array_column($jobs, 'op'));
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
        self::$fake->set($id, 'revision = revision + 1, dirty_since = UTC_TIMESTAMP() - INTERVAL 300 SECOND');
        self::assertCount(3, self::save($id));
        $link = self::$fake->link($id);
        self::assertGreaterThan(time() - 100, strtotime("$link[dirty_since] UTC"), 'what they waited with then has arrived');
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

    /** @dataProvider outcomes */
    public function testWhatWasReadWhileARequestWasAtWorkIsLookedAtAgainEvenIfThatTimeIsOver(array $answer): void
    {
        $id = self::user();
        self::$fake->set($id, "revision = revision + 1, unsettled_by = 'dead', unsettled_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND, due_at = UTC_TIMESTAMP()");
        self::$fake->script(['php' => self::meanwhile("UPDATE wp_rudr_sync_links SET unsettled_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE user_id = $id")] + $answer);
        self::$fake->site->run('$parts = RudrSync\Plugin::parts(); $parts->delivery->run($parts->sites->all()["default"], $args);', [$id]);
        $link = self::$fake->link($id);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertSame($link['unsettled_until'], $link['due_at']);
    }

    public static function outcomes(): array
    {
        return ['yes' => [[]], 'no' => [['status' => 'rejected', 'code' => 'conflict']]];
    }

    public function testWhatIsSaidOfAUserWhoHasChangedSinceIsNoNews(): void
    {
        $id = self::user();
        self::$fake->script(['php' => self::meanwhile("UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP() + INTERVAL 60 SECOND,
            unsettled_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND, unsettled_by = 'other' WHERE user_id = $id"), 'status' => 'rejected', 'code' => 'conflict', 'message' => 'Old.']);
        self::save($id);
        self::assertSame([null, null], [self::$fake->link($id)['code'], self::$fake->link($id)['message']]);
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

    public function testNothingIsSentOfALinkThatIsNoLongerOurs(): void
    {
        $id = self::user();
        $taken = fn (string $set) => self::$fake->jobs(fn () => self::$fake->site->run('
            add_filter("rudr_sync_user", function ($user) use ($args) { $GLOBALS["wpdb"]->query("UPDATE wp_rudr_sync_links SET $args[1] WHERE user_id = $args[0]"); return $user; });
            wp_update_user(["ID" => $args[0]]);', [$id, $set]));
        self::assertSame([], $taken("lease = 'theirs', lease_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND"));
        self::assertSame(['theirs', null], [self::$fake->link($id)['lease'], self::$fake->link($id)['tried_at']]);

        self::$fake->set($id, 'lease = NULL');
        self::$fake->script(['php' => Fake::KEEP]);
        self::assertCount(1, $taken('lease_until = UTC_TIMESTAMP() + INTERVAL 1 SECOND'));
        self::assertGreaterThan(20, (int) self::$fake->kept()['lease_left'], 'what is ours is made to last');
    }

    /** It may be one that has been forgotten meanwhile; who is at it now looks for itself. */
    public function testAHolderWhoseLeaseRanOutSaysNothingAnyMore(): void
    {
        self::$fake->script(['php' => self::meanwhile(
            'UPDATE wp_rudr_sync_links SET lease = \'taken over\' WHERE user_id = {$job[\'user_id\']}'
        ), 'id' => 4711, 'login' => 'made', 'trust' => 'own']);
        self::$fake->jobs(function () use (&$id) {
            $id = self::user();
        });
        $link = self::$fake->link($id);
        self::assertSame([null, null, null, 'taken over'], [$link['remote_id'], $link['remote_login'], $link['trust'], $link['lease']]);
        self::assertNotNull($link['tried_at'], 'but what was tried is known');
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

    // --- the database ---

    public function testAnUpdateIsWrittenBackByOneStatement(): void
    {
        $id = self::user();
        $log = self::$fake->site->folder . '/statements.log';
        self::$fake->script(['php' => 'add_filter("query", function ($sql) use ($folder) { file_put_contents("$folder/statements.log", strtok($sql, "\n") . "\n", FILE_APPEND); return $sql; });']);
        self::save($id);
        $statements = file($log, FILE_IGNORE_NEW_LINES);
        unlink($log);
        self::assertCount(1, preg_grep('/^(INSERT|UPDATE|DELETE) .*(links|meta)/', $statements), implode("\n", $statements));
        self::assertSame([], preg_grep('/usermeta|remote_id = /', preg_grep('/^SELECT/', $statements)));
    }

    public function testAStatementThatOthersAreInTheWayOfIsTriedAgainAndNoOther(): void
    {
        $id = self::user();
        $errors = fn (int $number) => self::$fake->site->run('
            $GLOBALS["tries"] = 0;
            $fails = function ($sql) use ($args) {
                if (str_contains($sql, "INSERT INTO wp_rudr_sync_links") && ++$GLOBALS["tries"] < 3) {
                    return "SIGNAL SQLSTATE \'HY000\' SET MYSQL_ERRNO = $args[1], MESSAGE_TEXT = \'no $args[1]\'";
                }
                return $sql;
            };
            add_filter("query", $fails);
            do_action("profile_update", $args[0]);
            remove_filter("query", $fails);
            return $GLOBALS["tries"];', [$id, $number]);
        self::assertSame(3, $errors(1213));
        self::assertSame(3, $errors(1205));
        self::assertSame([], self::$fake->site->errors());
        self::assertSame(1, $errors(1054));
        self::assertCount(1, preg_grep('/rudr-sync: .*Database_Error: no 1054/', self::$fake->site->errors()), 'said, and the page goes on');
        self::$fake->site->mark();
    }

    public function testAnOutcomeThatCannotBeWrittenIsSaidAndLeavesItsTryNoted(): void
    {
        $id = self::user();
        self::$fake->script(['php' => 'add_filter("query", fn ($sql) => str_contains($sql, "synced_at") ? "SIGNAL SQLSTATE \'HY000\' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = \'full\'" : $sql);']);
        self::save($id);
        $link = self::$fake->link($id);
        self::assertNotNull($link['tried_last']);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertNotEmpty(preg_grep('/Database_Error: full/', self::$fake->site->errors()));
        self::$fake->site->mark();
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
