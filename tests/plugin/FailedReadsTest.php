<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** The database would not say: that is never taken for "there is nothing", and no page breaks of it. */
final class FailedReadsTest extends TestCase
{
    private const CRON = 'RudrSync\Plugin::parts()->cron->run();';

    /** PHP: each statement with that in it fails from here on, in this process. */
    private const BREAK = 'add_filter("query", static fn ($sql) => str_contains($sql, "BROKEN") ? "SELECT 1 FROM no_such_table" : $sql);';

    private const ROWS = 'user_registered, display_name FROM wp_users';
    private const META = 'SELECT user_id, meta_key, meta_value FROM wp_usermeta';
    private const SITE = 'SELECT state, status,';

    private static Fake $fake;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('failed_reads', 'newest', "define('RUDR_SYNC_DELIVERY', 'cron');");
    }

    protected function tearDown(): void
    {
        self::assertNotEmpty(preg_grep('/rudr-sync: .*Database_Error: .*no_such_table/', self::$fake->site->errors()), 'it is said');
        self::$fake->site->mark();
        self::$fake->script();
        self::$fake->endHold();
    }

    /** @dataProvider reads */
    public function testNothingIsSentOrErasedAndTheNextDeliveryBringsEverything(string $read): void
    {
        $id = self::followed();
        self::$fake->site->run('wp_update_user(["ID" => $args[0], "first_name" => "New", "user_pass" => "new one"]);', [$id]);
        $secret = self::$fake->link($id)['secret'];
        self::assertNotNull($secret);

        self::assertSame([], self::jobs(self::broken($read) . self::CRON));
        $link = self::$fake->link($id);
        self::assertSame([$secret, null, null], [$link['secret'], $link['code'], $link['lease']]);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertNotNull($link['due_at']);

        $jobs = self::jobs(self::CRON);
        self::assertSame([['New', ['subscriber'], $secret]], array_map(static fn (array $job) => [$job['user']['first_name'], $job['user']['roles'], $job['secret']], $jobs));
        self::assertTrue(self::$fake->isInStep($id));
    }

    public static function reads(): array
    {
        return [
            'the users' => [self::ROWS],
            'their meta' => [self::META],
            'the links that were taken' => ['SELECT site, user_id, remote_id'],
            'the links that are ours still' => ['lease_until >= UTC_TIMESTAMP()'],
            'how the site does' => [self::SITE],
        ];
    }

    public function testNobodyIsSentIntoTheAccountOfSomebodyWhoIsStillToBeRemoved(): void
    {
        $id = self::user();
        self::assertSame([], self::jobs(self::broken('NOT EXISTS (SELECT 1 FROM wp_users u WHERE u.ID = l.user_id)') . self::CRON));
        self::assertCount(1, self::jobs(self::CRON));
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testWhoIsStillHereIsNotRemoved(): void
    {
        $id = self::followed();
        self::$fake->site->run('do_action("delete_user", $args[0], null, get_userdata($args[0]));', [$id]);
        self::assertSame([], self::jobs(self::broken(self::ROWS) . self::CRON));
        self::assertSame('absent', self::$fake->link($id)['want']);
        self::assertSame(['put'], array_column(self::jobs(self::CRON), 'op'));
    }

    public function testARemovalWaitsUntilItIsKnownWhoInheritsThere(): void
    {
        [$id, $heir] = [self::followed(), self::followed()];
        self::$fake->site->run('require_once ABSPATH . "wp-admin/includes/user.php"; wp_delete_user($args[0], $args[1]);', [$id, $heir]);
        self::assertSame([], self::jobs(self::broken('SELECT remote_id, want, reassign FROM') . self::CRON));
        self::assertSame([1000 + $heir], array_column(self::jobs(self::CRON), 'reassign'));
    }

    public function testASiteThatIsLeftAloneStaysSo(): void
    {
        $id = self::user();
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_sites SET status = 'paused', hold_until = UTC_TIMESTAMP() + INTERVAL 1 HOUR");
        self::assertSame([], self::jobs(self::broken(self::SITE) . self::CRON));
        self::assertSame('paused', self::$fake->site->db()->query('SELECT status FROM wp_rudr_sync_sites')->fetch_row()[0]);
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_sites SET status = 'ok', hold_until = NULL");
        self::assertCount(1, self::jobs(self::CRON));
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testWhoWasCutOffWhileTheyWereMadeIsNotPassedOver(): void
    {
        $id = self::followed();
        self::$fake->site->db()->query("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        self::$fake->site->db()->query("UPDATE wp_users SET user_registered = '2020-01-01' WHERE ID = $id");
        self::$fake->site->db()->query('UPDATE wp_rudr_sync_sites SET swept_user_id = ' . ($id - 1));
        self::$fake->site->run(self::broken('l.user_id IS NULL ORDER BY') . self::CRON);
        self::assertNull(self::$fake->link($id));
        self::$fake->site->run(self::CRON);
        self::assertNotNull(self::$fake->link($id));
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL WHERE user_id = $id");
    }

    /** Whose account it is cannot be said: what was sent stays noted as a try, and it is looked at again. */
    public function testAnAccountThatAnotherMayHoldIsNotNoted(): void
    {
        $id = self::user();
        self::$fake->script(['status' => 'rejected', 'code' => 'conflict', 'id' => 77]);
        $jobs = self::jobs(self::broken('AND remote_id = 77') . self::CRON);
        self::assertCount(2, $jobs);
        self::assertNotNull($jobs[1]['tried_at']);
        self::assertSame($jobs[0]['secret'], $jobs[1]['secret']);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testAPageGoesOn(): void
    {
        $id = self::followed();
        $done = self::$fake->site->run(self::broken(self::ROWS) . self::broken('SELECT DISTINCT user_id FROM') . '
            wp_set_password("new one", $args[0]);
            do_action("after_password_reset", get_userdata($args[0]), "new one");
            delete_metadata("user", 0, "nickname", "", true);
            return apply_filters("rudr_sync_password_stands", "as it was", $args[0]);', [$id]);
        self::assertSame('as it was', $done);
        self::assertNotNull(self::$fake->link($id)['due_at']);
        self::$fake->site->run(self::CRON);
    }

    /** One that was erased for nothing would be gone; one that is kept for nothing is erased by the next delivery. */
    public function testAPasswordIsKeptWhereNobodySaysWhetherTheSiteNeedsIt(): void
    {
        $id = self::followed();
        self::$fake->site->run(self::broken(self::SITE) . 'wp_set_password("new one", $args[0]);', [$id]);
        self::assertNotNull(self::$fake->link($id)['secret']);
        self::$fake->site->run(self::CRON);
        self::assertNull(self::$fake->link($id)['secret']);
    }

    private static function broken(string $read): string
    {
        return str_replace('BROKEN', $read, self::BREAK);
    }

    private static function jobs(string $code): array
    {
        return self::$fake->jobs(fn () => self::$fake->site->run($code));
    }

    private static function user(): int
    {
        $login = 'read' . ++self::$count;
        return self::$fake->site->createUser($login, "$login@example.org");
    }

    /** A user in step. */
    private static function followed(): int
    {
        $id = self::user();
        self::$fake->site->run(self::CRON);
        self::assertTrue(self::$fake->isInStep($id));
        return $id;
    }
}
