<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** What an administrator does from a shell. */
final class CliTest extends TestCase
{
    private static Fake $fake;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('cli', 'newest', "
            define('RUDR_SYNC_DELIVERY', 'cron');
            define('RUDR_SYNC_SITES', [
                'shop' => ['url' => 'https://shop.example', 'username' => 'agent', 'password' => 'hidden-here'],
                'forum' => ['url' => 'https://forum.example', 'username' => 'agent', 'password' => 'hidden-here'],
            ]);
            getenv('OFF') && define('RUDR_SYNC_OFF', true);
            getenv('HOME_IS') && define('WP_HOME', getenv('HOME_IS'));
            if (getenv('CLI')) { require_once " . var_export(__DIR__ . '/wp-cli.php', true) . "; }
            function rudr_sync_check() { return [
                ['check' => 'address', 'ok' => true, 'detail' => 'https://shop.example', 'fix' => ''],
                ['check' => 'connect', 'ok' => !getenv('DOWN'), 'detail' => 'answered', 'fix' => getenv('DOWN') ? 'Start it.' : ''],
            ]; }
        ");
    }

    protected function setUp(): void
    {
        self::$fake->script();
        self::sql('UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL, code = NULL, message = NULL, lease = NULL');
        self::sql("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL, heartbeat = NULL");
    }

    protected function tearDown(): void
    {
        self::assertSame([], self::$fake->site->errors());
        self::$fake->site->mark();
    }

    public function testStatusSaysInNumbersHowEachSiteStands(): void
    {
        $ids = array_map(fn () => self::user(), range(1, 5));
        self::set($ids[0], "due_at = UTC_TIMESTAMP() - INTERVAL 5 SECOND, dirty_since = UTC_TIMESTAMP() - INTERVAL 300 SECOND, code = NULL");
        // Whoever waits already waits no shorter for being changed again.
        self::$fake->site->run('do_action("profile_update", $args[0]);', [$ids[0]]);
        self::set($ids[1], "due_at = UTC_TIMESTAMP() + INTERVAL 60 SECOND, code = 'timeout', attempts = 2");
        self::set($ids[2], "due_at = NULL, code = 'conflict'");
        self::set($ids[3], "synced_revision = revision, due_at = NULL, code = 'refused', synced_at = UTC_TIMESTAMP() - INTERVAL 7 SECOND");
        self::set($ids[4], "synced_revision = revision, due_at = NULL, code = NULL, synced_at = UTC_TIMESTAMP() - INTERVAL 90 SECOND");
        self::sql("UPDATE wp_rudr_sync_sites SET heartbeat = UTC_TIMESTAMP(), status = 'paused', hold_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND WHERE name = 'shop'");
        $before = self::one(self::wp('status', '--site=shop', '--format=json'))[0];
        self::assertSame(['shop', 'paused', 'alive', 'https://shop.example', 'constant'], [$before['site'], $before['state'], $before['worker'], $before['url'], $before['from']]);
        self::assertSame([1, 1, 1, 1], [$before['waiting'], $before['retrying'], $before['failed'], $before['partly']]);
        self::assertGreaterThanOrEqual(2, $before['in_step']);
        self::assertEqualsWithDelta(300, $before['oldest'], 5);
        self::assertEqualsWithDelta(7, $before['last_success'], 5);

        $both = self::one(self::wp('status'));
        self::assertSame(['shop', 'forum'], array_column($both, 'site'));
        self::assertSame('none', $both[1]['worker']);
        self::assertStringNotContainsString('hidden-here', json_encode($both));
    }

    public function testAnAdministratorWhoDoesNotFollowIsNoFailure(): void
    {
        self::$fake->site->run('do_action("profile_update", 1);');
        self::set(1, "revision = 2, synced_revision = 1, due_at = NULL, code = 'privileged'", 'shop');
        $shop = self::one(self::wp('status', '--site=shop'))[0];
        self::assertSame([0, 1], [$shop['failed'], $shop['staying']]);
    }

    public function testCheckSaysWhatToDoAndFailsForScripts(): void
    {
        $good = self::wp('check', '--site=shop', '--format=csv');
        self::assertSame(0, $good['exit']);
        self::assertSame(['yes', 'yes'], array_column(self::one($good, 'csv'), 'ok'));
        $bad = self::wp('check', '--site=shop', ['DOWN' => '1']);
        self::assertSame(1, $bad['exit']);
        self::assertSame('Start it.', self::one($bad)[1]['fix']);
    }

    public function testSyncBringsTheNamedUsersInStepWithEverySite(): void
    {
        $id = self::user();
        self::set($id, "due_at = NULL, synced_revision = revision");
        $ran = self::wp('sync', 'user' . self::$count);
        self::assertSame(0, $ran['exit']);
        self::assertSame([['shop', 'in_step'], ['forum', 'in_step']], self::sorted($ran));
        self::assertTrue(self::$fake->isInStep($id, 'shop'));
        self::assertTrue(self::$fake->isInStep($id, 'forum'));

        self::$fake->script(['status' => 'rejected', 'code' => 'conflict', 'message' => 'Somebody else.']);
        $ran = self::wp('sync', 'user' . self::$count . '@example.org', '--site=shop');
        self::assertSame(1, $ran['exit']);
        self::assertSame(['failed', 'conflict', 'Somebody else.'], array_values(array_intersect_key(self::one($ran)[0], ['state' => 1, 'code' => 1, 'message' => 1])));
    }

    public function testSyncAllSendsEverybodyWithAProgressBar(): void
    {
        $id = self::user();
        self::sql("DELETE FROM wp_rudr_sync_links WHERE site = 'forum'");
        $ran = self::wp('sync', '--all', '--site=forum');
        self::assertSame(0, $ran['exit']);
        $everybody = (int) self::$fake->site->db()->query('SELECT COUNT(*) FROM wp_users')->fetch_row()[0];
        self::assertContains(['bar', "Sending users to forum: $everybody of $everybody"], $ran['said']);
        self::assertTrue(self::$fake->isInStep($id, 'forum'));
        self::assertNull(self::$fake->link($id, 'shop')['code'] ?? null);
        self::assertSame($everybody, self::one($ran)[0]['in_step']);
    }

    public function testSyncAllStopsWhereTheSiteDoesAndTheRestStaysMarked(): void
    {
        self::user();
        self::user();
        self::$fake->script(...array_fill(0, 100, ['status' => 'retry', 'scope' => 'site', 'code' => 'timeout', 'due' => 60]));
        $ran = self::wp('sync', '--all', '--site=shop');
        self::assertSame(1, $ran['exit']);
        self::assertStringContainsString('Not everybody is in step on shop.', json_encode($ran['said']));
        self::assertStringContainsString('Site shop does not answer as it should', json_encode($ran['said']));
        self::assertNotSame('0', self::$fake->site->db()->query("SELECT COUNT(*) FROM wp_rudr_sync_links WHERE site = 'shop' AND revision <> synced_revision AND due_at IS NOT NULL")->fetch_row()[0]);
    }

    public function testWhoMeetsARefusalIsNotDone(): void
    {
        self::user();
        self::$fake->script(...array_fill(0, 100, ['status' => 'rejected', 'code' => 'conflict', 'message' => 'Somebody else.', 'due' => null]));
        $ran = self::wp('sync', '--all', '--site=shop');
        self::assertSame(1, $ran['exit']);
        self::assertStringContainsString('who has failed is listed', json_encode($ran['said']));
    }

    public function testWhoOrdersSomethingOfAStoppedSiteIsToldSo(): void
    {
        $id = self::user();
        self::set($id, "due_at = NULL, code = 'conflict'");
        self::sql("UPDATE wp_rudr_sync_sites SET status = 'quarantined', hold_until = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE name = 'shop'");
        foreach ([['retry', '--site=shop'], ['retry', (string) $id, '--site=shop'], ['sync', (string) $id, '--site=shop']] as $words) {
            self::assertStringContainsString('Site shop refuses us', json_encode(self::wp(...$words)['said']), implode(' ', $words));
        }
        self::sql("UPDATE wp_rudr_sync_sites SET status = 'ok', hold_until = NULL WHERE name = 'shop'");
        self::assertStringNotContainsString('refuses us', json_encode(self::wp('retry', '--site=shop')['said']));
    }

    public function testSyncNeedsToBeToldWhomAndKnowsThem(): void
    {
        self::assertSame([1, [['error', 'There is no user "99999" here.']]], array_values(self::wp('sync', '99999')));
        self::assertSame([1, [['error', 'Name some users, or say --all.']]], array_values(self::wp('sync')));
        self::assertSame([1, [['error', 'There is no user "nobody" here.']]], array_values(self::wp('sync', 'nobody')));
        self::assertSame([1, [['error', 'There is no site "x". There are: shop, forum.']]], array_values(self::wp('sync', 'admin', '--site=x')));
        self::assertSame(1, self::wp('sync', 'admin', '--sites=shop')['exit'], 'an option that does not exist');
    }

    public function testRetryTriesThoseWhoAreNamedAtOnceAndElseAllWhoFailedLater(): void
    {
        [$one, $two] = [self::user(), self::user()];
        self::set($one, "due_at = NULL, code = 'conflict', attempts = 3");
        self::set($two, "due_at = NULL, code = 'conflict', attempts = 3");
        self::assertSame(0, self::wp('retry', (string) $one)['exit']);
        self::assertTrue(self::$fake->isInStep($one, 'shop'));
        self::assertFalse(self::$fake->isInStep($two, 'shop'));

        self::assertStringContainsString('2 users are tried again', self::wp('retry')['said'][0][1]); // on two sites
        $link = self::$fake->link($two, 'shop');
        self::assertSame(0, (int) $link['attempts']);
        self::assertNotNull($link['due_at']);
    }

    public function testSomebodyWhoWasRemovedIsRetriedByTheirId(): void
    {
        $id = self::user();
        self::wp('sync', (string) $id);
        self::$fake->site->run('wp_delete_user($args[0]);', [$id]);
        self::sql("UPDATE wp_rudr_sync_links SET due_at = NULL, code = 'conflict' WHERE user_id = $id");
        self::assertSame(0, self::wp('retry', (string) $id)['exit']);
        self::assertNull(self::$fake->link($id, 'shop'));
    }

    public function testLinkUnlinkAndConfirmSayWhoseAnAccountIs(): void
    {
        [$one, $two] = [self::user(), self::user()];
        $login = 'user' . self::$count;
        self::sql('UPDATE wp_rudr_sync_links SET remote_id = NULL');
        self::assertSame([1, [['error', 'Say which site with --site=<name>: shop, forum.']]], array_values(self::wp('link', $login, '4711')));
        $job = self::$fake->jobs(fn () => self::assertSame(0, self::wp('link', $login, '4711', '--login=other', '--site=shop')['exit']))[0];
        self::assertSame([4711, 'other', 'named'], [$job['remote_id'], $job['remote_login'], $job['trust']]);
        self::assertSame([1, [['error', "Account 4711 on shop is linked to another user, $login. Unlink that user first."]]], array_values(self::wp('link', (string) $one, '4711', '--site=shop')));
        self::assertNull(self::$fake->link($one, 'shop')['remote_id']);

        self::assertSame(0, self::wp('unlink', $login, '--site=shop')['exit']);
        self::assertSame(['unlinked', null], [self::$fake->link($two, 'shop')['code'], self::$fake->link($two, 'shop')['remote_id']]);
        self::assertSame([1, [['error', "$login has no link to shop."]]], array_values(self::wp('unlink', $login, '--site=shop')));

        self::assertSame([1, [['error', 'user' . (self::$count - 1) . ' does not wait for a confirmation on shop.']]], array_values(self::wp('confirm', (string) $one, '--site=shop')), 'waits for nothing');
        self::set($one, "due_at = NULL, code = 'unproven'");
        self::assertStringContainsString('1 user is confirmed', self::wp('confirm', '--all', '--site=shop')['said'][0][1]);
        self::assertTrue(self::$fake->jobs(fn () => self::wp('sync', (string) $one, '--site=shop'))[0]['proved']);
    }

    public function testALinkWhoseLoginIsNotKnownIsLookedAtAndToldOf(): void
    {
        self::user();
        $login = 'user' . self::$count;
        self::sql('UPDATE wp_rudr_sync_links SET remote_id = NULL, remote_login = NULL, trust = NULL');
        self::$fake->script(['status' => 'found', 'id' => 31, 'login' => 'annie', 'trust' => 'adopted', 'due' => 0], ['login' => 'annie']);
        $jobs = self::$fake->jobs(function () use ($login) {
            self::assertSame([0, [['success', "$login is linked to account 31 annie on shop and follows there."]]], array_values(self::wp('link', $login, '31', '--site=shop')));
        });
        self::assertSame([[31, null, 'named'], [31, 'annie', 'adopted']], array_map(fn (array $job) => [$job['remote_id'], $job['remote_login'], $job['trust']], $jobs));
    }

    public function testALinkThatProvedWrongDoesNotKeepTheAccountFromOthers(): void
    {
        [$one, $two] = [self::user(), self::user()];
        $login = 'user' . self::$count;
        self::sql('UPDATE wp_rudr_sync_links SET remote_id = NULL, remote_login = NULL, trust = NULL');
        foreach (['gone', 'identity_mismatch', 'privileged'] as $code) {
            self::$fake->script(['status' => 'rejected', 'code' => $code, 'message' => 'Somebody else.', 'forget' => true, 'id' => null]);
            self::assertSame([1, [['error', "$login is not linked to account 32 on shop: Somebody else."]]], array_values(self::wp('link', $login, '32', '--site=shop')), $code);
            self::assertNull(self::$fake->link($two, 'shop')['remote_id'] ?? null, $code);
            self::assertNotSame('unlinked', self::$fake->link($two, 'shop')['code'] ?? null, 'they go on following');
        }
        self::assertSame(0, self::wp('link', (string) $one, '32', '--site=shop')['exit']);
    }

    public function testALinkThatCouldNotBeLookedAtYetIsSaidToBeNoted(): void
    {
        $id = self::user();
        $login = 'user' . self::$count;
        self::sql('UPDATE wp_rudr_sync_links SET remote_id = NULL, remote_login = NULL, trust = NULL');
        self::$fake->script(['status' => 'retry', 'scope' => 'site', 'code' => 'timeout', 'message' => 'No answer.', 'due' => 60, 'id' => null, 'doubt' => 'before']);
        $ran = self::wp('link', $login, '33', '--site=shop');
        self::assertSame([1, [['warning', "It is noted that account 33 on shop is that of $login. The site could not be asked yet; it is as soon as it answers. No answer."]]], array_values($ran));
        self::assertSame('33', (string) self::$fake->link($id, 'shop')['remote_id']);
        self::assertSame(1, self::wp('link', $login, '34', '--site=shop', ['OFF' => '1'])['exit']);
        self::assertSame('33', (string) self::$fake->link($id, 'shop')['remote_id'], 'nothing is noted where nothing can be asked');
    }

    public function testWhomAPersonUnlinkedIsCountedApartAndNeedsNobody(): void
    {
        $id = self::user();
        $before = self::one(self::wp('status', '--site=shop'))[0];
        self::sql("UPDATE wp_rudr_sync_links SET code = 'unlinked', remote_id = NULL, synced_revision = revision, due_at = NULL WHERE user_id = $id");
        $after = self::one(self::wp('status', '--site=shop'))[0];
        self::assertSame([1, 0, 0, 0], array_map(fn (string $key) => $after[$key], ['unlinked', 'failed', 'partly', 'retrying']));
        self::assertSame($before['in_step'] + $before['waiting'] - 1, $after['in_step'] + $after['waiting']);
        // Marked by a change of their own, they still are.
        self::sql("UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP() - INTERVAL 1 HOUR WHERE user_id = $id");
        $marked = self::one(self::wp('status', '--site=shop'))[0];
        self::assertSame([1, 0, 0, null], array_map(fn (string $key) => $marked[$key], ['unlinked', 'failed', 'retrying', 'oldest']));
        self::assertStringContainsString('0 users are confirmed', self::wp('confirm', '--all', '--site=shop')['said'][0][1]);
        self::assertSame(0, self::wp('confirm', (string) $id, '--site=shop')['exit']);
        self::sql("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
    }

    public function testWhoNeedsAPersonIsNamed(): void
    {
        $ids = array_map(fn () => self::user(), range(1, 7));
        foreach ($ids as $id) {
            self::set($id, "due_at = NULL, code = 'conflict', message = 'Somebody else.'", 'shop');
        }
        self::set($ids[0], "due_at = NULL, code = 'key_missing', message = 'No key.'", 'shop');
        $texts = implode("\n", array_column(self::$fake->site->run('
            $desk = new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts());
            return (new RudrSync\Findings($desk->status, $desk->report, RudrSync\Plugin::parts()->identity))->all();
        '), 'text'));
        $names = array_map(fn (int $n) => 'user' . (self::$count - $n), range(0, 6));
        self::assertStringContainsString('7 users are not in step on shop, and no retry can help: ' . implode(', ', array_slice($names, 0, 5)) . ', 2 more.', $texts);
        self::assertStringContainsString("A password of 1 user ($names[6]) cannot go to shop", $texts);
    }

    public function testAnIdInUserMetaThatIsNotBelievedIsSaidToNeedConfirming(): void
    {
        $id = self::user();
        $login = 'user' . self::$count;
        self::$fake->site->run('update_user_meta($args[0], "user_id_2", 41);', [$id]);
        $words = fn (string $code, string $site) => self::$fake->site->run('
            $GLOBALS["wpdb"]->query("UPDATE wp_rudr_sync_links SET site = \"{$args[2]}\", remote_id = NULL, due_at = NULL, code = \"{$args[1]}\", message = \"Not theirs.\" WHERE user_id = $args[0] AND site <> \"forum\"");
            $desk = new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts());
            return RudrSync\Advice::words($desk->report->of([$args[0]], $args[2])[0]);
        ', [$id, $code, $site]);
        self::assertStringMatchesFormat("Not theirs. The user meta user_id_2 says that $login has account 41 on default.%Schoose Confirm.", $words('unproven', 'default'));
        self::assertStringMatchesFormat("Not theirs. The user meta user_id_2 %Ssay so: wp rudr-sync link $id 41 --site=default", $words('conflict', 'default'));
        self::assertSame('Not theirs.', $words('timeout', 'default'));
        self::assertSame('Not theirs.', $words('unproven', 'shop'), 'the tutorial knows one site');
    }

    public function testResumeDoesNotWaitForTheNextProbe(): void
    {
        self::wp('sync', (string) self::user()); // so that the sites have rows
        self::sql("UPDATE wp_rudr_sync_sites SET status = 'quarantined', state = 'failed', hold_until = UTC_TIMESTAMP() + INTERVAL 1 HOUR");
        self::wp('resume', '--site=shop');
        self::assertSame(['ok', 'quarantined'], array_column(self::one(self::wp('status')), 'state'));
    }

    public function testWorkDeliversWhatIsDueAndEnds(): void
    {
        $id = self::user();
        self::assertFalse(self::$fake->isInStep($id, 'shop'));
        self::assertSame(0, self::wp('work', '--once')['exit']);
        self::assertTrue(self::$fake->isInStep($id, 'shop'));
        self::assertSame(1, self::wp('work', '--max-time=soon')['exit']);
    }

    public function testNothingIsSentFromWhatMayBeACopyUntilSomebodySaysWhichItIs(): void
    {
        $copy = ['HOME_IS' => 'https://staging.example'];
        $id = self::user();
        $refused = self::wp('sync', (string) $id, $copy);
        self::assertSame(1, $refused['exit']);
        self::assertStringContainsString('identity moved', $refused['said'][0][1]);
        self::assertStringContainsString('identity moved', json_encode(self::wp('status', $copy)['said']));
        self::assertSame(1, self::wp('identity', 'perhaps', $copy)['exit']);
        self::assertSame(0, self::wp('identity', 'moved', $copy)['exit']);
        self::assertSame(0, self::wp('sync', (string) $id, $copy)['exit']);
        self::wp('identity', 'moved');
        $links = fn () => (int) self::$fake->site->db()->query('SELECT COUNT(*) FROM wp_rudr_sync_links')->fetch_row()[0];
        $before = $links();
        $refused = self::wp('identity', 'copy');
        self::assertSame(1, $refused['exit']);
        self::assertStringContainsString('--yes', $refused['said'][0][1]);
        self::assertSame($before, $links());
        self::assertGreaterThan(0, $before);

        $off = self::wp('work', '--once', ['OFF' => '1']);
        self::assertSame([1, [['error', 'The constant RUDR_SYNC_OFF keeps everything from being sent.']]], array_values($off));
    }

    private static function user(): int
    {
        $login = 'user' . ++self::$count;
        return self::$fake->site->createUser($login, "$login@example.org");
    }

    /** `wp rudr-sync WORDS`; an array is environment. */
    private static function wp(string|array ...$words): array
    {
        $environment = ['CLI' => '1'] + array_merge(...array_filter($words, 'is_array') ?: [[]]);
        return self::$fake->site->run('return WP_CLI::run($args);', array_values(array_filter($words, 'is_string')), $environment);
    }

    /** The rows that were printed last. */
    private static function one(array $ran, string $format = ''): array
    {
        foreach (array_reverse($ran['said']) as [$how, $what]) {
            if (is_array($what) && ($format === '' || $format === $how)) {
                return $what;
            }
        }
        self::fail('no rows: ' . json_encode($ran));
    }

    private static function sorted(array $ran): array
    {
        return array_map(static fn (array $row) => [$row['site'], $row['state']], self::one($ran));
    }

    private static function set(int $user, string $set, ?string $site = null): void
    {
        self::sql("UPDATE wp_rudr_sync_links SET $set WHERE user_id = $user" . ($site ? " AND site = '$site'" : ''));
    }

    private static function sql(string $sql): void
    {
        self::$fake->site->db()->query($sql);
    }
}
