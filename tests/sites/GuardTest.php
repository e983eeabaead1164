<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Many users are removed, moved or stripped of their roles by mistake: most of their accounts on the remote are still as they were. */
final class GuardTest extends SitesTestCase
{
    private const WORK = 'return RudrSync\Plugin::parts()->worker()->run(0, true);';

    private static Pair $pair;

    public static function setUpBeforeClass(): void
    {
        self::$pair = Pair::make('aguard', 'newest', 'bguard', 'newest', ['config' => "define('RUDR_SYNC_DELIVERY', 'cron');"]);
        $key = self::$pair->a->folder . '/key';
        file_put_contents($key, base64_encode(random_bytes(32)));
        self::$pair->a->ini(['rudr_sync.key_file' => $key]);
    }

    protected function setUp(): void
    {
        self::nextHour();
    }

    protected function tearDown(): void
    {
        self::assertNoErrors(self::$pair);
    }

    public function testAMistakenBulkDeleteIsStoppedAtTheFirstTwenty(): void
    {
        $ids = self::people('gone', 60);
        [$other] = self::people('other', 1);
        self::$pair->a->run('
            array_map("wp_delete_user", $args[0]);
            wp_update_user(["ID" => $args[1], "first_name" => "Ordinary"]);', [$ids, $other]);
        foreach ([self::$pair->a->background(self::WORK), self::$pair->a->background(self::WORK)] as $worker) {
            self::assertSame(0, $worker->end()[0]);
        }
        $held = self::held();
        self::assertSame([40, 40], [self::there('gone'), count($held)]);
        self::assertSame('Ordinary', self::$pair->b->meta(self::account('other1'), 'first_name'));

        self::nextHour();
        self::work();
        self::assertSame(40, self::there('gone'), 'it does not go on when the hour is over');

        self::order('confirm', array_slice($held, 0, 15));
        self::order('discard', array_slice($held, 15));
        self::work();
        self::assertSame([25, [], 0], [self::there('gone'), self::held(), self::used()]);
        foreach ($held as $id) {
            self::assertNull(self::$pair->link($id));
        }
    }

    public function testAddressesAndRolesThatAreLostInBulkAreHeldAndTheirUsersWait(): void
    {
        $ids = self::people('lost', 24);
        self::$pair->a->run('foreach ($args as $id) { wp_update_user(["ID" => $id, "user_email" => "moved$id@example.net"]); }', $ids);
        self::work();
        [$one, $two, $three] = $held = self::held();
        self::assertCount(4, $held);
        self::assertSame([20, 4], [self::there('lost', '@example.net'), self::there('lost', '@example.org')]);

        // Whatever else changes of them waits too, a new password with it; what does not destroy anything any more goes.
        self::$pair->a->run('
            wp_update_user(["ID" => $args[0], "first_name" => "Later", "user_pass" => "second-Password"]);
            wp_update_user(["ID" => $args[1], "first_name" => "Back", "user_email" => get_userdata($args[1])->user_login . "@example.org"]);', [$one, $two]);
        self::nextHour();
        self::work();
        [$login, $back] = array_map(static fn (int $id) => self::$pair->a->user($id)['user_login'], [$one, $two]);
        self::assertSame(['', 'Back'], [(string) self::$pair->b->meta(self::account($login), 'first_name'), self::$pair->b->meta(self::account($back), 'first_name')]);
        self::assertTrue(self::$pair->b->login($login, Lab::PASSWORD), 'the old one still works');
        self::assertSame([array_values(array_diff($held, [$two])), 0], [self::held(), self::used()]);

        self::order('confirm', [$one]);
        self::order('discard', array_values(array_diff($held, [$one, $two])));
        self::work();
        self::assertFollows(self::$pair, $one, 'second-Password', ['user_email' => "moved$one@example.net"]);
        self::assertSame([3, []], [self::there('lost', '@example.org'), self::held()], 'and the one who took it back');
        $link = self::$pair->link($three);
        self::assertSame(['discarded', $link['revision'], null], [$link['code'], $link['synced_revision'], $link['due_at']]);
        self::assertStringContainsString('stays as it is', $link['message']);

        self::$pair->a->run('wp_update_user(["ID" => $args[0], "first_name" => "Next"]);', [$three]);
        self::work();
        self::assertSame(["moved$three@example.net", 1], [self::$pair->b->user(self::account(self::$pair->a->user($three)['user_login']))['user_email'], self::used()]);

        self::$pair->a->run('foreach ($args as $id) { (new WP_User($id))->set_role(""); }', $ids);
        self::work();
        self::assertCount(24 - 19, self::held());
        $powerless = array_filter($ids, static fn (int $id) => self::$pair->b->roles(self::account(self::$pair->a->user($id)['user_login'])) === []);
        self::assertCount(19, $powerless);
        self::order('discard');
    }

    /** @return list<int> users who follow already */
    private static function people(string $name, int $number): array
    {
        $ids = self::$pair->a->run('
            return array_map(fn ($n) => wp_insert_user(["user_login" => "$args[0]$n", "user_email" => "$args[0]$n@example.org", "user_pass" => $args[2], "role" => "subscriber"]), range(1, $args[1]));
        ', [$name, $number, Lab::PASSWORD]);
        self::work();
        self::assertSame($number, self::there($name));
        return $ids;
    }

    private static function work(): void
    {
        self::$pair->a->run(self::WORK);
    }

    private static function order(string $what, ?array $ids = null): void
    {
        self::$pair->a->run('
            $desk = new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts());
            $desk->held_command->run($args[0], "default", $args[1]);', [$what, $ids]);
    }

    private static function nextHour(): void
    {
        self::$pair->a->db()->query('UPDATE wp_rudr_sync_sites SET destructive = 0, destructive_since = NULL');
    }

    private static function used(): int
    {
        return (int) self::$pair->a->db()->query('SELECT destructive FROM wp_rudr_sync_sites')->fetch_row()[0];
    }

    /** @return list<int> */
    private static function held(): array
    {
        return array_map('intval', array_column(self::$pair->a->db()->query("SELECT user_id FROM wp_rudr_sync_links WHERE code = 'held' ORDER BY user_id")->fetch_all(), 0));
    }

    /** How many of them are on the remote, with such an address. */
    private static function there(string $name, string $email = ''): int
    {
        return (int) self::$pair->b->db()->query("SELECT COUNT(*) FROM wp_users WHERE user_login LIKE '$name%' AND user_email LIKE '%$email'")->fetch_row()[0];
    }

    private static function account(string $login): int
    {
        return (int) self::$pair->b->user($login)['ID'];
    }
}
