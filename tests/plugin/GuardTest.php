<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** The guard against accidents: how it counts, and what becomes of what it holds. Three destructive changes an hour are allowed. */
final class GuardTest extends TestCase
{
    private const WORK = 'return RudrSync\Plugin::parts()->worker()->run(0, true);';

    private static Fake $fake;
    private static int $count = 0;
    private static string $first = '';

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('guard', 'newest', "
            define('RUDR_SYNC_DELIVERY', 'cron');
            define('RUDR_SYNC_TIME_SCALE', (int) (getenv('SCALE') ?: 1));
            getenv('CONSTANT') !== false && define('RUDR_SYNC_GUARD', (int) getenv('CONSTANT'));
            define('RUDR_SYNC_SITES', ['default' => ['url' => 'https://b.example', 'username' => 'u', 'password' => 'p']
                + (getenv('GUARD') === 'none' ? [] : ['guard' => getenv('GUARD') === false ? 3 : getenv('GUARD')])]
                + (getenv('SECOND') ? ['second' => ['url' => 'https://c.example', 'username' => 'u', 'password' => 'p', 'guard' => 3]] : []));
            if (getenv('CLI')) { require_once " . var_export(__DIR__ . '/wp-cli.php', true) . "; }
        ");
        self::people(1); // the site has its row
    }

    protected function setUp(): void
    {
        self::$fake->script();
        self::sql('DELETE FROM wp_rudr_sync_links');
        self::sql('UPDATE wp_rudr_sync_sites SET swept_user_id = (SELECT MAX(ID) FROM wp_users)'); // those of other tests stay away
        self::sql("UPDATE wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL, deliverer = NULL, slots = NULL, destructive = 0, destructive_since = NULL");
    }

    protected function tearDown(): void
    {
        self::assertSame([], self::$fake->site->errors());
        self::$fake->site->mark();
    }

    public function testMoreThanTheLimitAreHeldAndOthersGoOn(): void
    {
        $ids = self::people(6);
        $other = array_pop($ids);
        self::remove($ids);
        self::edit([$other], '"first_name" => "New"');
        self::assertSame(['delete', 'delete', 'delete', 'put'], array_column(self::work(), 'op'));
        self::assertSame([2, 3], [count(self::held()), self::used()]);
        self::assertTrue(self::$fake->isInStep($other));
        $link = self::$fake->link(self::held()[0]);
        self::assertSame(['held', null, 'absent', null, null], [$link['code'], $link['due_at'], $link['want'], $link['lease'], $link['tried_at']]);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertSame([], self::work(), 'they wait for somebody');
    }

    public function testLostRolesAndChangedAddressesCountTooAndNothingElse(): void
    {
        $ids = self::people(6);
        self::edit($ids, '"first_name" => "Same", "role" => "editor"');
        self::assertCount(6, self::work());
        self::assertSame(0, self::used());
        self::edit(array_slice($ids, 0, 2), '"user_email" => "moved$id@example.org"');
        self::edit(array_slice($ids, 2, 3), '"role" => ""');
        $sent = self::work();
        self::assertCount(3, $sent);
        self::assertSame([3, 2], [self::used(), count(self::held())]);
    }

    public function testAChangeThatDestroysNothingCostsNoStatementAndOneThatDoesTwo(): void
    {
        [$edited, $moved, $plain] = self::people(3);
        $statements = fn (int $id, string $guard) => self::$fake->site->run(self::first() . '
            $seen = [];
            add_filter("query", function ($sql) use (&$seen) { $seen[] = $sql; return $sql; });
            $parts = RudrSync\Plugin::parts();
            $parts->delivery->run($parts->sites->all()["default"], [$args[0]]);
            return array_values(preg_grep("/destructive|COUNT/", $seen));', [$id], ['GUARD' => $guard]);
        self::edit([$edited], '"first_name" => "New"');
        self::assertSame([], $statements($edited, '3'));
        self::edit([$moved], '"user_email" => "moved$id@example.org"');
        self::assertCount(2, $statements($moved, '3'));
        self::assertSame(1, self::used());
        self::edit([$plain], '"user_email" => "moved$id@example.org"');
        self::assertCount(2, $statements($plain, 'none'), 'links are counted only where that makes a difference');
    }

    public function testWorkersAtOnceSendNoMoreThanTheLimitTogether(): void
    {
        self::remove(self::people(61));
        self::$fake->site->run(self::first());
        self::$fake->script(...array_fill(0, 20, ['php' => 'usleep(20000);']));
        $workers = array_map(static fn () => self::$fake->site->background(self::WORK, [], ['GUARD' => '30']), range(1, 3));
        foreach ($workers as $worker) {
            self::assertSame(0, $worker->end()[0]);
        }
        self::assertSame([30, 31], [self::used(), count(self::held())]);
    }

    /** Between one's look and its write another has counted: nobody's is lost. */
    public function testOneThatWasQuickerIsSeen(): void
    {
        self::remove(self::people(3));
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run(self::first() . '
            add_filter("query", function ($sql) {
                static $once = false;
                if (!$once && str_contains($sql, "SET destructive = ")) {
                    $once = true;
                    $GLOBALS["wpdb"]->query("UPDATE wp_rudr_sync_sites SET destructive = 2, destructive_since = UTC_TIMESTAMP()");
                }
                return $sql;
            });' . self::WORK));
        self::assertSame([1, 3, 2], [count($jobs), self::used(), count(self::held())]);
    }

    public function testAfterTheHourThereAreAsManyAgain(): void
    {
        self::remove(self::people(3));
        self::work();
        self::sql('UPDATE wp_rudr_sync_sites SET destructive_since = destructive_since - INTERVAL 59 MINUTE');
        self::remove(self::people(1));
        self::assertSame([], self::work());
        self::sql('UPDATE wp_rudr_sync_sites SET destructive_since = destructive_since - INTERVAL 2 MINUTE');
        self::remove(self::people(2));
        self::assertCount(2, self::work());
        self::assertSame([2, 1], [self::used(), count(self::held())], 'who was held before still is');
        // The hour is the clock's.
        self::sql('UPDATE wp_rudr_sync_sites SET destructive = 3, destructive_since = UTC_TIMESTAMP() - INTERVAL 2 MINUTE');
        self::remove(self::people(1));
        self::assertCount(1, self::work(['SCALE' => '60']));
    }

    public function testWhatWasNotSentIsGivenBackAndWhatMayHaveBeenIsNot(): void
    {
        self::remove(self::people(3));
        self::$fake->script(
            ['status' => 'retry', 'code' => 'timeout', 'due' => 3600, 'doubt' => 'before'],
            ['status' => 'retry', 'code' => 'timeout', 'due' => 3600, 'doubt' => 'now'],
            ['status' => 'absent'],
        );
        self::assertCount(3, self::work());
        self::assertSame([1, []], [self::used(), self::held()]);
    }

    public function testWhatIsOfAnotherHourIsNotGivenBack(): void
    {
        self::remove(self::people(2));
        self::$fake->script(
            ['php' => '$GLOBALS["wpdb"]->query("UPDATE wp_rudr_sync_sites SET destructive = 2, destructive_since = UTC_TIMESTAMP() + INTERVAL 5 SECOND");', 'status' => 'absent'],
            ['status' => 'absent'],
        );
        self::work();
        self::assertSame(2, self::used());
    }

    public function testOneWhoIsKilledMakesItStricterUntilTheHourIsOver(): void
    {
        $ids = self::people(4);
        self::remove(array_slice($ids, 0, 2));
        self::$fake->script(['php' => 'posix_kill(getmypid(), SIGKILL);']);
        self::assertNotSame(0, self::$fake->site->background(self::first() . self::WORK)->end()[0]);
        self::assertSame(2, self::used());
        self::$fake->script();
        self::sql('UPDATE wp_rudr_sync_sites SET slots = NULL');
        self::remove(array_slice($ids, 2));
        self::assertCount(1, self::work());
        self::assertCount(1, self::held());
    }

    public function testASiteThatDoesNotAnswerTheOthersIsNotAskedForThese(): void
    {
        [$edited, $moved] = self::people(2);
        self::edit([$edited], '"first_name" => "New"');
        self::edit([$moved], '"user_email" => "moved$id@example.org"');
        self::$fake->script(['status' => 'retry', 'scope' => 'site', 'code' => 'timeout', 'due' => 60]);
        self::assertSame([$edited], array_column(self::work(), 'user_id'));
        $link = self::$fake->link($moved);
        self::assertSame(['timeout', 0], [$link['code'], self::used()]);
        self::assertNotNull($link['due_at']);
    }

    public function testWhoIsHeldStaysSoWhateverElseChangesUntilItDestroysNothing(): void
    {
        $ids = self::people(2);
        self::fill();
        self::edit($ids, '"role" => ""');
        self::assertSame([], self::work());
        self::free();
        self::edit($ids, '"first_name" => "New"');
        self::assertSame([], self::work(), 'the whole user waits, however much of the hour is left');
        self::assertSame([$ids, 0], [self::held(), self::used()]);

        // What is in the way says nothing of what is held.
        self::edit([$ids[0]], '"role" => "subscriber"');
        self::$fake->script(['status' => 'retry', 'scope' => 'site', 'code' => 'timeout', 'due' => 0]);
        self::work();
        self::assertSame('held', self::$fake->link($ids[0])['code']);
        self::$fake->endHold();
        self::edit([$ids[0]], '"role" => "subscriber"');
        self::assertCount(1, self::work());
        self::assertTrue(self::$fake->isInStep($ids[0]));
        self::assertSame([[$ids[1]], 0], [self::held(), self::used()]);

        self::remove([$ids[1]]);
        self::assertSame([], self::work(), 'nor does a removal slip through');
        self::assertSame([$ids[1]], self::held());
    }

    public function testANewPasswordThatCannotBeKeptDoesNotLetGo(): void
    {
        [$id] = self::people(1);
        self::hold([$id]);
        self::$fake->site->run('RudrSync\Plugin::parts()->waiting_passwords->cannot_keep("default", $args[0], "no key");', [$id]);
        self::assertSame('held', self::$fake->link($id)['code']);
    }

    public function testWhatIsConfirmedGoesAndIsNotCounted(): void
    {
        $ids = self::people(3);
        self::hold($ids);
        $said = self::wp('held', 'confirm', (string) $ids[0]);
        self::assertSame([0, ['success', 'What was held of 1 user is confirmed and goes to default.']], [$said['exit'], $said['said'][0]]);
        self::assertSame('in_step', $said['said'][1][1][0]['state']);
        self::assertSame(0, (int) self::$fake->link($ids[0])['released'], 'once');
        self::assertCount(2, self::held());

        self::$fake->script(['status' => 'retry', 'code' => 'timeout', 'due' => 0, 'spent' => true]);
        self::wp('held', 'confirm');
        $jobs = self::work();
        self::assertSame([true], array_unique(array_column($jobs, 'released')));
        self::assertEqualsCanonicalizing([$ids[1], $ids[2]], array_unique(array_column($jobs, 'user_id')));
        self::work();
        self::assertTrue(self::$fake->isInStep($ids[1]) && self::$fake->isInStep($ids[2]), 'also the one that did not work at once');
        self::assertSame([3, []], [self::used(), self::held()]);

        self::edit([$ids[0]], '"user_email" => "again$id@example.org"');
        self::assertSame([], self::work());
        self::assertSame([$ids[0]], self::held(), 'what comes later is another change');
    }

    public function testARemovalAfterAConfirmationIsAnotherChange(): void
    {
        [$id] = self::people(1);
        self::hold([$id]);
        self::wp('held', 'confirm');
        self::remove([$id]);
        self::assertSame([], self::work());
        self::assertSame([$id], self::held());
    }

    public function testWhatIsDiscardedStaysAsItIsThere(): void
    {
        [$moved, $gone] = self::people(2);
        self::fill();
        self::edit([$moved], '"user_email" => "moved$id@example.org"');
        self::remove([$gone]);
        self::$fake->set($moved, "secret = 'sealed'");
        self::work();
        $list = self::wp('held');
        self::assertSame([0, [[$gone, 'held'], [$moved, 'held']]], [$list['exit'], array_map(fn (array $row) => [$row['id'], $row['state']], $list['said'][0][1])]);
        self::assertSame('What was held of 2 users is discarded. Their accounts on default stay as they are.', self::wp('held', 'discard', 'guarded' . (self::$count), (string) $moved)['said'][0][1]);
        self::assertNull(self::$fake->link($gone));
        self::assertTrue(self::$fake->isInStep($moved));
        self::assertStringContainsString('stays as it is', self::$fake->link($moved)['message']);
        self::assertNull(self::$fake->link($moved)['secret'], 'no password lies about for a change that does not come');
        self::assertSame([], self::work());
        $status = self::wp('status')['said'][0][1][0];
        self::assertSame([1, 0, 0, 0], [$status['in_step'], $status['held'], $status['failed'], $status['partly']]);
        $again = self::wp('held', 'discard');
        self::assertSame([1, ['error', 'Nothing of that is held.']], [$again['exit'], $again['said'][0]]);

        self::free();
        self::edit([$moved], '"first_name" => "New"');
        $jobs = self::work();
        self::assertSame(["moved$moved@example.org", 1], [$jobs[0]['user']['user_email'], self::used()], 'their next change brings all that differs');
        self::assertNull(self::$fake->link($moved)['code']);
    }

    /** A person who lets failures be tried again has said nothing of what is held, nor of what they left as it was. */
    public function testToRetryIsNoConfirmation(): void
    {
        $ids = self::people(3);
        self::hold($ids);
        self::free();
        self::wp('retry');
        self::assertSame([], self::work());
        $retried = self::wp('retry', (string) $ids[0]);
        self::assertSame(['held', 1], [$retried['said'][0][1][0]['state'], $retried['exit']]);
        self::assertSame($ids, self::held());
        self::wp('held', 'discard');
        self::wp('retry');
        self::assertSame([], self::work());
        $everybody = self::$fake->jobs(fn () => self::wp('sync', '--all'));
        self::assertNotSame([], $everybody);
        self::$fake->site->run('RudrSync\Plugin::activate();');
        self::assertSame([], array_intersect($ids, array_column([...$everybody, ...self::work()], 'user_id')), 'nor who has everybody sent, or switches the plugin off and on');
        self::assertSame(['discarded'], array_unique(array_map(fn (int $id) => self::$fake->link($id)['code'], $ids)));
    }

    /** The screen lists what is held of all sites together. */
    public function testWhatIsChosenOfTwoSitesIsDoneAtBoth(): void
    {
        $ids = self::people(2);
        $both = ['SECOND' => '1'];
        self::$fake->site->run('RudrSync\\Plugin::parts()->orders->sync("second", $args);' . self::WORK, $ids, $both);
        self::fill();
        self::edit($ids, '"user_email" => "moved$id@example.org"');
        self::work($both);
        self::assertSame([$ids[0], $ids[0], $ids[1], $ids[1]], self::held());
        self::free();
        $links = fn (int $id) => ["default|$id", "second|$id"];
        self::assertSame([], self::$fake->jobs(fn () => self::choose('held_discard', $links($ids[0]), $both)));
        self::assertSame([$ids[1], $ids[1]], self::held());
        self::assertSame(['discarded', 'discarded'], [self::$fake->link($ids[0])['code'], self::$fake->link($ids[0], 'second')['code']]);
        self::assertCount(2, self::$fake->jobs(fn () => self::choose('held_confirm', $links($ids[1]), $both)));
        self::assertTrue(self::$fake->isInStep($ids[1]) && self::$fake->isInStep($ids[1], 'second'));
    }

    public function testTheLimitIsTheDefinitionsTheConstantsTheUsualOneOrAFilters(): void
    {
        $limit = fn (array $environment, string $filter = '') => self::$fake->site->run($filter . '
            $parts = RudrSync\Plugin::parts();
            return (new RudrSync\Guard_Limit($parts->links))->of($parts->sites->all()["default"], 1000);', [], $environment);
        self::assertSame(3, $limit([]));
        self::assertSame(5, $limit(['GUARD' => '5', 'CONSTANT' => '7']));
        self::assertSame(7, $limit(['GUARD' => 'none', 'CONSTANT' => '7']));
        self::assertNull($limit(['GUARD' => 'none', 'CONSTANT' => '0']));
        self::assertSame(20, $limit(['GUARD' => 'none']));
        self::sql('INSERT INTO wp_rudr_sync_links (site, user_id) VALUES ' . implode(',', array_map(static fn (int $n) => "('default', $n)", range(100_001, 100_459))));
        self::assertSame(22, $limit(['GUARD' => 'none']));
        self::assertSame(3, $limit([]), 'a number that somebody has set is that number');
        self::assertSame(23, $limit(['GUARD' => 'none'], 'add_filter("rudr_sync_guard", fn (int $limit, string $site) => $limit + ($site === "default" ? 1 : 9), 10, 2);'));
        self::assertNull($limit([], 'add_filter("rudr_sync_guard", "__return_zero");'));
    }

    public function testWithoutALimitNothingIsHeldOrCountedAndWhatWasHeldGoesWithTheNextChange(): void
    {
        $ids = self::people(5);
        self::hold([$ids[4]]);
        self::remove(array_slice($ids, 0, 4));
        self::edit([$ids[4]], '"first_name" => "New"');
        self::assertCount(5, self::work(['GUARD' => '0']));
        self::assertSame([3, []], [self::used(), self::held()]);
    }

    public function testWhatCannotBeCountedIsTriedAgain(): void
    {
        [$id] = self::people(1);
        self::remove([$id]);
        self::$fake->site->run(self::first() . 'add_filter("query", fn ($sql) => str_contains($sql, "SET destructive = ") ? "UPDATE wp_options SET option_id = 1 WHERE 1 = 0" : $sql);' . self::WORK);
        self::assertSame('not_counted', self::$fake->link($id)['code']);
        self::assertNotNull(self::$fake->link($id)['due_at']);
        self::assertStringContainsString('cannot be counted', implode(self::$fake->site->errors()));
        self::$fake->site->mark();
    }

    public function testAnAdministratorIsTold(): void
    {
        $ids = self::people(2);
        self::hold([$ids[0]]);
        self::remove([$ids[1]]);
        self::work();
        $told = self::$fake->site->run('
            $desk = new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts());
            return [
                (new RudrSync\Troubles($desk->report, RudrSync\Plugin::parts()->sites, $desk->held, RudrSync\Plugin::parts()->rows))->held(),
                (new RudrSync\Site_Health(new RudrSync\Findings($desk->status, $desk->report, RudrSync\Plugin::parts()->identity)))->result(),
            ];');
        self::assertSame(['default: 1 removal, 1 change of address or role'], $told[0]);
        self::assertSame('critical', $told[1]['status']);
        self::assertStringContainsString('guarded' . (self::$count - 1), $told[1]['description']);
        $status = self::wp('status')['said'][0][1][0];
        self::assertSame([2, 0], [$status['held'], $status['failed']], 'they are counted apart');
    }

    /** @return list<int> users who follow */
    private static function people(int $number): array
    {
        $first = self::$count + 1;
        self::$count += $number;
        $ids = self::$fake->site->run('
            $ids = array_map(fn ($n) => wp_insert_user(["user_login" => "guarded$n", "user_email" => "guarded$n@example.org", "user_pass" => "x", "role" => "subscriber"]), range(...$args));
            $parts = RudrSync\Plugin::parts();
            $parts->request_end->settle();
            $parts->delivery->run($parts->sites->all()["default"], $ids);
            return $ids;
        ', [$first, self::$count]);
        return $ids;
    }

    /** With what is done next. */
    private static function remove(array $ids): void
    {
        self::$first .= 'array_map("wp_delete_user", ' . json_encode($ids) . ');';
    }

    /** With what is done next. */
    private static function edit(array $ids, string $fields): void
    {
        self::$first .= 'foreach (' . json_encode($ids) . ' as $id) { wp_update_user(["ID" => $id, ' . $fields . ']); }';
    }

    /** PHP for what was ordered by these two: it is over before the rest. */
    private static function first(): string
    {
        $first = self::$first . 'RudrSync\Plugin::parts()->request_end->settle();';
        self::$first = '';
        return $first;
    }

    /** Nothing is left of the hour. */
    private static function fill(): void
    {
        self::sql('UPDATE wp_rudr_sync_sites SET destructive = 3, destructive_since = UTC_TIMESTAMP()');
    }

    private static function free(): void
    {
        self::sql('UPDATE wp_rudr_sync_sites SET destructive = 0, destructive_since = NULL');
    }

    /** Their changed addresses are held. */
    private static function hold(array $ids): void
    {
        self::fill();
        self::edit($ids, '"user_email" => "moved$id@example.org"');
        self::work();
        self::assertSame($ids, self::held());
    }

    /** @return list<array<string, mixed>> the jobs that were sent */
    private static function work(array $environment = []): array
    {
        return self::$fake->jobs(static fn () => self::$fake->site->run(self::first() . self::WORK, [], $environment));
    }

    /** What the screen's form does with chosen links. */
    private static function choose(string $what, array $links, array $environment): void
    {
        self::$fake->site->run('
            wp_set_current_user(1);
            $desk = new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts());
            (new RudrSync\Sync_Actions($desk->parts->sites, $desk->store, $desk->check, $desk->resume, $desk->sync, $desk->link, $desk->orders, $desk->held_command, $desk->parts->identity))->attach();
            $_POST = ["apply" => "top", "bulk_top" => $args[0], "links" => $args[1]];
            $_REQUEST = [RudrSync\Screen_Form::NONCE => wp_create_nonce(RudrSync\Sync_Actions::USERS)];
            add_filter("wp_redirect", fn () => throw new DomainException());
            try {
                do_action("admin_post_" . RudrSync\Sync_Actions::USERS);
            } catch (DomainException) {
                // The browser is on its way back to the screen.
            }
        ', [$what, $links], $environment);
    }

    /** @return list<int> */
    private static function held(): array
    {
        return array_map('intval', array_column(self::sql("SELECT user_id FROM wp_rudr_sync_links WHERE code = 'held' ORDER BY user_id")->fetch_all(), 0));
    }

    private static function used(): int
    {
        return (int) self::sql('SELECT destructive FROM wp_rudr_sync_sites')->fetch_row()[0];
    }

    /** @return array{exit: int, said: list<array{string, mixed}>} */
    private static function wp(string ...$words): array
    {
        return self::$fake->site->run(self::first() . 'return WP_CLI::run($args);', $words, ['CLI' => '1']);
    }

    private static function sql(string $sql): \mysqli_result|bool
    {
        return self::$fake->site->db()->query($sql);
    }
}
