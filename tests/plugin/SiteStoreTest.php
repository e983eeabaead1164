<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** Sites that are added in wp-admin: what is stored of them, and what is refused. */
final class SiteStoreTest extends TestCase
{
    private static Fake $fake;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('store', 'newest', "
            define('RUDR_SYNC_DELIVERY', 'cron');
            define('RUDR_SYNC_SITES', getenv('NO_SITES') ? [] : ['fixed' => ['url' => 'https://fixed.example', 'username' => 'u', 'password' => 'p']]);
            if (getenv('NO_SALTS')) { define('AUTH_KEY', 'put your unique phrase here'); define('AUTH_SALT', 'put your unique phrase here'); }
            if (getenv('SAME_SALTS')) { define('AUTH_KEY', str_repeat('s', 64)); define('AUTH_SALT', str_repeat('s', 64)); }
        ");
    }

    protected function setUp(): void
    {
        self::$fake->site->db()->query("DELETE FROM wp_rudr_sync_sites WHERE name <> 'fixed'");
    }

    protected function tearDown(): void
    {
        self::assertSame([], self::$fake->site->errors());
    }

    public function testThePasswordIsSealedForItsOriginAndUsernameBeforeItIsStored(): void
    {
        self::assertNull(self::put(['url' => 'HTTPS://Shop.Example:443/blog/', 'password' => 'abcd EFGH ijkl']));
        $stored = self::stored('shop');
        self::assertStringStartsWith('sealed https://shop.example agent ' . md5('abcdEFGHijkl') . ' ', $stored['password']);
        self::assertSame('HTTPS://Shop.Example:443/blog/', $stored['url']);
        self::assertStringNotContainsString('EFGH', json_encode($stored));
        self::assertSame(['fixed', 'shop'], self::names());
    }

    public function testWhoeverIsHereAlreadyIsNotTakenForSomebodyNew(): void
    {
        self::put([]);
        $highest = self::$fake->site->db()->query('SELECT MAX(ID) FROM wp_users')->fetch_row()[0];
        self::assertSame($highest, self::$fake->site->db()->query("SELECT swept_user_id FROM wp_rudr_sync_sites WHERE name = 'shop'")->fetch_row()[0]);
    }

    public function testAPasswordIsKeptForTheSameOriginAndUsernameOnly(): void
    {
        self::put([]);
        $sealed = self::stored('shop')['password'];
        self::assertNull(self::put(['password' => '', 'url' => 'https://shop.example/moved', 'options' => ['adopt' => 'any']]));
        self::assertSame([$sealed, 'any'], [self::stored('shop')['password'], self::stored('shop')['options']['adopt']]);
        foreach ([['url' => 'https://evil.example'], ['url' => 'http://shop.example'], ['url' => 'https://shop.example:8443'], ['username' => 'other']] as $change) {
            self::assertStringContainsString('Enter the application password again', self::put($change + ['password' => '']));
        }
        self::assertSame('https://shop.example/moved', self::stored('shop')['url']);
    }

    public function testWithoutAKeyNothingIsStored(): void
    {
        foreach (['NO_SALTS', 'SAME_SALTS'] as $salts) {
            self::assertStringContainsString('There is no key', self::put([], [$salts => '1']));
        }
        self::assertSame(['fixed'], self::names());
        self::assertNull(self::put([], ['NO_SALTS' => '', 'SAME_SALTS' => '']));
    }

    /** @dataProvider mistakes */
    public function testWhatCannotBeUsedIsRefusedInASentence(array $site, string $sentence): void
    {
        self::assertStringContainsString($sentence, (string) self::put($site));
        self::assertSame(['fixed'], self::names());
    }

    public static function mistakes(): array
    {
        return [
            'no name' => [['name' => ''], 'A short name is'],
            'a name with a separator' => [['name' => 'a|b'], 'A short name is'],
            'no address' => [['url' => 'shop.example'], 'must begin with https://'],
            'another scheme' => [['url' => 'file:///etc/passwd'], 'must begin with https://'],
            'letters that have another form' => [['url' => 'https://bücher.example'], 'xn--'],
            'no username' => [['username' => ''], 'username is missing'],
            'no password' => [['password' => ''], 'application password is missing'],
        ];
    }

    public function testASiteOfTheConfigurationGoesBeforeOneOfTheSameName(): void
    {
        self::put(['name' => 'fixed']);
        self::assertSame('https://fixed.example', self::$fake->site->run('return (new RudrSync\Sites())->all()["fixed"]->url;'));
        self::assertSame('constant', self::$fake->site->run('return (new RudrSync\Sites())->all()["fixed"]->from;'));
        self::$fake->site->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("fixed");');
        self::assertSame(['fixed'], self::names());
    }

    public function testRemovingASiteForgetsItsLinksAndNoOthers(): void
    {
        self::put([]);
        $id = self::$fake->site->createUser('eve', 'eve@example.org');
        self::assertNotNull(self::$fake->link($id, 'shop'));
        self::$fake->site->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("shop");');
        self::assertNull(self::$fake->link($id, 'shop'));
        self::assertNotNull(self::$fake->link($id, 'fixed'));
        self::assertSame(['fixed'], self::names());
        $id = self::$fake->site->createUser('later', 'later@example.org');
        self::assertSame([false, true], [self::$fake->link($id, 'shop') !== null, self::$fake->link($id, 'fixed') !== null]);
    }

    public function testASiteThatIsRemovedWhileSomethingIsUnderWayToItDoesNotComeBack(): void
    {
        self::put([]);
        $id = self::$fake->site->createUser('under', 'under@example.org');
        self::$fake->site->run('
            add_filter("rudr_sync_user", function ($fields, $id, $site) {
                "shop" === $site && (new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("shop");
                return $fields;
            }, 10, 3);
            $parts = RudrSync\Plugin::parts();
            foreach ($parts->sites->all() as $target) {
                $parts->delivery->run($target, $args);
            }', [$id]);
        self::assertSame([['fixed']], self::$fake->site->db()->query('SELECT name FROM wp_rudr_sync_sites')->fetch_all());
        self::assertNull(self::$fake->link($id, 'shop'));
    }

    public function testASweepDoesNotBringARemovedSiteBack(): void
    {
        self::put([]);
        self::$fake->site->run('
            $parts = RudrSync\Plugin::parts();
            $target = $parts->sites->all()["shop"];
            (new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("shop");
            $parts->sweep->run($target);');
        self::assertSame([['fixed']], self::$fake->site->db()->query('SELECT name FROM wp_rudr_sync_sites')->fetch_all());
    }

    public function testToWhereASiteWasNothingMoreGoesOnceItHasAnotherAddress(): void
    {
        self::put([]);
        $id = self::$fake->site->createUser('moves', 'moves@example.org');
        self::$fake->site->db()->query("UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP(), synced_revision = 0 WHERE user_id = $id");
        $deliver = fn (string $before) => count(self::$fake->jobs(fn () => self::$fake->site->run('
            $parts = RudrSync\Plugin::parts();
            $target = $parts->sites->all()["shop"];
            ' . $before . '
            $parts->delivery->run($target, $args);', [$id])));
        $put = '(new RudrSync\Site_Store($GLOBALS["wpdb"]))->put("shop", "https://other.example", "agent", "hidden", []);';
        self::assertSame(0, $deliver($put));
        self::assertNull(self::$fake->link($id, 'shop')['remote_id']);
        self::assertSame(1, $deliver(''));
    }

    public function testWhatCouldNotBeRemovedIsSaidAndShownAndCanBeRemovedAgain(): void
    {
        self::put([]);
        $id = self::$fake->site->createUser('stuck', 'stuck@example.org');
        $remove = fn (string $before) => self::$fake->site->run($before . '
            try {
                (new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("shop");
                return null;
            } catch (RudrSync\Command_Error $e) {
                return $e->getMessage();
            }');
        $early = 'add_filter("query", fn ($sql) => str_starts_with($sql, "UPDATE wp_rudr_sync_sites SET settings = NULL") ? "DELETE FROM wp_nowhere" : $sql);';
        self::assertStringContainsString('users follow there as before', $remove($early));
        self::assertSame(['fixed', 'shop'], self::names());
        $break = 'add_filter("query", fn ($sql) => str_starts_with($sql, "DELETE FROM wp_rudr_sync_links") ? "DELETE FROM wp_nowhere" : $sql);';
        self::assertStringContainsString('Site shop could not be removed: ', $remove($break));
        self::assertNotNull(self::$fake->link($id, 'shop'));
        self::assertSame(['shop'], self::$fake->site->run('return (new RudrSync\Sites())->undefined();'), 'shown as left over');
        self::assertNull($remove(''));
        self::assertNull(self::$fake->link($id, 'shop'));
        self::assertSame(['fixed'], self::names());
    }

    public function testACopyThatCouldNotBeCutOffIsNone(): void
    {
        self::put([]);
        $uuid = fn () => self::$fake->site->run('return RudrSync\Plugin::parts()->identity->uuid();');
        $before = $uuid();
        self::assertTrue(self::$fake->site->run('
            add_filter("query", fn ($sql) => str_contains($sql, "UPDATE wp_rudr_sync_sites SET settings = NULL") ? "UPDATE wp_nowhere SET x = 1" : $sql);
            $GLOBALS["wpdb"]->suppress_errors();
            try { RudrSync\Plugin::parts()->identity->copy(); } catch (RudrSync\Database_Error) { return true; }'));
        self::assertSame($before, $uuid());
    }

    public function testAPageThatStillKnowsARemovedSiteLeavesNoLinkToIt(): void
    {
        self::put([]);
        self::$fake->site->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("shop"); update_option("rudr_sync_site_names", ["fixed", "shop"]);');
        $id = self::$fake->site->createUser('still', 'still@example.org');
        self::assertSame([true, null], [self::$fake->link($id, 'fixed') !== null, self::$fake->link($id, 'shop')]);

        // But one that was there before stays: nobody knows here who else may know that site, and something may wait in it.
        self::$fake->site->db()->query("INSERT INTO wp_rudr_sync_links (site, user_id, revision) VALUES ('shop', $id, 3)");
        self::$fake->site->run('update_option("rudr_sync_site_names", ["fixed", "shop"]); wp_update_user(["ID" => $args[0], "first_name" => "Waits"]);', [$id]);
        self::assertSame(4, self::$fake->link($id, 'shop')['revision']);
        self::$fake->site->db()->query("DELETE FROM wp_rudr_sync_links WHERE site = 'shop'");
    }

    public function testAPageThatKnowsOnlyTheSitesOfBeforeMarksForThoseOfNow(): void
    {
        self::$fake->site->createUser('before', 'before@example.org');
        $noted = fn () => self::$fake->site->run('return get_option("rudr_sync_site_names");');
        self::assertSame(['fixed'], $noted());
        self::put([]);
        // Another page has it still.
        self::$fake->site->run('update_option("rudr_sync_site_names", ["fixed"]);');
        $id = self::$fake->site->createUser('meanwhile', 'meanwhile@example.org');
        foreach (['shop', 'fixed'] as $name) {
            self::assertNull(self::$fake->link($id, $name)['unsettled_until'], $name);
        }
        self::assertSame(['shop', 'fixed'], $noted());
    }

    public function testWhereAllSitesAreGoneAPageGoesOn(): void
    {
        self::$fake->site->createUser('last', 'last@example.org');
        $user = ['user_login' => 'nobody', 'user_email' => 'nobody@example.org', 'user_pass' => 'x'];
        $id = self::$fake->site->run('return wp_insert_user($args);', $user, ['NO_SITES' => '1']);
        $revision = fn () => (int) (self::$fake->link($id, 'fixed')['revision'] ?? 0);
        $once = $revision();
        $edit = fn (array $environment) => self::$fake->site->run('wp_update_user(["ID" => $args[0], "first_name" => uniqid()]);', [$id], $environment);
        $edit(['NO_SITES' => '1']);
        self::assertSame($once, $revision(), 'known from the first page on');
        $edit([]);
        self::assertGreaterThan($once, $revision());
    }

    public function testWhereThereIsNoSiteAPageAsksTheDatabaseNothingForUs(): void
    {
        $ours = fn () => self::$fake->site->run('
            $ours = [];
            add_filter("query", static function ($sql) use (&$ours) { str_contains($sql, "rudr_sync") && $ours[] = $sql; return $sql; });
            wp_update_user(["ID" => 1, "first_name" => uniqid()]);
            return $ours;
        ', [], ['NO_SITES' => '1']);
        self::$fake->site->run('RudrSync\Site_Store::note();');
        $ours();
        self::assertSame([], $ours());
    }

    public function testOfTheOnlySiteTheIdsInUserMetaGoToo(): void
    {
        $fake = Fake::site('only', 'newest');
        [$id, $tutorials] = [$fake->site->createUser('eve', 'eve@example.org'), $fake->site->createUser('tut', 'tut@example.org')];
        $fake->site->run('update_user_meta($args[0], "user_id_2", 41);', [$tutorials]);
        self::assertNotNull($fake->site->meta($id, 'user_id_2'));
        $fake->site->run('get_user_meta($args[0]); (new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("default");
            if (get_user_meta($args[0], "user_id_2", true)) { throw new Exception("cached"); }', [$id]);
        self::assertNull($fake->site->meta($id, 'user_id_2'));
        self::assertSame('41', $fake->site->meta($tutorials, 'user_id_2'), 'an id that no link of ours holds');
    }

    /** @return string|null the sentence that says why not */
    private static function put(array $site, array $environment = []): ?string
    {
        return self::$fake->site->run('
            try {
                (new RudrSync\Site_Store($GLOBALS["wpdb"]))->put($args["name"], $args["url"], $args["username"], $args["password"], $args["options"]);
                return null;
            } catch (RudrSync\Command_Error $e) {
                return $e->getMessage();
            }
        ', $site + ['name' => 'shop', 'url' => 'https://shop.example', 'username' => 'agent', 'password' => 'hidden', 'options' => []], $environment);
    }

    private static function stored(string $name): array
    {
        return json_decode(self::$fake->site->db()->query("SELECT settings FROM wp_rudr_sync_sites WHERE name = '$name'")->fetch_row()[0], true);
    }

    private static function names(): array
    {
        $names = self::$fake->site->run('return (new RudrSync\Sites())->names();');
        sort($names);
        return $names;
    }
}
