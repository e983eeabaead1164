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

    /** @dataProvider endings */
    public function testAPasswordIsErasedWhenItHasNobodyToGoToAndElseWaits(bool $linked, array $answer, bool $waits, string $before = ''): void
    {
        $id = $linked ? self::inStep() : self::user();
        self::$fake->site->run('wp_set_password("new one", $args[0]);', [$id]);
        self::assertNotNull(self::$fake->link($id)['secret']);
        self::$fake->site->run($before . 'return 1;', [$id]);
        self::$fake->script($answer);
        self::cron();
        $secret = self::$fake->link($id)['secret'];
        self::assertSame($waits, $secret !== null);
    }

    public static function endings(): array
    {
        $no = static fn (string $code, array $more = []) => $more + ['status' => 'rejected', 'code' => $code];
        return [
            'tried again' => [true, ['status' => 'retry', 'code' => 'timeout', 'due' => 60], true],
            'somebody else has the address' => [false, $no('conflict'), false],
            'nobody knows whose it is' => [false, $no('unproven'), false],
            'a create that a person can mend' => [false, $no('rest_invalid_email'), true],
            'another person there by now' => [true, $no('identity_mismatch'), true],
            'an account with power there' => [true, $no('privileged'), true],
            'a user with power here' => [true, $no('privileged'), false, '(new WP_User($args[0]))->set_role("administrator");'],
            'gone there' => [true, $no('gone'), false],
            'gone there, and made again' => [true, ['status' => 'retry', 'code' => 'gone', 'due' => 60, 'forget' => true], true],
            'gone here' => [true, ['status' => 'retry', 'code' => 'timeout', 'due' => 60], false, 'wp_delete_user($args[0]);'],
        ];
    }

    public function testAPasswordThatNobodySeesToIsErasedAfterAMonth(): void
    {
        [$failed, $fresh, $waits, $held] = [self::user(), self::user(), self::user(), self::user()];
        foreach ([$failed, $fresh, $held] as $id) {
            self::$fake->set($id, "code = 'rest_invalid_email', message = 'no address', due_at = NULL");
        }
        self::$fake->set($held, "code = 'held'");
        self::$fake->set($waits, "code = 'timeout', due_at = UTC_TIMESTAMP() + INTERVAL 1 DAY");
        $kept = fn () => array_map(static fn (int $id) => self::$fake->link($id)['secret'] !== null, [$failed, $fresh, $waits, $held]);
        self::cron();
        self::assertSame([true, true, true, true], $kept(), 'a person may mend what is wrong');
        foreach ([$failed, $waits, $held] as $id) {
            self::$fake->set($id, 'kept_at = kept_at - INTERVAL 31 DAY');
        }
        self::$fake->set($fresh, 'kept_at = kept_at - INTERVAL 29 DAY');
        self::cron();
        self::assertSame([false, true, true, true], $kept());
        $link = self::$fake->link($failed);
        self::assertSame(['rest_invalid_email', null], [$link['code'], $link['due_at']]);
        self::assertMatchesRegularExpression('/^no address .*\(password_unknown\): it follows when it is next changed\.$/', $link['message']);
    }

    public function testAPasswordThatAnotherRequestHasReplacedMeanwhileIsNotKept(): void
    {
        $id = self::inStep();
        $keep = fn (string $mark) => self::$fake->site->run('RudrSync\Plugin::parts()->waiting_passwords->keep("default", $args[0], "sealed", $args[1]);', [$id, $mark]);
        $keep('0123456789abcdef');
        self::assertNull(self::$fake->link($id)['secret']);
        $keep(explode(' ', self::$fake->site->meta($id, '_rudr_sync_password'))[0]);
        self::assertSame('sealed', self::$fake->link($id)['secret']);
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
        self::$fake->site->run('wp_clear_scheduled_hook("rudr_sync_sweep");');
        self::assertTrue(self::$fake->site->run('return is_int(wp_next_scheduled("rudr_sync_sweep"));'), 'whoever clears the plans, the next page plans anew');
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

    public function testTheReadmesFiltersDoWhatItSays(): void
    {
        $readme = Readme::example('php', "'rudr_sync_should_sync'");
        $user = self::user();
        $tester = self::user();
        self::sql("UPDATE wp_users SET user_email = 'somebody@mail.test' WHERE ID = $tester");
        self::$fake->script(['status' => 'created', 'id' => 31]);
        // The second site is only named: this one knows the shop by that.
        $jobs = self::cron(str_replace("'shop' ===", "'default' ===", $readme) . self::CRON, [$user]);
        self::assertSame([$user], array_column($jobs, 'user_id'));
        self::assertArrayNotHasKey('description', $jobs[0]['user']);
        self::assertCount(1, preg_grep("/$user is account 31 on default/", self::$fake->site->errors()));
        self::$fake->site->mark();

        self::sql("UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP() WHERE user_id = $user");
        self::$fake->script(['status' => 'rejected', 'code' => 'conflict', 'message' => 'Taken.']);
        self::cron($readme . self::CRON);
        self::assertCount(1, preg_grep("/$user on default: Taken\\./", self::$fake->site->errors()));
        self::$fake->site->mark();
    }

    public function testAFilterThatFailsForOneUserHoldsUpNobodyElse(): void
    {
        [$bad, $good] = [self::user(), self::user()];
        foreach (['rudr_sync_user' => '["x"]', 'rudr_sync_should_sync' => 'true'] as $filter => $value) {
            self::sql("UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP() WHERE user_id IN ($bad, $good)");
            $jobs = self::cron("add_filter('$filter', fn (\$given, \$id) => \$id === \$args[0] ? throw new TypeError('theirs') : \$given, 10, 2);" . self::CRON, [$bad]);
            self::assertSame([$good], array_column($jobs, 'user_id'), $filter);
            self::assertSame('filter_failed', self::$fake->link($bad)['code']);
            self::assertNotNull(self::$fake->link($bad)['due_at']);
            self::assertNull(self::$fake->link($bad)['lease']);
            self::assertCount(1, $log = preg_grep('/rudr-sync: TypeError in /', self::$fake->site->errors()));
            self::assertStringNotContainsString('theirs', implode($log), 'it may quote a hash');
            self::$fake->site->mark();
        }
    }

    public function testAMarkThatWentWithSomebodyElsesTransactionIsMadeAgain(): void
    {
        $id = self::user();
        self::sql("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            $GLOBALS["wpdb"]->query("START TRANSACTION");
            wp_update_user(["ID" => $args[0], "first_name" => "Never"]);
            $GLOBALS["wpdb"]->query("ROLLBACK");
            clean_user_cache($args[0]);
            wp_update_user(["ID" => $args[0], "first_name" => "Saved", "user_pass" => "saved too"]);', [$id]));
        self::assertNotNull(self::$fake->link($id)['secret'], 'and so is the password');
        self::assertSame(['Saved'], array_map(static fn ($job) => $job['user']['first_name'], self::cron()));
    }

    /** An import of one transaction a row, of which one is taken back while the rows before it are settled in it. */
    public function testPasswordsThatWentWithSomebodyElsesTransactionAreKeptOnceMore(): void
    {
        $ids = self::$fake->site->run('
            $ids = [wp_insert_user(["user_login" => "import" . $args[0], "user_email" => "import$args[0]@example.org", "user_pass" => "known"])];
            $GLOBALS["wpdb"]->query("START TRANSACTION");
            RudrSync\Plugin::parts()->request_end->settle();
            $GLOBALS["wpdb"]->query("ROLLBACK");
            wp_cache_flush();
            $ids[] = wp_insert_user(["user_login" => "imported" . $args[0], "user_email" => "imported$args[0]@example.org", "user_pass" => "known"]);
            return $ids;', [++self::$count]);
        foreach ($ids as $id) {
            self::assertStringContainsString(' ' . md5('known') . ' ', (string) self::$fake->link($id)['secret']);
        }
    }

    public function testWhoIsNobodyOnceATransactionIsTakenBackIsNotDelivered(): void
    {
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            $GLOBALS["wpdb"]->query("START TRANSACTION");
            wp_insert_user(["user_login" => "ghost", "user_email" => "ghost@example.org", "user_pass" => "x"]);', [], ['MODE' => 'inline']));
        self::assertSame([], $jobs);
        self::assertNull(self::$fake->site->user('ghost'));
    }

    /** Databases give the highest id out anew after a restart, and some tools start to count again. */
    public function testWhoGetsTheIdOfARemovedUserGetsNothingElseOfTheirs(): void
    {
        $id = self::inStep();
        $there = (int) self::$fake->link($id)['remote_id'];
        $site = self::$fake->site;
        $site->run('require_once ABSPATH . "wp-admin/includes/user.php"; wp_delete_user($args[0]);', [$id]);
        $jobs = self::cron('
            add_filter("wp_pre_insert_user_data", fn ($data) => $data + ["ID" => $args[0]]);
            wp_insert_user(["user_login" => "next$args[0]", "user_email" => "next$args[0]@example.org", "user_pass" => "of the next"]);
            $parts->request_end->settle();' . self::CRON, [$id]);
        self::assertSame("next$id", $site->user($id)['user_login']);
        self::assertSame([['delete', $there], ['put', null]], array_map(fn (array $job) => [$job['op'], $job['remote_id']], $jobs));
        self::assertStringContainsString(md5('of the next'), (string) $jobs[1]['secret']);
        $link = self::$fake->link($id);
        self::assertSame(['present', null, true], [$link['want'], $link['login'], self::$fake->isInStep($id)]);
    }

    public function testTheContentOfHeirsWhoAreRemovedTooGoesToTheLast(): void
    {
        [$one, $two, $three] = [self::inStep(), self::inStep(), self::inStep()];
        self::$fake->site->run('require_once ABSPATH . "wp-admin/includes/user.php"; wp_delete_user($args[0], $args[1]); wp_delete_user($args[1], $args[2]);', [$one, $two, $three]);
        $heir = (int) self::$fake->link($three)['remote_id'];
        self::assertSame([$heir, $heir], array_column(self::cron(), 'reassign'));
    }

    public function testMetaOfNobodyLeavesNoLink(): void
    {
        self::$fake->site->run('update_user_meta(987654, "first_name", "Nobody");');
        self::sql('UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP(), unsettled_until = NULL WHERE user_id = 987654');
        self::assertSame([], self::cron());
        self::assertNull(self::$fake->link(987654));
    }

    public function testARequestThatSomebodyEndsInTheMiddleOfItsEndIsSettled(): void
    {
        $id = self::inStep();
        self::$fake->site->run('
            add_action("shutdown", function () { exit; }, 5);
            wp_update_user(["ID" => $args[0], "first_name" => "Left", "user_pass" => "left behind"]);', [$id]);
        $link = self::$fake->link($id);
        self::assertSame([null, true], [$link['unsettled_until'], $link['secret'] !== null]);
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
        self::assertCount(1, $log = preg_grep('/rudr-sync: Exception in /', self::$fake->site->errors()));
        self::assertStringNotContainsString('theirs', implode($log), 'it may quote a hash');
        self::$fake->site->mark();
    }

    // --- a site that does not answer ---

    public function testWhatWasUnderWayDoesNotEndAPauseThatAnotherProcessBegan(): void
    {
        $id = self::user();
        self::$fake->script(['php' => self::meanwhile("UPDATE wp_rudr_sync_sites SET state = 'failed', status = 'paused',
            hold_until = UTC_TIMESTAMP() + INTERVAL 30 SECOND")]);
        self::cron();
        self::assertSame(self::$fake->link($id)['revision'], self::$fake->link($id)['synced_revision'], 'it was answered');
        $site = self::$fake->site->db()->query("SELECT status, hold_until > UTC_TIMESTAMP() AS held FROM wp_rudr_sync_sites WHERE name = 'default'")->fetch_assoc();
        self::assertSame(['status' => 'paused', 'held' => '1'], $site);
        self::sql('UPDATE wp_rudr_sync_sites SET hold_until = UTC_TIMESTAMP()');
        self::cron();
        self::assertSame('ok', self::$fake->site->db()->query("SELECT status FROM wp_rudr_sync_sites WHERE name = 'default'")->fetch_row()[0]);
    }

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

    public function testTroubleOfOneMomentCountsOnceHoweverManyProcessesMeetIt(): void
    {
        self::user();
        self::cron();
        self::sql("UPDATE wp_rudr_sync_sites SET state = 'learnt', status = 'paused', hold_until = UTC_TIMESTAMP() + INTERVAL 50 SECOND");
        $before = self::site();
        self::assertFalse(self::$fake->site->run('return RudrSync\Plugin::parts()->rows->judge("default", [["status" => "unauthorized", "scope" => "site", "code" => "no", "due" => 900]]);'));
        self::assertSame($before, self::site());
    }

    /** @dataProvider transactions */
    public function testATransactionThatAnotherEventLeftOpenTakesNoDeliveryWithIt(string $begin): void
    {
        $id = self::user();
        self::cron($begin . ' $GLOBALS["wpdb"]->query("UPDATE wp_usermeta SET meta_value = \'lost\' WHERE user_id = ' . $id . ' AND meta_key = \'nickname\'"); ' . self::CRON);
        self::assertSame((string) (1000 + $id), (string) self::$fake->link($id)['remote_id']);
        self::assertNotSame('lost', self::$fake->site->meta($id, 'nickname'));
    }

    public static function transactions(): array
    {
        return ['begun' => ['$GLOBALS["wpdb"]->query("START TRANSACTION");'], 'always' => ['$GLOBALS["wpdb"]->query("SET autocommit = 0");']];
    }

    public function testWhatASignalHandlerThrowsLeavesACreateInDoubt(): void
    {
        $id = self::user();
        self::$fake->script(['foreign' => 'enough']);
        self::cron();
        self::assertNotNull(self::$fake->link($id)['tried_at']);
        self::assertNull(self::$fake->link($id)['remote_id']);
        self::sql("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL");
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

    // --- what a person orders ---

    public function testRetrySaysSoUntilTheSiteHasAnswered(): void
    {
        $id = self::inStep();
        self::$fake->set($id, "code = 'refused'");
        $order = fn () => self::cron('$parts->orders->retry("default", $args);' . self::CRON, [$id])[0];
        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 60]);
        self::assertTrue($order()['retry']);
        self::assertSame('1', (string) self::$fake->link($id)['retry']);
        self::assertTrue($order()['retry']);
        self::assertSame('0', (string) self::$fake->link($id)['retry']);
        self::$fake->site->run('wp_update_user(["ID" => $args[0]]);', [$id]);
        self::assertFalse(self::cron()[0]['retry']);
    }

    public function testAnAdministratorsWordHoldsForTheAddressOfWhichItWasSaid(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'rejected', 'code' => 'unproven'], ['status' => 'retry', 'code' => 'timeout', 'due' => 60]);
        self::assertFalse(self::cron()[0]['proved']);
        $confirm = '$parts->orders->confirm("default", $args[0]);';
        self::assertTrue(self::cron($confirm . self::CRON, [$id])[0]['proved']);
        self::assertNull(self::$fake->link($id)['trust'], 'no trust without an account');
        self::assertNotNull(self::$fake->link($id)['confirmed'], 'no answer has used it up');

        self::$fake->script(['status' => 'rejected', 'code' => 'unproven']);
        $job = self::cron('wp_update_user(["ID" => $args[0], "user_email" => "theirs$args[0]@example.org"]); $parts->request_end->settle();' . self::CRON, [$id])[0];
        self::assertFalse($job['proved'], 'another address');
        self::assertNull(self::$fake->link($id)['confirmed'], 'the answer has');

        self::$fake->script(['status' => 'found', 'id' => 8000 + $id, 'login' => 'there', 'trust' => 'adopted']);
        self::assertSame([true, false], array_column(self::cron($confirm . self::CRON, [$id]), 'proved'));
        self::assertSame(['adopted', null], [self::$fake->link($id)['trust'], self::$fake->link($id)['confirmed']]);
    }

    public function testALinkByAPersonWithoutALoginIsAskedAboutAndForgottenIfItWasWrong(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'rejected', 'code' => 'gone', 'forget' => true]);
        $link = '$parts->orders->link("default", $args[0], 9000 + $args[0], null);';
        $job = self::cron($link . self::CRON, [$id])[0];
        self::assertSame([9000 + $id, null, 'named'], [$job['remote_id'], $job['remote_login'], $job['trust']]);
        self::assertSame([null, null, 'gone'], [self::$fake->link($id)['remote_id'], self::$fake->link($id)['trust'], self::$fake->link($id)['code']]);
    }

    public function testWhoWasUnlinkedStaysSoUntilAPersonSaysOtherwise(): void
    {
        $id = self::inStep();
        $orders = '$orders = $parts->orders;';
        $other = self::inStep();
        self::cron($orders . '$orders->unlink("default", $args[0]);', [$id]);
        self::assertNull(self::$fake->site->meta($id, 'user_id_2'), 'nor is the account claimed later');
        self::assertNotNull(self::$fake->site->meta($other, 'user_id_2'));
        self::$fake->site->run('wp_set_password("x", $args[0]);', [$id]);
        self::assertNull(self::$fake->link($id)['secret'], 'nobody waits for it');
        $jobs = fn (string $code) => array_keys(array_column(self::cron($code . self::CRON, [$id]), 'user_id'), $id, true);
        $live = [
            'an own change' => 'wp_set_password("x", $args[0]); wp_update_user(["ID" => $args[0]]); $parts->request_end->settle();',
            'the sweep' => '$parts->sweep->run($site);',
            'activation' => '$parts->marks->mark_all();',
            'everybody' => $orders . '$orders->sync_next("default", $args[0] - 1, 1);',
            'all who failed' => $orders . '$orders->retry("default");',
        ];
        foreach ($live as $what => $code) {
            self::assertSame([], $jobs($code), $what);
            $link = self::$fake->link($id);
            self::assertTrue(self::$fake->isInStep($id), $what);
            self::assertSame(['unlinked', null, null], [$link['code'], $link['remote_id'], $link['secret']], $what);
        }
        foreach (['$parts->orders->confirm("default", $args[0]);', $orders . '$orders->retry("default", $args);', $orders . '$orders->sync("default", $args);'] as $code) {
            self::$fake->set($id, "code = 'unlinked', remote_id = NULL, remote_login = NULL, trust = NULL, synced_revision = revision, due_at = NULL");
            self::sql("DELETE FROM wp_usermeta WHERE user_id = $id AND meta_key = 'user_id_2'");
            self::assertCount(1, $jobs($code), $code);
            self::assertNull(self::$fake->link($id)['code']);
        }
        self::cron($orders . '$orders->unlink("default", $args[0]); wp_delete_user($args[0]); $parts->request_end->settle();', [$id]);
        self::assertSame([], $jobs(''));
        self::assertNull(self::$fake->link($id));
    }

    public function testWhoeverIsAtItWhileAPersonUnlinksBringsNothingBack(): void
    {
        $id = self::user();
        self::$fake->script(['php' => 'RudrSync\Plugin::parts()->orders->unlink("default", ' . $id . ');']);
        self::cron();
        self::assertSame(['unlinked', null], [self::$fake->link($id)['code'], self::$fake->link($id)['remote_id']]);
    }

    public function testRowsOfTheVersionBeforeAreBroughtUpToDate(): void
    {
        [$removed, $confirmed] = [self::inStep(), self::inStep()];
        self::$fake->set($removed, "want = 'absent', code = 'privileged'");
        self::$fake->set($confirmed, "remote_id = NULL, trust = 'adopted'");
        self::$fake->set($removed, "secret = 'sealed before'");
        self::$fake->set($confirmed, 'revision = revision + 1');
        self::sql('ALTER TABLE wp_rudr_sync_links DROP COLUMN dirty_since, DROP COLUMN kept_at, DROP COLUMN privileged, DROP COLUMN tried_email, DROP COLUMN confirmed, DROP COLUMN retry, DROP INDEX removed, DROP INDEX tried');
        self::sql("UPDATE wp_options SET option_value = '2' WHERE option_name = 'rudr_sync_schema'");
        self::$fake->site->run('return 1;');
        self::assertSame('1', (string) self::$fake->link($removed)['privileged']);
        self::assertSame(['0', null, null], [(string) self::$fake->link($confirmed)['privileged'], self::$fake->link($confirmed)['trust'], self::$fake->link($confirmed)['tried_email']]);
        self::assertNotNull(self::$fake->link($removed)['kept_at']);
        self::assertNotNull(self::$fake->link($confirmed)['dirty_since'], 'who waits does so from now on, as far as anybody knows');
        self::assertNotEmpty(self::$fake->site->db()->query("SHOW INDEX FROM wp_rudr_sync_links WHERE Key_name = 'removed'")->fetch_all());
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

    public function testACopyIsCutOffAndHasNoPasswordOrAccountOfTheOriginal(): void
    {
        $fake = Fake::site('copy', 'newest', "define('RUDR_SYNC_DELIVERY', 'cron'); getenv('HOME_IS') && define('WP_HOME', getenv('HOME_IS'));");
        $there = ['HOME_IS' => 'http://staging.example'];
        $fake->site->createUser('eve', 'eve@example.org');
        $fake->site->run(self::CRON);
        $fake->site->run('wp_set_password("waits", get_user_by("login", "eve")->ID);');
        self::assertSame('1', $fake->site->db()->query('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE secret IS NOT NULL')->fetch_row()[0]);
        $uuid = $fake->site->run('return RudrSync\Plugin::parts()->identity->uuid();', [], $there);
        $tutorials = $fake->site->createUser('tut', 'tut@example.org');
        $fake->site->run('update_user_meta($args[0], "user_id_2", 41); update_user_meta($args[0], "_rudr_sync_proved", "of the original");', [$tutorials]);
        $ours = fn () => $fake->site->db()->query("SELECT meta_key FROM wp_usermeta WHERE meta_key IN ('user_id_2', '_rudr_sync_proved')")->fetch_all();
        self::assertCount(3, $ours());

        $fake->site->run('RudrSync\Plugin::parts()->identity->copy();', [], $there);
        self::assertSame([], $ours());
        self::assertNotSame($uuid, $fake->site->run('return RudrSync\Plugin::parts()->identity->uuid();', [], $there));
        self::assertSame([], $fake->jobs(function () use ($fake, $there) {
            $fake->site->run('wp_set_password("new here", get_user_by("login", "eve")->ID);', [], $there);
            $fake->site->run(self::CRON, [], $there);
        }));
        self::assertSame('0', $fake->site->db()->query('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE secret IS NOT NULL')->fetch_row()[0]);

        $fake->site->db()->query("UPDATE wp_rudr_sync_sites SET status = 'ok'");
        $jobs = $fake->jobs(fn () => $fake->site->run('
            wp_update_user(["ID" => $args[0]]);
            require_once ABSPATH . "wp-admin/includes/user.php";
            wp_delete_user(get_user_by("login", "eve")->ID);
            RudrSync\Plugin::parts()->request_end->settle();' . self::CRON, [$tutorials], $there));
        self::assertSame(['delete' => null, 'put' => null], array_column($jobs, 'remote_id', 'op'), 'and claims none when it is connected');
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
