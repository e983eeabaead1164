<?php

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Site;

/** Many users at once, as an import by SQL leaves them, each with a link that waits. */
final class Crowd
{
    /** Has them at the site, and nobody else but its administrator. */
    public static function import(Site $site, int $number, int $priority = 9, bool $meta = true): void
    {
        self::remove($site);
        $db = $site->db();
        // As many as a year has seconds could be made: MariaDB counts by itself.
        $numbers = "seq_1_to_$number";
        $db->query("INSERT INTO wp_users (ID, user_login, user_pass, user_nicename, user_email, user_registered, display_name)
            SELECT 1000 + seq, CONCAT('crowd', seq), '\$P\$Bxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', CONCAT('crowd', seq), CONCAT('crowd', seq, '@example.org'), '2020-01-01', CONCAT('Crowd ', seq) FROM $numbers");
        $all = ['wp_capabilities' => 'a:1:{s:10:"subscriber";b:1;}', 'wp_user_level' => '0', 'nickname' => 'crowd', 'first_name' => 'Some', 'last_name' => 'One',
            'description' => '', 'rich_editing' => 'true', 'syntax_highlighting' => 'true', 'comment_shortcuts' => 'false', 'admin_color' => 'fresh', 'use_ssl' => '0',
            'show_admin_bar_front' => 'true', 'locale' => ''];
        $meta = $meta ? $all : array_slice($all, 0, 1);
        $rows = implode(' UNION ALL ', array_map(static fn (string $key, string $value) => "SELECT '$key', '$value'", array_keys($meta), $meta));
        $db->query("INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT 1000 + seq, k, v FROM $numbers JOIN (SELECT '' AS k, '' AS v UNION ALL $rows) meta ON k <> ''");
        $db->query("INSERT INTO wp_rudr_sync_links (site, user_id, revision, dirty_since, due_at, priority) SELECT 'default', 1000 + seq, 1, UTC_TIMESTAMP(), UTC_TIMESTAMP(), $priority FROM $numbers");
        $db->query('ANALYZE TABLE wp_users, wp_usermeta, wp_rudr_sync_links');
    }

    /** Back to where the site began. */
    public static function remove(Site $site): void
    {
        $db = $site->db();
        $db->query('TRUNCATE wp_rudr_sync_links');
        $db->query('TRUNCATE wp_rudr_sync_sites');
        $db->query('DELETE FROM wp_users WHERE ID > 1');
        $db->query('DELETE FROM wp_usermeta WHERE user_id > 1');
        $db->query("INSERT INTO wp_rudr_sync_sites (name, swept_user_id) VALUES ('default', 1000000)");
    }
}
