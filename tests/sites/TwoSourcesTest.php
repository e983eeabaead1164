<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Two sites that know nothing of each other, whose users follow to the same remote; somebody is a user of both. */
final class TwoSourcesTest extends SitesTestCase
{
    public function testEachHasItsOwnPeopleThereAndWhoIsOnBothBelongsToTheFirst(): void
    {
        $remote = End::make('tworemote', 'newest');
        $sources = [];
        foreach (['first', 'second'] as $name) {
            $sources[] = $source = End::make("two$name", 'newest');
            End::follow($source, ['remote' => $remote], ['remote' => ['adopt' => 'any']]);
            $source->createUser("only-$name", "only-$name@example.org", 'subscriber');
            $source->createUser('both', 'both@example.org', 'subscriber');
        }
        [$first, $second] = $sources;
        $account = (int) $remote->user('both')['ID'];
        self::assertNotNull($remote->user('only-first'));
        self::assertNotNull($remote->user('only-second'));
        self::assertSame([$account, 'own'], self::link($first));
        self::assertSame([$account, 'adopted'], self::link($second));

        foreach ($sources as $i => $source) {
            $source->run('wp_update_user(["ID" => get_user_by("login", "both")->ID, "first_name" => $args[0]]);', ["by $i"]);
            self::assertSame("by $i", $remote->meta($account, 'first_name'));
        }
        self::remove($second);
        self::assertNotNull($remote->user('both'), 'who has not made an account does not remove it');
        self::assertNull(self::link($second));
        self::assertSame([$account, 'own'], self::link($first));
        self::remove($first);
        self::assertNull($remote->user('both'));
        self::assertNotNull($remote->user('only-second'));
    }

    /** Which account the link of the user of both holds, and whose it is. */
    private static function link(Site $source): ?array
    {
        $row = $source->db()->query("SELECT remote_id, trust FROM wp_rudr_sync_links WHERE user_id = (SELECT ID FROM wp_users WHERE user_login = 'both')")->fetch_row();
        return $row ? [(int) $row[0], $row[1]] : null;
    }

    private static function remove(Site $source): void
    {
        $source->run('require_once ABSPATH . "wp-admin/includes/user.php"; wp_delete_user(get_user_by("login", "both")->ID);');
    }
}
