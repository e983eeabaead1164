<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** What waits: how it is kept, who delivers it, and who must not. */
final class DurableTest extends TestCase
{
    private const CRON = 'RudrSync\Plugin::parts()->cron->run();';

    private static Fake $fake;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('durable', 'newest', "
            define('RUDR_SYNC_DELIVERY', getenv('MODE') ?: 'cron');
            define('RUDR_SYNC_TIME_SCALE', (int) (getenv('SCALE') ?: 1));
            getenv('OFF') && define('RUDR_SYNC_OFF', true);
            getenv('HOME_IS') && define('WP_HOME', getenv('HOME_IS'));
            getenv('TYPE') && define('WP_ENVIRONMENT_TYPE', getenv('TYPE'));
            if (getenv('NO_SALTS')) { define('AUTH_KEY', 'put your unique phrase here'); define('AUTH_SALT', 'put your unique phrase here'); }
        ");
    }

    protected function setUp(): void
    {
        @unlink(self::$fake->site->folder . '/probes.log');
        self::$fake->script();
        // What other tests left waiting is not this one's.
        self::sql('UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL, code = NULL, secret = NULL, lease = NULL');
        self::sql("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL, deliverer = NULL, slots = NULL, heartbeat = NULL");
    }

    protected function tearDown(): void
    {
        self::assertSame([], self::$fake->site->errors());
        self::$fake->site->mark();
    }

    // --- passwords that wait ---

    public function testANewPasswordWaitsSealedAndIsErasedOnceItIsDelivered(): void
    {
        $id = self::user();
        $secret = self::$fake->link($id)['secret'];
        self::assertMatchesRegularExpression('/^sealed default ' . $id . ' [0-9a-f]{16} ' . md5(Lab::PASSWORD) . ' /', $secret);
        $job = self::cron()[0];
        self::assertSame($secret, $job['secret']);
        self::assertArrayNotHasKey('user_pass', $job['user'], 'the process that delivers never saw it');
        self::assertSame($job['password_mark'], explode(' ', $secret)[3]);
        self::assertNull(self::$fake->link($id)['secret']);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAProfileEditSealsNothing(): void
    {
        $id = self::inStep();
        self::$fake->site->run('wp_update_user(["ID" => $args[0], "first_name" => "New"]);', [$id]);
        self::assertNull(self::$fake->link($id)['secret']);
    }

    public function testAPasswordThatIsSealedWhileAnOlderOneIsDeliveredStays(): void
    {
        $id = self::user();
        self::$fake->script(['php' => self::meanwhile("UPDATE wp_rudr_sync_links SET secret = 'sealed newer', revision = revision + 1,
            due_at = UTC_TIMESTAMP() + INTERVAL 60 SECOND, unsettled_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND, unsettled_by = 'other' WHERE user_id = $id")]);
        self::cron();
        self::assertSame('sealed newer', self::$fake->link($id)['secret']);
    }

    public function testAPasswordIsErasedWhenNothingIsTriedAnyMore(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 0, 'spent' => true], ['status' => 'rejected', 'code' => 'conflict']);
        self::cron('$parts->delivery->run($site, [$args[0]]);', [$id]);
        self::assertNotNull(self::$fake->link($id)['secret'], 'a retry needs it');
        self::cron();
        self::assertNull(self::$fake->link($id)['secret']);
    }

    public function testAPasswordWhoseKeyIsLostWaitsForIt(): void
    {
        $id = self::user();
        self::$fake->script(['refused' => ['user_pass' => 'key_lost'], 'message' => 'key_lost']);
        self::cron();
        self::assertNotNull(self::$fake->link($id)['secret']);
        self::assertSame('refused', self::$fake->link($id)['code']);
    }

    public function testWithoutAKeyThePasswordIsNotKeptAndTheLinkSaysWhatToDo(): void
    {
        $id = self::user(['NO_SALTS' => '1']);
        $link = self::$fake->link($id);
        self::assertSame([null, 'key_missing'], [$link['secret'], $link['code']]);
        self::assertStringContainsString('AUTH_KEY', $link['message']);

        self::$fake->script(['refused' => ['user_pass' => 'password_unknown'], 'message' => 'without user_pass']);
        self::cron();
        $link = self::$fake->link($id);
        self::assertTrue(self::$fake->isInStep($id));
        self::assertSame('key_missing', $link['code']);
        self::assertStringContainsString('AUTH_KEY', $link['message'], 'and still says so');

        self::$fake->site->run('wp_set_password("another", $args[0]);', [$id]);
        self::assertNotNull(self::$fake->link($id)['secret']);
        self::cron();
        self::assertNull(self::$fake->link($id)['code']);
    }

    // --- who delivers when ---

    public function testByCronThePageDeliversNothingAndTheNextRunEverything(): void
    {
        self::assertSame([], self::$fake->jobs(function () use (&$id) {
            $id = self::user();
        }));
        self::assertTrue(self::$fake->site->run('return is_int(wp_next_scheduled("rudr_sync_soon")) && is_int(wp_next_scheduled("rudr_sync_sweep"));'));
        self::assertCount(1, self::cron());
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAfterTheResponseThePageDeliversWhatItChangedAndWhatElseIsDue(): void
    {
        $other = self::user();
        $jobs = self::$fake->jobs(function () use (&$id) {
            $id = self::user(['MODE' => 'after'], 'function fastcgi_finish_request() { file_put_contents(getenv("LAB_SITE_CONFIG") . ".finished", "x"); }');
        });
        self::assertFileExists(self::$fake->site->folder . '/config.php.finished');
        unlink(self::$fake->site->folder . '/config.php.finished');
        self::assertSame([$id, $other], array_column($jobs, 'user_id'), 'its own first');
        self::assertNull(self::site()['deliverer']);
    }

    public function testOnlyOnePageAtATimeDeliversToASite(): void
    {
        self::cron(); // the site has its row
        self::sql("UPDATE wp_rudr_sync_sites SET deliverer = 'another', deliverer_until = UTC_TIMESTAMP() + INTERVAL 30 SECOND");
        self::assertSame([], self::after());
        self::assertSame('another', self::site()['deliverer']);
        self::sql('UPDATE wp_rudr_sync_sites SET deliverer_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND');
        self::assertCount(2, self::after(), 'one that died holds nobody up');
    }

    public function testAfterATimeoutPagesLeaveTheSiteToASweepUntilItHasAnAnswer(): void
    {
        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 3600, 'spent' => true]);
        self::assertCount(1, self::after());
        self::assertSame([], self::after());
        self::assertCount(1, self::cron());
        self::assertCount(1, self::after());
    }

    public function testAWorkersHeartbeatKeepsPagesAndCronFromItsWork(): void
    {
        self::cron();
        self::sql('UPDATE wp_rudr_sync_sites SET heartbeat = UTC_TIMESTAMP()');
        self::assertSame([], self::after());
        self::assertSame([], self::cron());
        self::sql('UPDATE wp_rudr_sync_sites SET heartbeat = UTC_TIMESTAMP() - INTERVAL 1 DAY');
        self::assertCount(1, self::cron(), 'one that no longer beats does not');
    }

    public function testLiveChangesGoBeforeABackfill(): void
    {
        [$old, $new] = [self::inStep(), self::inStep()];
        self::sql("UPDATE wp_rudr_sync_links SET revision = revision + 1, priority = 9, due_at = UTC_TIMESTAMP() - INTERVAL 1 DAY WHERE user_id IN ($old, $new)");
        self::$fake->site->run('wp_update_user(["ID" => $args[0]]);', [$new]);
        self::assertSame([$new, $old], array_column(self::cron(), 'user_id'));
    }

    public function testWhatAFilterLeavesOutIsNotSentAndNothingOfItWaits(): void
    {
        $id = self::user();
        $no = 'add_filter("rudr_sync_should_sync", fn ($should, $user, $site) => $should && ($user !== $args[0] || $site !== "default"), 10, 3);';
        self::assertSame([], self::cron($no . self::CRON, [$id]));
        self::assertTrue(self::$fake->isInStep($id));
        self::assertNull(self::$fake->link($id)['secret']);
        self::$fake->site->run('wp_update_user(["ID" => $args[0]]);', [$id]);
        self::assertCount(1, self::cron(), 'and follows with the next change, if the filter lets them');
    }

    public function testAFilterChangesWhatIsSentButNeverThePassword(): void
    {
        $id = self::user();
        $job = self::cron('add_filter("rudr_sync_user", fn ($user, $id, $site) => ["first_name" => "$site $id", "user_pass" => "evil"] + $user, 10, 3);' . self::CRON)[0];
        self::assertSame("default $id", $job['user']['first_name']);
        self::assertArrayNotHasKey('user_pass', $job['user']);
    }

    public function testOtherPluginsAreToldAndWhatTheyThrowIsTheirs(): void
    {
        [$good, $bad, $away] = [self::user(), self::user(), self::user()];
        self::$fake->script([], ['status' => 'rejected', 'code' => 'conflict'], ['status' => 'retry', 'scope' => 'site', 'code' => 'connect', 'due' => 3600]);
        $told = self::$fake->site->run('
            $told = [];
            add_action("rudr_sync_delivered", function ($user, $site, $outcome) use (&$told) { $told[] = ["delivered", $user, $site, $outcome["status"]]; throw new Exception("theirs"); }, 10, 3);
            add_action("rudr_sync_failed", function ($user, $site, $outcome) use (&$told) { $told[] = ["failed", $user, $site, $outcome["code"]]; }, 10, 3);
        ' . self::CRON . 'return $told;');
        self::assertSame([['delivered', $good, 'default', 'created'], ['failed', $bad, 'default', 'conflict']], $told);
        self::assertCount(1, preg_grep('/rudr-sync: Exception: theirs/', self::$fake->site->errors()));
        self::$fake->site->mark();
    }

    // --- a site that does not answer ---

    public function testASiteOnHoldIsLeftAloneThenProbedOnceThenGetsEverything(): void
    {
        $ids = [self::user(), self::user(), self::user()];
        self::$fake->script(['status' => 'retry', 'scope' => 'site', 'code' => 'connect', 'due' => 100], ...array_fill(0, 2, ['status' => 'retry', 'scope' => 'site', 'code' => 'connect', 'due' => 0]));
        self::assertCount(3, self::cron());
        self::assertSame('paused', self::site()['status']);
        self::assertSame([], self::cron());
        self::assertSame(0, self::probes());

        self::sql('UPDATE wp_rudr_sync_sites SET hold_until = UTC_TIMESTAMP()');
        self::sql('UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP() WHERE revision <> synced_revision');
        self::$fake->script(['probe' => 'still away']);
        self::assertSame([], self::cron());
        self::assertSame([], self::cron());
        self::assertSame(1, self::probes());
        self::assertSame(['0', '0', '0'], array_map(static fn (int $id) => (string) self::$fake->link($id)['attempts'], $ids));

        self::sql('UPDATE wp_rudr_sync_sites SET hold_until = UTC_TIMESTAMP()');
        self::assertCount(3, self::cron());
        self::assertSame(2, self::probes());
        self::assertSame('ok', self::site()['status']);
    }

    public function testAProbeIsOneProcesssAtATime(): void
    {
        self::user();
        self::cron();
        self::sql("UPDATE wp_rudr_sync_sites SET state = 'failed', status = 'paused', hold_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND");
        self::assertSame([true, false], self::$fake->site->run('$rows = RudrSync\Plugin::parts()->rows; return [$rows->may_probe("default"), $rows->may_probe("default")];'));
    }

    // --- users who were cut off ---

    public function testWhoWasCutOffWhileTheyWereMadeIsFoundByTheSweep(): void
    {
        self::cron();
        self::sql("INSERT INTO wp_users (user_login, user_nicename, user_email, user_registered) VALUES ('cut', 'cut', 'cut@example.org', UTC_TIMESTAMP())");
        $id = (int) self::$fake->site->user('cut')['ID'];
        self::assertSame([], self::cron(), 'whoever is at work on them has a minute');
        self::sql("UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP() WHERE user_id = $id");
        self::assertSame([$id], array_column(self::cron(), 'user_id'));
        self::assertLessThan($id, self::site()['swept_user_id'], 'one as young as this may have neighbours who are not there yet');

        self::sql("UPDATE wp_users SET user_registered = UTC_TIMESTAMP() - INTERVAL 2 DAY WHERE ID = $id");
        self::cron();
        self::assertSame($id, (int) self::site()['swept_user_id']);
    }

    public function testWhoWasHereBeforeASiteAppearedIsNotSwept(): void
    {
        $id = self::inStep();
        self::sql("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        self::sql('DELETE FROM wp_rudr_sync_sites');
        self::cron();
        self::assertNull(self::$fake->link($id));
    }

    public function testActivationMarksEveryLinkAfterLiveChanges(): void
    {
        $id = self::inStep();
        self::$fake->site->run('deactivate_plugins("rudr-sync/rudr-sync.php");');
        self::assertFalse(self::$fake->site->run('return wp_next_scheduled("rudr_sync_sweep");'));
        self::$fake->site->run('activate_plugin("rudr-sync/rudr-sync.php");');
        $link = self::$fake->link($id);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertSame(9, (int) $link['priority']);
        self::cron();
        self::assertTrue(self::$fake->isInStep($id));
    }

    // --- a copy is not the source ---

    public function testACopyDeliversNothingUntilSomebodySaysWhatItIs(): void
    {
        foreach ([['HOME_IS' => 'http://staging.example'], ['TYPE' => 'staging'], ['OFF' => '1']] as $changed) {
            $id = self::user($changed);
            self::assertSame([], self::cron(self::CRON, [], $changed), json_encode($changed));
            self::assertNotNull(self::$fake->link($id), 'marks go on');
            self::assertNotNull(self::$fake->link($id)['secret']);
            self::assertGreaterThan(0, count(self::cron()), 'the original goes on');
        }
    }

    public function testAnInstallThatMovedGoesOnWhereItStopped(): void
    {
        $there = ['HOME_IS' => 'http://new.example'];
        $id = self::user();
        $uuid = self::$fake->site->run('return RudrSync\Plugin::parts()->identity->uuid();');
        self::$fake->site->run('RudrSync\Plugin::parts()->identity->moved();', [], $there);
        $jobs = self::cron(self::CRON, [], $there);
        self::assertSame([$id], array_column($jobs, 'user_id'));
        self::assertNotNull($jobs[0]['secret']);
        self::assertSame($uuid, self::$fake->site->run('return RudrSync\Plugin::parts()->identity->uuid();'));
        self::$fake->site->run('RudrSync\Plugin::parts()->identity->moved();');
    }

    public function testACopyIsCutOffAndHasNoPasswordOfTheOriginal(): void
    {
        $fake = Fake::site('copy', 'newest', "define('RUDR_SYNC_DELIVERY', 'cron'); getenv('HOME_IS') && define('WP_HOME', getenv('HOME_IS'));");
        $there = ['HOME_IS' => 'http://staging.example'];
        $fake->site->createUser('eve', 'eve@example.org');
        $fake->site->run(self::CRON);
        $fake->site->run('wp_set_password("waits", get_user_by("login", "eve")->ID);');
        self::assertSame('1', $fake->site->db()->query('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE secret IS NOT NULL')->fetch_row()[0]);
        $uuid = $fake->site->run('return RudrSync\Plugin::parts()->identity->uuid();', [], $there);

        $fake->site->run('RudrSync\Plugin::parts()->identity->copy();', [], $there);
        self::assertNotSame($uuid, $fake->site->run('return RudrSync\Plugin::parts()->identity->uuid();', [], $there));
        self::assertSame([], $fake->jobs(function () use ($fake, $there) {
            $fake->site->run('wp_set_password("new here", get_user_by("login", "eve")->ID);', [], $there);
            $fake->site->run(self::CRON, [], $there);
        }));
        self::assertSame('0', $fake->site->db()->query('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE secret IS NOT NULL')->fetch_row()[0]);
    }

    // --- the clock ---

    public function testTimeRunsFasterForATest(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 3600, 'doubt' => 'now', 'id' => null, 'login' => null, 'trust' => null]);
        self::cron(self::CRON, [], ['SCALE' => '60']);
        $link = self::$fake->link($id);
        self::assertEqualsWithDelta(time() + 60, strtotime($link['due_at'] . ' UTC'), 3);
        self::sql("UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP(), tried_at = UTC_TIMESTAMP() - INTERVAL 2 SECOND, tried_last = UTC_TIMESTAMP() - INTERVAL 2 SECOND WHERE user_id = $id");
        $job = self::cron(self::CRON, [], ['SCALE' => '60'])[0];
        self::assertGreaterThanOrEqual(60, $job['now'] - $job['tried_last'], 'the minute after an unanswered create is over');
    }

    public function testALongRunIsSettledAsItGoes(): void
    {
        [$first, $second] = [self::inStep(), self::inStep()];
        $settled = self::$fake->site->run('
            update_user_meta($args[0], "first_name", "Long");
            usleep(1100000); // more than thirty seconds
            update_user_meta($args[1], "first_name", "Long");
            return $GLOBALS["wpdb"]->get_col($GLOBALS["wpdb"]->prepare("SELECT user_id FROM wp_rudr_sync_links WHERE unsettled_by IS NULL AND revision <> synced_revision AND user_id IN (%d, %d)", $args));
        ', [$first, $second], ['SCALE' => '60']);
        self::assertSame([(string) $first], $settled);
    }

    private static function user(array $environment = [], string $before = ''): int
    {
        $login = 'user' . ++self::$count;
        return self::$fake->site->run($before . 'return wp_insert_user(wp_slash($args));', [
            'user_login' => $login, 'user_email' => "$login@example.org", 'user_pass' => Lab::PASSWORD, 'role' => 'subscriber',
        ], $environment);
    }

    private static function inStep(): int
    {
        $id = self::user();
        self::cron();
        self::assertTrue(self::$fake->isInStep($id));
        return $id;
    }

    /** The jobs of a page that changes somebody and delivers after its response. */
    private static function after(): array
    {
        return self::$fake->jobs(static fn () => self::user(['MODE' => 'after'], 'function fastcgi_finish_request() {}'));
    }

    /** The jobs of a run of WP-Cron, or of other code. */
    private static function cron(string $code = self::CRON, array $args = [], array $environment = []): array
    {
        $parts = '$parts = RudrSync\Plugin::parts(); $site = $parts->sites->all()["default"];';
        return self::$fake->jobs(static fn () => self::$fake->site->run($parts . $code, $args, $environment));
    }

    private static function site(): array
    {
        return self::$fake->site->db()->query("SELECT * FROM wp_rudr_sync_sites WHERE name = 'default'")->fetch_assoc();
    }

    private static function probes(): int
    {
        return count(@file(self::$fake->site->folder . '/probes.log') ?: []);
    }

    private static function sql(string $sql): void
    {
        self::$fake->site->db()->query($sql);
    }

    private static function meanwhile(string $sql): string
    {
        return '$GLOBALS["wpdb"]->query("' . addcslashes($sql, '"') . '");';
    }
}
