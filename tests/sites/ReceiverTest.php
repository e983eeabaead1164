<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** The plugin on both ends: every version as source, and every version as receiver. */
final class ReceiverTest extends SitesTestCase
{
    /** In as many ways as there are in which a text is mishandled. */
    private const PASSWORD = "b\\ack'slash \"quoted\" \u{1F642} %7B<&amp;>";
    /** The only receiver that cannot check what a source of 6.8 or later stores. */
    private const OLD = 'r61';

    /** @var array<string, Site> by the name that they have at every source */
    private static array $receivers = [];
    /** @var array<string, Site> */
    private static array $sources = [];

    public static function setUpBeforeClass(): void
    {
        foreach (['r61' => '6.1', 'r68' => '6.8', 'rnew' => 'newest'] as $name => $version) {
            self::$receivers[$name] = End::make($name, $version, ['extension' => false]);
        }
    }

    public static function sources(): array
    {
        return ['6.1' => ['6.1'], '6.8' => ['6.8'], 'newest' => ['newest']];
    }

    /** @dataProvider sources */
    public function testTheWholeStory(string $version): void
    {
        $a = self::source($version);
        $login = Pair::login();
        $email = "$login@example.org";
        $a->register($login, $email);
        $id = (int) $a->user($login)['ID'];
        $a->setPasswordByLink($a->resetLink($email), 'the first One');
        self::assertOnAll($a, $id, 'the first One');

        $a->as($login, 'the first One')->profile(['first_name' => "O'Hara \u{1F642}", 'description' => 'a \\ b & <c>', 'url' => 'https://o.example/']);
        self::assertOnAll($a, $id, 'the first One', ['first_name' => "O'Hara \u{1F642}"]);
        $a->as($login, 'the first One')->profile(['password' => 'by the profile']);
        self::assertOnAll($a, $id, 'by the profile');
        $a->resetPassword($login, $email, self::PASSWORD);
        self::assertOnAll($a, $id, self::PASSWORD);

        $a->asAdmin()->userEdit($id, ['role' => 'author']);
        self::assertOnAll($a, $id, self::PASSWORD, ['roles' => ['author']]);
        $a->run('update_user_meta($args[0], "phone", "+1 2");', [$id]);
        self::assertOnAll($a, $id, self::PASSWORD, ['phone' => '+1 2']);

        $a->asAdmin()->userDelete($id);
        foreach (self::$receivers as $name => $b) {
            self::assertNull($b->user($login), "$login on $name");
            self::assertNull(self::pair($a, $name)->link($id));
            self::assertSame([], $b->mails(), "$name mails nobody");
        }
        self::assertNoPlaintextWhereTheHashFits($version);
    }

    /** @dataProvider sources */
    public function testAPasswordThatWasSetYearsAgoWorksThereAfterASync(string $version): void
    {
        $a = self::source($version);
        foreach (['phpass' => Sender::phpass('years ago'), 'md5' => md5('years ago')] as $kind => $hash) {
            $id = self::old($a, $hash);
            self::sync($a, $id);
            self::assertOnAll($a, $id, 'years ago');
            self::assertNotNull($a->meta($id, '_rudr_sync_password'), "$kind has a mark");
        }
        self::assertNoPlaintextWhereTheHashFits($version);
    }

    /**
     * @testWith ["6.8"]
     *           ["newest"]
     */
    public function testAHashThatAnOldReceiverCannotCheckIsToldAndBreaksNothing(string $version): void
    {
        $a = self::source($version);
        $id = self::old($a, Sender::bcrypt('years ago'));
        self::sync($a, $id);
        $login = $a->user($id)['user_login'];
        foreach (self::$receivers as $name => $b) {
            $link = self::pair($a, $name)->link($id);
            if ($name !== self::OLD) {
                self::assertNull($link['code'], (string) $link['message']);
                self::assertTrue($b->login($login, 'years ago'), $name);
                continue;
            }
            self::assertSame('refused', $link['code']);
            self::assertStringContainsString('hash_unsupported', $link['message']);
            self::assertFalse($b->login($login, 'years ago'));
            self::assertFalse($b->login($login, Sender::bcrypt('years ago')));
        }
        self::assertStringContainsString('hash_unsupported', $a->asAdmin()->get('wp-admin/users.php')->body);

        // What was there already stays.
        $person = $a->createUser(Pair::login(), Pair::login() . '@example.org', 'subscriber', 'known');
        self::assertOnAll($a, $person, 'known');
        $a->db()->execute_query('UPDATE wp_users SET user_pass = ? WHERE ID = ?', [Sender::bcrypt('unseen'), $person]);
        self::sync($a, $person);
        $old = self::$receivers[self::OLD];
        $login = $a->user($person)['user_login'];
        self::assertTrue($old->login($login, 'known'));
        self::assertTrue(self::$receivers['rnew']->login($login, 'unseen'));

        // The next one goes to all.
        $a->run('wp_set_password("set now", $args[0]);', [$person]);
        self::assertOnAll($a, $person, 'set now');
    }

    public function testWhileTheReceiverIsSwitchedOffEverythingWaitsAndThenArrives(): void
    {
        $a = self::source('newest');
        $b = self::$receivers['rnew'];
        $pair = self::pair($a, 'rnew');
        $make = static fn (string $role = 'subscriber') => $a->createUser($login = Pair::login(), "$login@example.org", $role, 'before');
        [$edited, $changed, $removed] = [$make(), $make(), $make()];
        $b->run('deactivate_plugins("rudr-sync/rudr-sync.php");');
        try {
            $a->run('update_user_meta($args[0], "first_name", "Waits"); (new WP_User($args[0]))->set_role("author");', [$edited]);
            self::assertSame('receiver_gone', $pair->link($edited)['code'], (string) $pair->link($edited)['message']);
            $a->run('wp_set_password("while away", $args[0]);', [$changed]);
            $a->run('wp_delete_user($args[0]);', [$removed]);
            $new = $make();
            foreach ([1, 2, 3, 4] as $_) {
                // A person who does not want to wait changes nothing of what the site was.
                $a->run('(new RudrSync\Resume_Command($GLOBALS["wpdb"]))->run("rnew");');
                self::sweep($a);
            }
            foreach ([$edited, $changed, $removed, $new] as $id) {
                $link = $pair->link($id);
                self::assertNotSame($link['revision'], $link['synced_revision']);
                self::assertNotNull($link['due_at']);
                self::assertNull($link['secret']);
            }
            self::assertSame('paused', $a->db()->query("SELECT status FROM wp_rudr_sync_sites WHERE name = 'rnew'")->fetch_row()[0]);
        } finally {
            $b->run('activate_plugin("rudr-sync/rudr-sync.php");');
        }
        self::sweep($a);
        self::assertFollows($pair, $edited, 'before', ['first_name' => 'Waits', 'roles' => ['author']]);
        self::assertFollows($pair, $changed, 'while away');
        self::assertFollows($pair, $new, 'before');
        self::assertNull($pair->link($removed));
        self::assertNoPlaintextWhereTheHashFits('newest');
    }

    /** Core's REST, by which a site of which nothing is known is probed, refuses an agent by design. */
    public function testAReceiverThatWasNeverReachedIsNotGivenUpWhenItAnswers(): void
    {
        $a = self::source('newest');
        $pair = self::pair($a, 'rnew');
        $id = $a->createUser($login = Pair::login(), "$login@example.org", 'subscriber', 'before');
        $a->db()->query("UPDATE wp_rudr_sync_sites SET state = '{\"silent\": 2, \"denied\": 0}', wire = NULL, remote_uuid = NULL, hashes = NULL, status = 'paused', hold_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE name = 'rnew'");
        $a->run('update_user_meta($args[0], "first_name", "Late");', [$id]);
        self::sweep($a);
        self::assertSame('ok', $a->db()->query("SELECT status FROM wp_rudr_sync_sites WHERE name = 'rnew'")->fetch_row()[0]);
        self::assertFollows($pair, $id, 'before', ['first_name' => 'Late']);
    }

    /** What is said of the sites to a person. */
    public function testTheSiteIsShownAsAReceiver(): void
    {
        $a = self::source('newest');
        self::sync($a, $a->createUser($login = Pair::login(), "$login@example.org"));
        $row = $a->db()->query("SELECT * FROM wp_rudr_sync_sites WHERE name = 'r61'")->fetch_assoc();
        self::assertSame('receiver', $row['wire']);
        self::assertSame(self::$receivers['r61']->run('return RudrSync\Plugin::parts()->identity->uuid();'), $row['remote_uuid']);
        self::assertSame(['$P$', 'md5'], array_values(array_intersect(json_decode($row['hashes'], true), ['$P$', 'md5', '$wp$2y$'])));
        self::assertNotNull($row['asked_at']);
        $page = $a->asAdmin()->get('wp-admin/users.php?page=rudr-sync')->body;
        self::assertMatchesRegularExpression('/receiver \d+\.\d+\.\d+/', $page, strip_tags(substr($page, (int) strpos($page, 'rudr-sync-address'), 3000)));
    }

    /** Made once; what its links ever held of passwords is kept, and what the sites said of themselves is known. */
    private static function source(string $version): Site
    {
        if (!isset(self::$sources[$version])) {
            $a = End::make('s' . preg_replace('/\W/', '', $version), $version);
            End::follow($a, self::$receivers);
            $a->createUser($login = Pair::login(), "$login@example.org");
            $a->db()->query('CREATE TABLE seen (site varchar(64))');
            $a->db()->query('CREATE TRIGGER see BEFORE UPDATE ON wp_rudr_sync_links FOR EACH ROW INSERT INTO seen SELECT NEW.site FROM DUAL WHERE NEW.secret IS NOT NULL');
            self::$sources[$version] = $a;
        }
        End::forget(self::$sources[$version], ...array_values(self::$receivers));
        return self::$sources[$version];
    }

    private static function pair(Site $a, string $name): Pair
    {
        return new Pair($a, self::$receivers[$name], $name);
    }

    private static function assertOnAll(Site $a, int $id, string $password, array $expected = []): void
    {
        foreach (array_keys(self::$receivers) as $name) {
            self::assertFollows(self::pair($a, $name), $id, $password, $expected);
        }
    }

    /** On the wire, and in the links. */
    private static function assertNoPlaintextWhereTheHashFits(string $version): void
    {
        $seen = array_column(self::$sources[$version]->db()->query('SELECT DISTINCT site FROM seen')->fetch_all(), 0);
        foreach (self::$receivers as $name => $b) {
            $writes = array_filter($b->requests(), static fn (array $request) => $request['method'] !== 'GET');
            self::assertSame([], array_diff(array_column($writes, 'uri'), ['/wp-json/rudr-sync/v1/jobs']), "only the receiver of $name is sent anything");
            $sent = array_column(array_column(End::jobs($b), 'user'), 'user_pass');
            if ($name === self::OLD && $version !== '6.1') {
                continue;
            }
            self::assertSame([], $sent, "plaintexts to $name");
            self::assertNotContains($name, $seen, 'sealed in the links');
        }
    }

    /** Somebody who was there before the plugin was: nothing of ours knows their password. */
    private static function old(Site $a, string $hash): int
    {
        $login = Pair::login();
        $db = $a->db();
        $db->execute_query(
            'INSERT INTO wp_users (user_login, user_pass, user_nicename, user_email, user_registered, display_name) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(), ?)',
            [$login, $hash, $login, "$login@example.org", $login]
        );
        $id = (int) $db->insert_id;
        foreach (['wp_capabilities' => 'a:1:{s:10:"subscriber";b:1;}', 'wp_user_level' => '0', 'nickname' => $login] as $key => $value) {
            $db->execute_query('INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (?, ?, ?)', [$id, $key, $value]);
        }
        return $id;
    }

    /** As `wp rudr-sync sync`. */
    private static function sync(Site $a, int $id): void
    {
        $a->run('
            $parts = RudrSync\Plugin::parts();
            foreach ($parts->sites->all() as $name => $target) {
                $parts->orders->sync($name, [$args[0]]);
                $parts->delivery->run($target, [$args[0]]);
            }
        ', [$id]);
    }

    /** All that waits is tried, whenever it was to be. */
    private static function sweep(Site $a): void
    {
        $a->db()->query('UPDATE wp_rudr_sync_sites SET hold_until = UTC_TIMESTAMP()');
        $a->db()->query('UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP() WHERE due_at IS NOT NULL');
        $a->run('RudrSync\Plugin::parts()->cron->run();');
    }
}
