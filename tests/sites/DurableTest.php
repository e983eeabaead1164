<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Changes that wait: for the end of the response, for WP-Cron, for a worker, for a remote that is away. Time runs 60 times faster. */
final class DurableTest extends SitesTestCase
{
    private const CRON = 'RudrSync\Plugin::parts()->cron->run();';
    private const WORK = 'return RudrSync\Plugin::parts()->worker()->run(...$args);';

    private static Pair $pair;

    public static function setUpBeforeClass(): void
    {
        self::$pair = Pair::make('adurable', 'newest', 'bdurable', 'newest', [
            'config' => "define('RUDR_SYNC_DELIVERY', getenv('MODE') ?: (PHP_SAPI === 'cli' ? 'cron' : 'after'));
                define('RUDR_SYNC_TIME_SCALE', (int) (getenv('SCALE') ?: 60));",
        ]);
        $key = self::$pair->a->folder . '/key';
        file_put_contents($key, base64_encode(random_bytes(32)));
        self::$pair->a->ini(['rudr_sync.key_file' => $key, 'rudr_sync.timeout' => '2']);
        self::$pair->a->restart();
    }

    protected function tearDown(): void
    {
        @unlink(self::broken());
    }

    public function testAVisitorDoesNotWaitForTheRemoteAndTheUserFollows(): void
    {
        $pair = self::$pair;
        // WP-Cron's minute until it looks what became of an unanswered create must outlast what the remote sleeps.
        $slower = ['SCALE' => '6'];
        $pair->a->register('anna', 'anna@example.org');
        $pair->a->setPasswordByLink($pair->a->resetLink('anna@example.org'), 'annas-Password');
        $id = (int) $pair->a->user('anna')['ID'];
        $left = false;
        self::until(static function () use ($pair, $id, $slower, &$left): bool {
            // Too slow a machine for two seconds a request: then pages leave it to WP-Cron.
            $left = $left || self::row()['deliverer'] === 'sweeps-only';
            if ($left) {
                $pair->a->run(self::CRON, [], $slower);
            }
            return self::isInStep($id);
        }, 'she follows', 120);
        self::assertFollows($pair, $id, 'annas-Password');

        self::break('sleep(4);');
        $pair->a->asAdmin(); // php-fpm has a child, WordPress its caches
        $begun = microtime(true);
        for ($i = 1; $i <= 5; $i++) {
            $pair->a->register("berta$i", "berta$i@example.org");
        }
        self::assertLessThan(4.0, microtime(true) - $begun, 'five pages while the remote hangs; waiting for it would take two seconds each');
        self::until(static fn () => self::row()['deliverer'] === null || self::row()['deliverer'] === 'sweeps-only', 'the one page that met it gives up');
        self::mend();
        $ids = array_map(static fn (int $i) => (int) $pair->a->user("berta$i")['ID'], range(1, 5));
        self::until(static function () use ($pair, $ids, $slower): bool {
            $pair->a->run(self::CRON, [], $slower);
            return array_filter($ids, static fn (int $id) => !self::isInStep($id)) === [];
        }, 'they follow', 90);
        foreach (range(1, 5) as $i) {
            self::assertSame('1', self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login = 'berta$i'"));
        }
    }

    /** What a remote that is away answers, and whether that speaks of us. */
    public static function outages(): array
    {
        return [
            'a 502 page' => ['http_response_code(502); echo "<html>Bad gateway</html>"; exit;'],
            'maintenance' => ['http_response_code(503); header("Retry-After: 60"); echo "<html>Briefly unavailable</html>"; exit;'],
            'a parking page' => ['header("Content-Type: text/html"); echo "<html>This domain is for sale</html>"; exit;'],
            'a redirect' => ['header("Location: https://elsewhere.example/", true, 301); exit;'],
        ];
    }

    /** @dataProvider outages */
    public function testAnOutageSpendsNoAttemptFailsNobodyAndIsMadeUpFor(string $answer): void
    {
        $pair = self::$pair;
        $people = [$pair->a->createUser($one = Pair::login(), "$one@example.org", 'author', 'one-Password'), $pair->a->createUser($two = Pair::login(), "$two@example.org")];
        self::break($answer);
        $probes = 0;
        for ($hour = 0; $hour < 3; $hour++) {
            $requests = $pair->requests(static fn () => $pair->a->run(self::CRON . self::CRON . self::CRON));
            $probes += count($requests);
            self::sql('UPDATE wp_rudr_sync_sites SET hold_until = UTC_TIMESTAMP()');
        }
        self::assertLessThanOrEqual(8, $probes, 'one look each time, and the first delivery');
        self::assertSame('paused', self::row()['status']);
        foreach ($people as $id) {
            $link = $pair->link($id);
            self::assertSame(['0', '0'], [(string) $link['attempts'], (string) $link['failing']], (string) $link['message']);
            self::assertNotNull($link['due_at']);
            self::assertNotNull($link['secret']);
        }

        self::mend();
        $requests = [];
        self::until(function () use ($pair, $people, &$requests): bool {
            array_push($requests, ...$pair->requests(static fn () => $pair->a->run(self::CRON)));
            return self::isInStep($people[0]) && self::isInStep($people[1]);
        }, 'they follow', 90);
        self::assertSame('GET /wp-json/wp/v2/users', $requests[0], 'one small question first');
        self::assertFollows($pair, $people[0], 'one-Password', ['roles' => ['author']]);
        self::assertNull($pair->link($people[0])['secret']);
    }

    public function testASiteThatAsksToBeLeftAloneIs(): void
    {
        $pair = self::$pair;
        $ids = array_map(static fn () => $pair->a->createUser($login = Pair::login(), "$login@example.org"), range(1, 8));
        self::break('http_response_code(429); header("Retry-After: 30"); header("Content-Type: application/json"); echo \'{"code":"busy","message":"Busy","data":{"status":429}}\'; exit;');
        $slow = ['SCALE' => '1'];
        self::assertLessThanOrEqual(4, count($pair->requests(static fn () => $pair->a->run(self::CRON, [], $slow))));
        self::assertGreaterThan(28, (int) self::sql('SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), hold_until) FROM wp_rudr_sync_sites')->fetch_row()[0]);
        self::mend();
        self::assertSame([], $pair->requests(static fn () => $pair->a->run(self::CRON . self::CRON, [], $slow)));
        self::sql('UPDATE wp_rudr_sync_sites SET hold_until = UTC_TIMESTAMP()');
        self::sql('UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP() WHERE due_at IS NOT NULL');
        $pair->a->run(self::CRON, [], $slow);
        foreach ($ids as $id) {
            self::assertTrue(self::isInStep($id), json_encode($pair->link($id)));
        }
    }

    public function testARevokedPasswordQuarantinesTheSiteAndANewOneResumesIt(): void
    {
        $pair = self::$pair;
        $id = $pair->a->createUser($login = Pair::login(), "$login@example.org");
        $pair->b->run('WP_Application_Passwords::delete_all_application_passwords(1);');
        for ($time = 0; $time < 5; $time++) {
            $pair->a->run(self::CRON);
            self::sql('UPDATE wp_rudr_sync_sites SET hold_until = UTC_TIMESTAMP()');
            self::sql('UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP() WHERE due_at IS NOT NULL');
        }
        self::assertSame('quarantined', self::row()['status']);
        self::assertSame('0', (string) $pair->link($id)['attempts']);
        self::assertNotNull($pair->link($id)['due_at']);
        self::assertStringContainsString('until it is given a new application password', $pair->a->asAdmin()->get('wp-admin/')->body);

        $pair->a->sitesFile(['default' => $pair->b]);
        $pair->a->run(self::CRON);
        self::assertSame('ok', self::row()['status']);
        self::assertStringNotContainsString('refuses us', $pair->a->asAdmin()->get('wp-admin/')->body);
        self::assertTrue(self::isInStep($id), json_encode($pair->link($id)));
    }

    public function testWorkersPushEachUserOnceAndNeverMoreAtOnceThanTheSiteAllows(): void
    {
        $pair = self::$pair;
        self::sql('UPDATE wp_rudr_sync_links SET due_at = NULL'); // those of other tests stay away
        self::import('crowd', 40);
        $pair->b->mark();
        $workers = array_map(static fn () => $pair->a->background(self::WORK, [0, true]), range(1, 3));
        foreach ($workers as $worker) {
            self::assertSame(0, $worker->end(90)[0]);
        }
        $pushes = array_filter($pair->b->requests(), static fn (array $request) => $request['method'] === 'POST');
        $givenUp = array_filter($pushes, static fn (array $request) => $request['status'] === 499);
        // Where a machine is too slow for what a delivery is given, what was given up goes again.
        self::assertLessThanOrEqual(40 + count($givenUp), count($pushes));
        self::assertSame('40', self::onB("SELECT COUNT(DISTINCT user_login) FROM wp_users WHERE user_login LIKE 'crowd%'"));
        self::assertSame('40', self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'crowd%'"));
        self::assertLessThanOrEqual(4, self::at_once($pushes));
    }

    public function testAWorkerThatIsKilledLosesAndDoublesNobody(): void
    {
        $pair = self::$pair;
        self::import('kill', 30);
        for ($kill = 0; $kill < 4; $kill++) {
            $before = (int) self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'kill%'");
            $worker = $pair->a->background(self::WORK, [0, false]);
            self::until(static fn () => !$worker->runs() || (int) self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'kill%'") > $before, 'it works', 60);
            $worker->signal(SIGKILL);
        }
        self::until(static function () use ($pair): bool {
            $pair->a->run(self::WORK, [3, true]);
            return self::sql("SELECT COUNT(*) FROM wp_rudr_sync_links l JOIN wp_users u ON u.ID = l.user_id WHERE u.user_login LIKE 'kill%' AND revision <> synced_revision")->fetch_row()[0] === '0';
        }, 'everybody follows', 120);
        self::assertSame('30', self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'kill%'"));
        self::assertSame('0', self::sql('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE lease IS NOT NULL')->fetch_row()[0]);
    }

    public function testAStoppedWorkersWorkIsTakenOverAndItDoesNoHarmWhenItGoesOn(): void
    {
        $pair = self::$pair;
        self::import('stop', 30);
        $worker = $pair->a->background(self::WORK, [0, false]);
        self::until(static fn () => (int) self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'stop%'") > 0, 'it works');
        $worker->signal(SIGSTOP);
        self::until(static function () use ($pair): bool {
            $pair->a->run(self::CRON);
            return self::sql("SELECT COUNT(*) FROM wp_rudr_sync_links l JOIN wp_users u ON u.ID = l.user_id WHERE u.user_login LIKE 'stop%' AND revision <> synced_revision")->fetch_row()[0] === '0';
        }, 'others deliver', 120);
        $worker->signal(SIGCONT);
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->end()[0]);
        self::assertSame('30', self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'stop%'"));
        self::assertSame('0', self::sql('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE revision <> synced_revision OR lease IS NOT NULL')->fetch_row()[0]);
    }

    public function testWhoRegistersDoesNotWaitForABackfill(): void
    {
        $pair = self::$pair;
        self::import('backfill', 200, 9);
        $worker = $pair->a->background(self::WORK, [0, false]);
        self::until(static fn () => (int) self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'backfill%'") > 5, 'it works');
        $begun = microtime(true);
        $id = $pair->a->createUser($login = Pair::login(), "$login@example.org", 'subscriber', 'at-once');
        self::until(static fn () => self::isInStep($id), 'they follow');
        self::assertLessThan(6.0, microtime(true) - $begun);
        self::assertLessThan(200, (int) self::onB("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE 'backfill%'"), 'others still wait');
        self::assertFollows($pair, $id, 'at-once');
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->end(60)[0]);
    }

    /** So many users who were never delivered, as from an import by SQL. */
    private static function import(string $name, int $number, int $priority = 0): void
    {
        self::$pair->a->run('
            global $wpdb;
            for ($i = 1; $i <= $args[1]; $i++) {
                $login = $args[0] . $i;
                $wpdb->insert($wpdb->users, ["user_login" => $login, "user_nicename" => $login, "user_email" => "$login@example.org", "user_pass" => "\$P\$B" . str_repeat("x", 30)]);
                $wpdb->query("INSERT INTO wp_rudr_sync_links (site, user_id, revision, due_at, priority) VALUES (\'default\', $wpdb->insert_id, 1, UTC_TIMESTAMP(), {$args[2]})");
            }
        ', [$name, $number, $priority]);
    }

    /** How many of these were under way at once. */
    private static function at_once(array $requests): int
    {
        $changes = [];
        foreach ($requests as $request) {
            // nginx rounds to milliseconds.
            array_push($changes, [$request['time'] - $request['took'] + 0.002, 1], [$request['time'] - 0.002, -1]);
        }
        sort($changes);
        $now = $most = 0;
        foreach ($changes as [, $change]) {
            $most = max($most, $now += $change);
        }
        return $most;
    }

    private static function broken(): string
    {
        return self::$pair->b->folder . '/wp-content/mu-plugins/broken.php';
    }

    /** From now on B does that instead of answering REST requests. */
    private static function break(string $code): void
    {
        file_put_contents(self::broken(), '<?php if (str_contains($_SERVER["REQUEST_URI"] ?? "", "wp-json")) { ' . $code . ' }');
    }

    private static function mend(): void
    {
        unlink(self::broken());
    }

    private static function isInStep(int $id): bool
    {
        $link = self::$pair->link($id);
        return $link !== null && $link['revision'] === $link['synced_revision'] && $link['lease'] === null;
    }

    private static function row(): array
    {
        return self::sql('SELECT * FROM wp_rudr_sync_sites')->fetch_assoc();
    }

    private static function sql(string $sql): \mysqli_result|bool
    {
        return self::$pair->a->db()->query($sql);
    }

    /** On B. */
    private static function onB(string $sql): string
    {
        return self::$pair->b->db()->query($sql)->fetch_row()[0];
    }

    private static function until(callable $is, string $what, int $seconds = 20): void
    {
        $end = microtime(true) + $seconds;
        while (!$is()) {
            self::assertLessThan($end, microtime(true), "in time $what");
            usleep(50_000);
        }
    }
}
