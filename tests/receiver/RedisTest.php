<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * A site whose object cache outlives requests, in Redis. Requests are killed before each of their writes to the database and before
 * each time that something is taken out of the cache, which may then hold what the database no longer does; after the same request
 * again it holds no ghost.
 */
final class RedisTest extends ReceiverTestCase
{
    private static Sender $sender;

    public static function setUpBeforeClass(): void
    {
        Lab::up();
        Shell::run([__DIR__ . '/../lab/redis.sh'], ['LAB' => (string) getenv('LAB')]);
        $site = Lab::site('cached', 'newest', ['plugin' => true, 'config' => self::CONFIG . "\ndefine('LAB_REDIS', '" . Lab::sockets() . "/redis');"]);
        copy(__DIR__ . '/object-cache.php', "$site->folder/wp-content/object-cache.php");
        $site->run('wp_cache_flush();');
        self::$sender = Sender::to($site);
        self::$sender->deadly();
    }

    public function testTheCacheOutlivesRequests(): void
    {
        self::$sender->site->run('wp_cache_set("key", "value", "lab");');
        self::assertSame('value', self::$sender->site->run('return wp_cache_get("key", "lab");'));
    }

    public function testWhoIsMadeIsNoGhost(): void
    {
        $jobs = self::people();
        self::killed($jobs, true, 15, 'created');
        self::assertNoGhosts($jobs);
    }

    /**
     * @testWith [false]
     *           [true]
     */
    public function testWhoIsChangedIsNoGhost(bool $cacheToo): void
    {
        $before = self::known();
        $after = array_map(static fn ($job) => [
            'user' => ['user_login' => $job['user']['user_login'], 'roles' => ['subscriber'], 'user_nicename' => "moved-{$job['ref']}"] + Sender::somebody()['user'],
        ] + $job, $before);
        self::killed($after, $cacheToo, 6, 'created');
        self::assertNoGhosts($after);
        if (!$cacheToo) {
            self::assertNoGhosts($before);
            return;
        }
        // Core takes the account out of the cache before what it is found by. Who is killed between the two leaves an old address
        // behind that nobody knows of any more: all that it finds is the account as it is.
        $now = array_values(self::look($after)[1]);
        foreach (self::look($before)[0] as $who => $found) {
            self::assertTrue($found === [null, []] || in_array($found, $now, true), $who);
        }
    }

    /**
     * @testWith ["remove"]
     *           ["suspend"]
     */
    public function testWhoIsRemovedIsNoGhost(string $removal): void
    {
        self::$sender->ruled('removal', $removal, function () {
            $jobs = self::known();
            $number = self::killed(array_map(static fn ($job) => ['op' => 'delete'] + $job, $jobs), true, 4, 'deleted', 'absent');
            self::assertNoGhosts($jobs);
            foreach (array_slice($jobs, 0, $number) as $job) {
                self::assertFalse(self::$sender->site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"));
            }
        });
    }

    /** More people than a job has writes. */
    private static function people(): array
    {
        return array_map(static fn () => Sender::somebody(['roles' => ['author'], 'meta_input' => ['phone' => '+1']]), range(1, 100));
    }

    /** People who are there, in the cache too. */
    private static function known(): array
    {
        $jobs = self::people();
        self::assertSame(array_fill(0, 100, 'created'), array_column(self::$sender->jobs($jobs), 'status'));
        self::look($jobs);
        return $jobs;
    }

    /** The first job is killed before its first write, the second before its second, until one is not; then all are sent again. */
    private static function killed(array $jobs, bool $cacheToo, int $least, string ...$statuses): int
    {
        for ($number = 0; self::$sender->isKilled([$jobs[$number]], $number + 1, [], $cacheToo);) {
            $number++;
        }
        self::assertGreaterThan($least, $number);
        self::look($jobs); // what was cut off is in the cache now
        self::$sender->endClaims();
        self::assertSame([], array_diff(array_column(self::$sender->jobs($jobs), 'status'), $statuses));
        return $number;
    }

    /** What WordPress says by its cache is what the database says. */
    private static function assertNoGhosts(array $jobs): void
    {
        [$cached, $stored] = self::look($jobs);
        foreach ($stored as $who => $there) {
            self::assertSame($there, $cached[$who], $who);
        }
    }

    /** Somebody looks at them: what the cache says, so that it is in it, and what the database says. */
    private static function look(array $jobs): array
    {
        return self::$sender->site->run('
            global $wpdb;
            $cached = $stored = [];
            foreach ($args as ["user" => $user]) {
                foreach (["login" => $user["user_login"], "email" => $user["user_email"], "slug" => $user["user_nicename"] ?? sanitize_title($user["user_login"])] as $by => $value) {
                    $column = ["login" => "user_login", "email" => "user_email", "slug" => "user_nicename"][$by];
                    $row = $wpdb->get_row($wpdb->prepare("SELECT * FROM $wpdb->users WHERE $column = %s", $value));
                    $meta = $row ? $wpdb->get_results($wpdb->prepare("SELECT meta_key, meta_value FROM $wpdb->usermeta WHERE user_id = %d ORDER BY umeta_id", $row->ID)) : [];
                    $stored["$by $value"] = [$row, array_column($meta, "meta_value", "meta_key")];
                    $found = get_user_by($by, $value);
                    $known = $found ? array_map(fn ($values) => $values[0], get_user_meta($found->ID)) : [];
                    $cached["$by $value"] = [$found ? $found->data : null, $known];
                }
            }
            return [$cached, $stored];', $jobs);
    }
}
