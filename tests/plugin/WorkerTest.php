<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** The process that delivers for days. */
final class WorkerTest extends TestCase
{
    private const WORK = 'return RudrSync\Plugin::parts()->worker()->run(...$args);';

    private static Fake $fake;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('worker', 'newest', "
            define('RUDR_SYNC_DELIVERY', getenv('MODE') ?: 'cron');
            define('RUDR_SYNC_TIME_SCALE', (int) (getenv('SCALE') ?: 1));
            getenv('TWO') && define('RUDR_SYNC_SITES', array_fill_keys(['default', 'other'], ['url' => 'https://b.example', 'username' => 'u', 'password' => 'p']));
        ");
    }

    protected function setUp(): void
    {
        self::$fake->script();
        @unlink(self::$fake->site->folder . '/jobs.jsonl');
        self::sql('UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL, lease = NULL, lease_until = NULL');
        self::sql("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL, deliverer = NULL, slots = NULL, heartbeat = NULL, worker = NULL");
    }

    protected function tearDown(): void
    {
        self::assertSame([], self::$fake->site->errors());
        self::$fake->site->mark();
    }

    public function testOnceItDeliversWhatIsDueAndEnds(): void
    {
        [$one, $two] = [self::user(), self::user()];
        self::assertSame('done', self::$fake->site->run(self::WORK, [0, true]));
        self::assertTrue(self::$fake->isInStep($one) && self::$fake->isInStep($two));
        self::assertNull(self::site()['heartbeat'], 'who comes next need not wait for it');
        self::assertNull(self::site()['slots']);
    }

    /** An account of whose making the answer is not waited for is in doubt: left alone for a minute, then looked for. */
    public function testWhatIsUnderWayAtTheEndOfASitesTurnIsWaitedFor(): void
    {
        self::user();
        $calls = self::$fake->calls(static fn () => self::$fake->site->run('RudrSync\Plugin::parts()->delivery->run_due(RudrSync\Plugin::parts()->sites->all()["default"], 0.5, null, 7.0);'));
        self::assertEqualsWithDelta(7.5, $calls[0]['budget'], 0.5);

        self::user();
        $calls = self::$fake->calls(static fn () => self::$fake->site->run(self::WORK, [0, true]));
        self::assertEqualsWithDelta(30, $calls[0]['budget'], 1, 'a turn takes 20');
    }

    /** It may run for days: what WordPress keeps for the length of a request is thrown away, whatever object cache there is. */
    public function testAnObjectCacheFromBeforeWordPress61IsEmptiedToo(): void
    {
        // Core's own, without what 6.1 added.
        self::$fake->site->run('file_put_contents(WP_CONTENT_DIR . "/object-cache.php", strtr(file_get_contents(ABSPATH . WPINC . "/cache.php"), [
            "function wp_cache_supports(" => "function not_yet_supports(", "function wp_cache_flush_runtime(" => "function not_yet_flush_runtime(",
        ]));');
        try {
            $kept = self::$fake->site->run('wp_cache_set("kept", "outdated", "test"); RudrSync\Plugin::parts()->worker()->run(0, true); return wp_cache_get("kept", "test");');
            self::assertFalse($kept);
        } finally {
            self::$fake->site->run('unlink(WP_CONTENT_DIR . "/object-cache.php");');
        }
    }

    public function testAChangeIsDeliveredWithinASecond(): void
    {
        $worker = self::$fake->site->background(self::WORK, [0, false]);
        self::until(static fn () => (self::site()['heartbeat'] ?? null) !== null, 'it beats');
        usleep(2_000_000); // long enough that it rests as long as it ever does
        $id = self::user();
        $settled = microtime(true);
        self::until(static fn () => self::$fake->isInStep($id), 'it delivers');
        self::assertLessThan(1.3, microtime(true) - $settled);
        self::assertStringContainsString(gethostname(), self::site()['worker']);

        $worker->signal(SIGTERM);
        self::assertSame([0, '"done"'], self::ended($worker));
    }

    public function testAWorkerThatIsToldToEndFinishesItsBatch(): void
    {
        $ids = [self::user(), self::user()];
        self::$fake->script(['php' => 'usleep(1500000);']);
        $worker = self::$fake->site->background(self::WORK, [0, false]);
        self::until(static fn () => is_file(self::$fake->site->folder . '/jobs.jsonl'), 'it delivers');
        $worker->signal(SIGTERM);
        self::assertSame([0, '"done"'], self::ended($worker));
        self::assertTrue(self::$fake->isInStep($ids[0]) && self::$fake->isInStep($ids[1]));
        self::assertNull(self::$fake->link($ids[0])['lease']);
    }

    public function testItEndsWhenItsTimeIsOver(): void
    {
        $begun = microtime(true);
        self::assertSame('done', self::$fake->site->run(self::WORK, [1, false]));
        self::assertEqualsWithDelta(1.3, microtime(true) - $begun, 0.9);
    }

    public function testTwoWorkersPushEachUserExactlyOnce(): void
    {
        for ($i = 0; $i < 3; $i++) {
            self::user(); // the site has its row
        }
        self::$fake->site->run('
            global $wpdb;
            for ($i = 1; $i <= 300; $i++) {
                $wpdb->insert($wpdb->users, ["user_login" => "many$i", "user_nicename" => "many$i", "user_email" => "many$i@example.org", "user_pass" => "\$P\$B" . str_repeat("x", 30)]);
                $wpdb->query("INSERT INTO wp_rudr_sync_links (site, user_id, revision, due_at) VALUES (\'default\', $wpdb->insert_id, 1, UTC_TIMESTAMP())");
            }
        ');
        $workers = array_map(static fn () => self::$fake->site->background(self::WORK, [0, true]), range(1, 3));
        foreach ($workers as $worker) {
            self::assertSame([0, '"done"'], self::ended($worker));
        }
        $jobs = array_map(static fn (string $line) => json_decode($line, true)['user_id'], file(self::$fake->site->folder . '/jobs.jsonl'));
        self::assertCount(303, $jobs);
        self::assertSame($jobs, array_unique($jobs));
        self::assertSame('0', self::sql('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE revision <> synced_revision OR lease IS NOT NULL')->fetch_row()[0]);
    }

    public function testNobodyGetsMoreRequestsThanTheSiteAllows(): void
    {
        $taken = self::$fake->site->run('
            $parts = RudrSync\Plugin::parts();
            $parts->rows->get("default");
            $slots = new RudrSync\Slots($GLOBALS["wpdb"], $parts->rows);
            $take  = fn ($who, $seconds = 60) => $slots->take("default", $who, 8, $seconds);
            $all   = [$take("a"), $take("b"), $take("a"), $take("b"), $take("c"), $take("a"), $take("b"), $take("c")];
            $slots->leave("default", "a");
            $slots->leave("default", "b");
            $all[] = $take("c");
            return $all;
        ');
        // The first has all; the second waits, and is then given half; and so on.
        self::assertSame([8, 0, 4, 4, 0, 3, 3, 2, 8], $taken);
    }

    public function testAPageDoesNotWaitLongForOthersToLeaveItARequest(): void
    {
        self::user(); // the site has its row
        // Whoever has the only request would be done while a worker waited for it.
        self::sql("UPDATE wp_rudr_sync_sites SET slots = CONCAT('{\"other\":[1,', UNIX_TIMESTAMP() + 28, ']}')");
        $id = self::$fake->site->run('return wp_insert_user(["user_login" => "visitor", "user_email" => "visitor@example.org", "user_pass" => "x"]);', [], ['MODE' => 'inline']);
        self::assertFalse(self::$fake->isInStep($id));
        self::assertNull(self::$fake->link($id)['lease']);
        self::assertStringContainsString('other', self::site()['slots']);

        self::sql('UPDATE wp_rudr_sync_sites SET slots = NULL');
        self::$fake->site->run('wp_update_user(["ID" => $args[0], "first_name" => "Second"]);', [$id], ['MODE' => 'inline']);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testWhatADeadWorkerHeldIsTakenOver(): void
    {
        $id = self::user();
        self::$fake->script(['php' => 'posix_kill(getmypid(), SIGKILL);']);
        $worker = self::$fake->site->background(self::WORK, [0, true]);
        self::assertNotSame(0, $worker->end()[0]);
        self::assertNotNull(self::$fake->link($id)['lease']);
        self::$fake->script();
        self::assertSame([], self::$fake->jobs(static fn () => self::$fake->site->run(self::WORK, [0, true])), 'as long as it may live');
        self::sql('UPDATE wp_rudr_sync_links SET lease_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE lease IS NOT NULL');
        self::sql('UPDATE wp_rudr_sync_sites SET slots = NULL'); // they run out as well
        self::$fake->site->run(self::WORK, [0, true]);
        self::assertTrue(self::$fake->isInStep($id));
    }

    public function testItEndsToBeStartedAnewWhenThePluginHasChangedUnderIt(): void
    {
        $worker = self::$fake->site->background(self::WORK, [60, false], ['SCALE' => '60']);
        self::until(static fn () => (self::site()['heartbeat'] ?? null) !== null, 'it works');
        $file = Lab::root() . '/php/rudr-sync/src/changed-by-a-test.php';
        try {
            file_put_contents($file, "<?php\n");
            self::assertSame([0, '"changed"'], self::ended($worker));
        } finally {
            unlink($file);
        }
    }

    /** Whoever registers there does not wait for the thousands that are made up for here. */
    public function testALiveChangeOfAnotherSiteGoesBeforeTheRestOfABackfill(): void
    {
        $id = self::user();
        $many = self::$fake->site->run('return array_map(fn ($i) => wp_insert_user(["user_login" => "pile$i", "user_email" => "pile$i@example.org", "user_pass" => "x"]), range(1, 60));');
        self::sql('UPDATE wp_rudr_sync_links SET synced_revision = revision, due_at = NULL');
        self::sql('UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP(), priority = 9 WHERE user_id IN (' . implode(',', $many) . ')');
        // It comes while the first batch is under way.
        self::$fake->script(['php' => "usleep(1100000);
            \$GLOBALS['wpdb']->query(\"INSERT INTO wp_rudr_sync_links (site, user_id, revision, due_at) VALUES ('other', $id, 1, UTC_TIMESTAMP())\");"]);
        try {
            $jobs = self::$fake->jobs(static fn () => self::$fake->site->run(self::WORK, [0, true], ['TWO' => '1']));
            self::assertCount(61, $jobs);
            self::assertSame(20, array_search($id, array_column($jobs, 'user_id'), true), 'after the batch');
            self::sql("UPDATE wp_rudr_sync_links SET synced_revision = 0, due_at = UTC_TIMESTAMP() WHERE site = 'other'");
            $waits = 'return RudrSync\Plugin::parts()->links->is_live_due(["other"]);';
            self::assertTrue(self::$fake->site->run($waits));
            self::sql("UPDATE wp_rudr_sync_sites SET status = 'quarantined' WHERE name = 'other'");
            self::assertFalse(self::$fake->site->run($waits), 'a site that takes nothing holds nobody up');
        } finally {
            self::sql("DELETE FROM wp_rudr_sync_links WHERE site = 'other'");
            self::sql("DELETE FROM wp_rudr_sync_sites WHERE name = 'other'");
        }
    }

    /** To deactivate it is how an administrator stops an accident: also in the middle of a pile. */
    public function testItEndsAfterTheBatchWhenThePluginIsDeactivated(): void
    {
        $ids = array_map(static fn () => self::user(), range(1, 25)); // two batches
        self::$fake->script(['php' => 'usleep(1100000);
            $GLOBALS["wpdb"]->query("UPDATE wp_options SET option_value = \'a:0:{}\' WHERE option_name = \'active_plugins\'");']);
        try {
            $worker = self::$fake->site->background(self::WORK, [0, false]);
            self::assertSame([0, '"off"'], self::ended($worker));
            self::assertCount(20, file(self::$fake->site->folder . '/jobs.jsonl'));
            self::assertCount(5, array_filter($ids, static fn (int $id) => !self::$fake->isInStep($id)));
            self::assertNull(self::site()['heartbeat']);
        } finally {
            self::$fake->site->run('activate_plugin("rudr-sync/rudr-sync.php");');
        }
    }

    public function testItEndsWhenItIsDeactivatedWhileItRests(): void
    {
        $worker = self::$fake->site->background(self::WORK, [0, false]);
        self::until(static fn () => (self::site()['heartbeat'] ?? null) !== null, 'it works');
        try {
            self::$fake->site->run('deactivate_plugins("rudr-sync/rudr-sync.php");');
            self::assertSame([0, '"off"'], self::ended($worker));
        } finally {
            self::$fake->site->run('activate_plugin("rudr-sync/rudr-sync.php");');
        }
    }

    /** Whoever loads it from mu-plugins has no way to deactivate it. */
    public function testItWorksWhereThePluginIsLoadedInAnotherWay(): void
    {
        $id = self::user();
        self::sql("UPDATE wp_options SET option_value = 'a:0:{}' WHERE option_name = 'active_plugins'");
        try {
            $loaded = 'require_once WP_PLUGIN_DIR . "/rudr-sync/rudr-sync.php"; return RudrSync\Plugin::parts()->worker()->run(...$args);';
            self::assertSame('done', self::$fake->site->run($loaded, [2, false]));
            self::assertTrue(self::$fake->isInStep($id));
        } finally {
            self::$fake->site->run('activate_plugin("rudr-sync/rudr-sync.php");');
        }
    }

    public function testItGoesOnWhenTheDatabaseHasHungUp(): void
    {
        $worker = self::$fake->site->background(self::WORK, [0, false]);
        self::until(static fn () => (self::site()['heartbeat'] ?? null) !== null, 'it works');
        $killed = 0;
        $db = self::$fake->site->db();
        foreach ($db->query('SHOW PROCESSLIST')->fetch_all(MYSQLI_ASSOC) as $connection) {
            if ($connection['db'] === self::$fake->site->database && (int) $connection['Id'] !== $db->thread_id) {
                $db->query("KILL {$connection['Id']}");
                $killed++;
            }
        }
        self::assertGreaterThan(0, $killed);
        $id = self::user();
        self::until(static fn () => self::$fake->isInStep($id), 'it delivers');
        $worker->signal(SIGTERM);
        self::assertSame(0, $worker->end()[0]);
        self::$fake->site->mark(); // WordPress logs the statement that met the hang-up
    }

    public function testWhileTheDatabaseIsAwayItWaitsAndIsToldToEnd(): void
    {
        [$told, $worker] = array_map(static function (): Background {
            $one = self::$fake->site->background(self::WORK, [0, false]);
            self::until(static fn () => str_contains((string) (self::site()['worker'] ?? ''), " {$one->pid()} "), 'it works');
            return $one;
        }, range(1, 2));
        self::stopDatabase();
        try {
            $told->signal(SIGTERM);
            self::assertSame([0, '"done"'], self::ended($told, 20));
            self::assertTrue($worker->runs());
        } finally {
            self::startDatabase();
        }
        $id = self::user();
        self::until(static fn () => self::$fake->isInStep($id), 'it delivers');
        $worker->signal(SIGTERM);
        self::assertSame([0, '"done"'], self::ended($worker));
        self::$fake->site->mark(); // WordPress logs the statement that met the hang-up
    }

    /** What is under way is left as by a process that died: its lease ends by itself. */
    public function testInTheMiddleOfABatchTooItDoesNotWaitBeyondItsTime(): void
    {
        foreach (['told' => 0, 'its time is over' => 3] as $why => $seconds) {
            $ids = array_map(static fn () => self::user(), range(1, 3));
            $worker = self::withoutDatabaseInABatch([$seconds, false]);
            try {
                $seconds || $worker->signal(SIGTERM);
                self::assertSame([0, '"done"'], self::ended($worker, 20), $why);
            } finally {
                self::startDatabase();
            }
            self::assertNotNull(self::$fake->link($ids[0])['lease'], $why);
            self::assertStringContainsString('the database is away', implode(self::$fake->site->errors()));
            $this->setUp();
        }
        self::$fake->site->mark();
    }

    public function testABatchIsFinishedWhenTheDatabaseIsBack(): void
    {
        $id = self::user();
        $worker = self::withoutDatabaseInABatch([0, false]);
        try {
            self::assertTrue($worker->runs());
        } finally {
            self::startDatabase();
        }
        self::until(static fn () => self::$fake->isInStep($id), 'it writes back');
        $worker->signal(SIGTERM);
        self::assertSame([0, '"done"'], self::ended($worker));
        self::$fake->site->mark();
    }

    public function testItsMemoryStaysFlat(): void
    {
        $ids = array_map(static fn () => self::user(), range(1, 20));
        $grown = self::$fake->site->run('
            define("SAVEQUERIES", true);
            // What other plugins cache of each user.
            add_action("rudr_sync_delivered", fn () => wp_cache_set(uniqid("", true), str_repeat("x", 1000)));
            $memory = [];
            $worker = RudrSync\Plugin::parts()->worker();
            for ($i = 0; $i < 60; $i++) {
                $GLOBALS["wpdb"]->query("UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP() WHERE user_id IN (" . implode(",", $args) . ")");
                $worker->run(0, true);
                $memory[] = memory_get_usage();
            }
            return $memory[59] - $memory[10];
        ', $ids);
        self::assertLessThan(100_000, $grown);
    }

    private static function user(): int
    {
        $login = 'user' . ++self::$count;
        return self::$fake->site->run('return wp_insert_user(wp_slash($args));', [
            'user_login' => $login, 'user_email' => "$login@example.org", 'user_pass' => Lab::PASSWORD, 'role' => 'subscriber',
        ]);
    }

    /** @return array{int, string} exit status and what it returned */
    private static function ended(Background $worker, int $seconds = 30): array
    {
        [$status, $output] = $worker->end($seconds);
        return [$status, preg_match('/^{"result":(.*),"output":""}$/', $output, $part) ? $part[1] : $output];
    }

    /** A worker that has sent its batch and cannot write it back. */
    private static function withoutDatabaseInABatch(array $args): Background
    {
        $folder = self::$fake->site->folder;
        self::$fake->script(['php' => 'touch("$folder/at-it"); while (!is_file("$folder/go-on")) { usleep(1000); clearstatcache(); }']);
        $worker = self::$fake->site->background(self::WORK, $args);
        self::until(static fn () => is_file("$folder/at-it"), 'it delivers');
        self::stopDatabase();
        touch("$folder/go-on");
        self::until(static fn () => file_get_contents("$folder/script.json") === '[]', 'it has its answers');
        unlink("$folder/at-it");
        unlink("$folder/go-on");
        return $worker;
    }

    private static function stopDatabase(): void
    {
        $pid = (int) file_get_contents(Lab::run() . '/database.pid');
        self::assertTrue(posix_kill($pid, SIGTERM));
        self::until(static fn () => @file_get_contents("/proc/$pid/cmdline") <= '', 'the database ends');
    }

    private static function startDatabase(): void
    {
        Shell::run([Lab::root() . '/tests/lab/lab.sh', 'database'], ['LAB' => (string) getenv('LAB')]);
    }

    private static function until(callable $is, string $what): void
    {
        $end = microtime(true) + 20;
        while (!$is()) {
            self::assertLessThan($end, microtime(true), "in time $what");
            usleep(10_000);
        }
    }

    private static function site(): array
    {
        return self::sql("SELECT * FROM wp_rudr_sync_sites WHERE name = 'default'")->fetch_assoc() ?? [];
    }

    private static function sql(string $sql): \mysqli_result|bool
    {
        return self::$fake->site->db()->query($sql);
    }
}
