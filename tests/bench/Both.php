<?php

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Lab;
use RudrSync\Tests\Site;

/** The two sites of backfill.php: how they stand before each turn, and what is so after it. */
final class Both
{
    /** The ways in which ours goes. */
    public const SINGLES = 'singles';
    public const BATCHES = 'batches';
    public const RECEIVER = 'receiver';

    /** Tables that a turn changes. */
    private const TABLES = ['a' => ['wp_users', 'wp_usermeta', 'wp_rudr_sync_links'], 'b' => ['wp_users', 'wp_usermeta', 'wp_rudr_sync_received']];

    /** @var array<string, array{username: string, password: string}> who we are there, by way */
    private readonly array $agents;
    /** While this file is there, the other site has no batches. */
    private readonly string $noBatches;
    private int $changes = 0;

    public function __construct(public readonly Site $a, public readonly Site $b)
    {
        $admin = ['username' => Lab::ADMIN, 'password' => $b->applicationPassword(Lab::ADMIN, 'bench')];
        $agent = $b->run('RudrSync\Received::upgrade(); return RudrSync\Agent::make("bench");');
        $this->agents = [
            self::SINGLES => $admin,
            self::BATCHES => $admin,
            self::RECEIVER => ['username' => $agent['login'], 'password' => $agent['password']],
        ];
        $this->noBatches = "$b->folder/no-batches";
        file_put_contents("$b->folder/wp-content/mu-plugins/no-batches.php", '<?php
            add_filter("rest_endpoints", fn ($all) => is_file(' . var_export($this->noBatches, true) . ') ? array_diff_key($all, ["/batch/v1" => 1]) : $all);');
        $code = strtr((string) file_get_contents(__DIR__ . '/../lab/wp/tutorial.php'), [
            'https://WEBSITE-DOMAIN' => $b->url,
            "\$login = '';" => "\$login = '{$admin['username']}';",
            "\$pwd = '';" => "\$pwd = '{$admin['password']}';",
        ]);
        file_put_contents("$a->folder/tutorial.php", $code);
        // As it is with nobody there but who is always there.
        $this->keep('b');
    }

    public function version(): string
    {
        return $this->b->run('return $GLOBALS["wp_version"];');
    }

    /** So many processes of php-fpm has the other site. */
    public function processes(int $number): void
    {
        $this->b->pool(['pm.max_children' => (string) $number]);
        for ($n = 0; $n < 3 * $number; $n++) {
            $this->b->rest('GET', 'wp/v2/users/me'); // compiled and kept
        }
    }

    /** So many users here, all of whom wait to be made there; there nobody. */
    public function begin(int $users): void
    {
        $this->back('b');
        Crowd::import($this->a, $users);
        $this->rest();
    }

    /** All are there, and kept as they are now: from here on they change. */
    public function settle(int $users): void
    {
        $this->begin($users);
        (new Fill($this))->ours(self::RECEIVER, 1);
        $this->keep('a');
        $this->keep('b');
    }

    /** All are there as settle() left them, and are changed here. */
    public function change(): void
    {
        $this->back('b');
        $this->back('a');
        $db = $this->a->db();
        $number = ++$this->changes;
        $db->query("UPDATE wp_users SET display_name = CONCAT('Changed $number ', ID) WHERE ID > 1000");
        $db->query("UPDATE wp_usermeta SET meta_value = CONCAT('Changed $number ', user_id) WHERE user_id > 1000 AND meta_key = 'last_name'");
        $db->query('UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = UTC_TIMESTAMP(), priority = 9');
        $this->rest();
    }

    /** Has all that is to be sent go that way. */
    public function go(string $way): void
    {
        $this->a->sitesFile(['default' => ['url' => $this->b->url] + $this->agents[$way]]);
        $this->a->db()->query('UPDATE wp_rudr_sync_sites SET state = NULL, wire = NULL, hashes = NULL, slots = NULL');
        $way === self::SINGLES ? touch($this->noBatches) : @unlink($this->noBatches);
        clearstatcache();
    }

    /** They are there, each once, and changed if they were. */
    public function expect(int $users, bool $changed): void
    {
        $there = "SELECT COUNT(DISTINCT user_email) FROM wp_users u WHERE user_login LIKE 'crowd%'";
        // The tutorial's code says this of a change, and nothing else of who is new.
        $there .= $changed ? " AND display_name = CONCAT('Changed $this->changes ', SUBSTRING(user_login, 6) + 1000)" : '';
        $found = (int) $this->b->db()->query($there)->fetch_row()[0];
        if ($found !== $users) {
            $why = $this->a->db()->query('SELECT code, message, COUNT(*) FROM wp_rudr_sync_links GROUP BY 1, 2')->fetch_all();
            throw new \RuntimeException("$found users there, not $users: " . json_encode($why) . implode("\n", [...$this->a->errors(), ...$this->b->errors()]));
        }
    }

    private function keep(string $site): void
    {
        foreach (self::TABLES[$site] as $table) {
            $this->$site->db()->query("DROP TABLE IF EXISTS kept_$table");
            $this->$site->db()->query("CREATE TABLE kept_$table AS SELECT * FROM $table");
        }
    }

    /** Not by DELETE: what that leaves to be purged is done in the next turn's time. */
    private function back(string $site): void
    {
        foreach (self::TABLES[$site] as $table) {
            $this->$site->db()->query("TRUNCATE $table");
            $this->$site->db()->query("INSERT INTO $table SELECT * FROM kept_$table");
        }
        $this->$site->db()->query('ANALYZE TABLE ' . implode(', ', self::TABLES[$site]));
    }

    /** Until the database has nothing left to tidy up. */
    private function rest(): void
    {
        for ($tries = 0; $tries < 100; $tries++) {
            if ((int) $this->b->db()->query("SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'")->fetch_row()[1] < 10) {
                return;
            }
            usleep(50000);
        }
    }
}
