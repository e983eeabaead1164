<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * The request is killed before its first write to the database, before its second, and so on: what is left is never an account
 * that somebody could use, and the same request again makes it whole.
 */
final class KillTest extends ReceiverTestCase
{
    /** @dataProvider versions */
    public function testAnAccountIsMadeOnceHoweverOftenItsMakingIsCutOff(string $version): void
    {
        $sender = self::deadly($version);
        $busy = 0;
        for ($write = 1, $killed = true; $killed; $write++) {
            $job = Sender::somebody(['meta_input' => ['phone' => '+1'], 'roles' => ['author', 'contributor']]);
            $killed = $sender->isKilled([$job], $write);
            $left = $sender->site->user($job['user']['user_login']);
            if ($killed && $left) {
                $roles = $sender->site->roles((int) $left['ID']);
                if ($left['user_pass'] !== $job['user']['user_pass_hash']) {
                    self::assertStringStartsWith('!rudr-sync ', $left['user_pass'], "write $write");
                    self::assertSame([], $roles, "write $write: roles come last");
                }
            }
            if ($killed && $write % 7 === 0) {
                $isClaimed = ($sender->row($job['user_id'])['lease'] ?? null) !== null;
                self::assertSame($isClaimed ? 'busy' : null, $sender->job($job)['code'], "write $write");
                $busy += (int) $isClaimed;
            }
            $sender->endClaims();
            $made = $sender->job($job);
            self::assertSame('created', $made['status'], "write $write: " . json_encode($made));
            self::assertSame([], $made['refused']);
            self::assertSame(1, $sender->site->db()->execute_query('SELECT COUNT(*) FROM wp_users WHERE user_login = ? OR user_email = ?', [$job['user']['user_login'], $job['user']['user_email']])->fetch_row()[0], "write $write");
            self::assertWhole($sender, $job, $made['id'], "write $write");
        }
        self::assertGreaterThan(9, $write, 'it was killed again and again');
        self::assertGreaterThan(0, $busy);
    }

    /** @dataProvider versions */
    public function testAChangeIsWholeInTheEnd(string $version): void
    {
        $sender = self::deadly($version);
        for ($write = 1, $killed = true; $killed; $write++) {
            $job = Sender::somebody(['roles' => ['author']]);
            $id = $sender->job($job)['id'];
            $new = ['user' => Sender::somebody(['user_login' => $job['user']['user_login'], 'roles' => ['subscriber'], 'meta_input' => ['phone' => '+2']])['user'], 'remote_id' => $id] + $job;
            $killed = $sender->isKilled([$new], $write);
            $left = $sender->site->user($id);
            self::assertContains($left['user_pass'], [$job['user']['user_pass_hash'], $new['user']['user_pass_hash']]);
            self::assertContains($left['user_email'], [$job['user']['user_email'], $new['user']['user_email']]);
            $sender->endClaims();
            self::assertContains($sender->job($new)['status'], ['updated', 'unchanged']);
            self::assertWhole($sender, $new, $id, "write $write");
        }
        self::assertGreaterThan(6, $write);
    }

    public function testARemovalIsWholeInTheEnd(): void
    {
        foreach (['remove', 'suspend'] as $removal) {
            $sender = self::deadly('newest');
            $sender->site->run('update_option("rudr_sync_receiver", ["removal" => $args[0]]);', [$removal]);
            for ($write = 1, $killed = true; $killed; $write++) {
                $job = Sender::somebody();
                $id = $sender->job($job)['id'];
                $killed = $sender->isKilled([['op' => 'delete'] + $job], $write);
                $sender->endClaims();
                self::assertContains($sender->job(['op' => 'delete'] + $job)['status'], ['deleted', 'absent']);
                self::assertSame($removal === 'remove', $sender->site->user($id) === null, "write $write");
                self::assertSame([], $sender->site->roles($id), "write $write");
                self::assertSame('gone', $sender->job($job)['code']);
                if ($removal === 'suspend') {
                    $killed = $sender->isKilled([$job], $write, ['recreate' => true]) || $killed;
                    $sender->endClaims();
                    self::assertSame($id, $sender->job($job, ['recreate' => true])['id']);
                    self::assertWhole($sender, $job, $id, "back, write $write");
                    self::assertTrue($sender->site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"));
                }
            }
            self::assertGreaterThan(4, $write);
        }
        $sender->site->run('delete_option("rudr_sync_receiver");');
    }

    public function testABatchThatIsKilledInTheMiddleIsSentAgainAndNobodyIsThereTwice(): void
    {
        $sender = self::deadly('newest');
        $users = fn () => (int) $sender->site->db()->query('SELECT COUNT(*) FROM wp_users')->fetch_row()[0];
        foreach ([10, 25, 42] as $write) {
            $before = $users();
            $jobs = array_map(static fn () => Sender::somebody(), range(1, 8));
            self::assertTrue($sender->isKilled($jobs, $write));
            self::assertGreaterThan($before, $users());
            self::assertLessThan($before + 8, $users());
            $busy = $sender->jobs($jobs);
            self::assertSame(array_fill(0, 8, 'busy'), array_column($busy, 'code'), 'they are claimed yet');
            self::assertGreaterThan(0, $busy[0]['retry_after']);
            $sender->endClaims();
            self::assertSame(array_fill(0, 8, 'created'), array_column($sender->jobs($jobs), 'status'));
            self::assertSame($before + 8, $users());
        }
    }

    private static function assertWhole(Sender $sender, array $job, int $id, string $when): void
    {
        $user = $sender->site->user($id);
        foreach (['user_email', 'user_url', 'display_name'] as $field) {
            self::assertSame($job['user'][$field], $user[$field], "$when $field");
        }
        self::assertSame($job['user']['user_pass_hash'], $user['user_pass'], $when);
        foreach (['nickname', 'first_name', 'last_name', 'description'] as $key) {
            self::assertSame($job['user'][$key], $sender->site->meta($id, $key), "$when $key");
        }
        self::assertSame('true', $sender->site->meta($id, 'rich_editing'), $when);
        self::assertSame($job['user']['meta_input']['phone'] ?? null, $sender->site->meta($id, 'phone'), $when);
        self::assertEqualsCanonicalizing($job['user']['roles'], $sender->site->roles($id), $when);
        $doubled = $sender->site->db()->query("SELECT meta_key FROM wp_usermeta WHERE user_id = $id GROUP BY meta_key HAVING COUNT(*) > 1")->fetch_all();
        self::assertSame([], array_diff(array_column($doubled, 0), ['dismissed_wp_pointers']), $when);
    }

    private static function deadly(string $version): Sender
    {
        $sender = self::sender($version);
        $sender->deadly();
        return $sender;
    }

    public static function tearDownAfterClass(): void
    {
        foreach (self::versions() as [$version]) {
            @unlink(self::site($version)->folder . '/wp-content/mu-plugins/deadly.php');
        }
    }
}
