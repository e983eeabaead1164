<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** The plugin coming and going, with and without what it needs. */
final class SetupTest extends TestCase
{
    public function testWithoutTheExtensionHooksStillMarkAndOnlyAdministratorsAreTold(): void
    {
        $site = Lab::site('bare', 'newest', ['plugin' => true, 'config' => "define('RUDR_SYNC_SITES', ['url' => 'https://b.example', 'username' => 'u', 'password' => 'hidden-here']);"]);
        // One that the extension's file defines: only its row says that it is there.
        $site->db()->query("INSERT INTO wp_rudr_sync_sites (name) VALUES ('filed')");
        $id = $site->createUser('eve', 'eve@example.org', 'editor');
        self::assertSame([['default', '2', null], ['filed', '2', null]], $site->db()->query("SELECT site, revision, lease FROM wp_rudr_sync_links WHERE user_id = $id ORDER BY site")->fetch_all());
        $told = fn () => $site->db()->query("SELECT secret, code, message FROM wp_rudr_sync_links WHERE user_id = $id")->fetch_all();
        foreach ($told() as [$secret, $code, $message]) {
            self::assertSame([null, 'key_missing'], [$secret, $code]);
            self::assertStringContainsString('in a PHP without the extension rudr_sync', $message, 'the password is not dropped without a word');
        }
        $site->db()->query("UPDATE wp_rudr_sync_links SET code = NULL, message = NULL");
        $site->run('wp_update_user(["ID" => $args[0], "first_name" => "Eve"]);', [$id]);
        self::assertSame([null, null], array_column($told(), 1), 'an edit sets none');
        $gone = $site->createUser('gone', 'gone@example.org');
        $site->run('wp_delete_user($args[0]);', [$gone]);
        self::assertSame([['absent', 'gone'], ['absent', 'gone']], $site->db()->query("SELECT want, login FROM wp_rudr_sync_links WHERE user_id = $gone")->fetch_all());

        $notice = $site->asAdmin()->get('wp-admin/users.php')->body;
        self::assertStringContainsString('The PHP extension rudr_sync is not loaded. Changes of users are noted, but nothing is sent to default, filed until', $notice);
        self::assertStringNotContainsString('hidden-here', $notice);
        self::assertStringNotContainsString('rudr_sync', $site->as('eve', Lab::PASSWORD)->get('wp-admin/')->body);
        self::assertSame([], self::ours($site->errors()));
    }

    public function testABrokenDefinitionOfASiteIsANoticeAndTheOthersWork(): void
    {
        $fake = Fake::site('broken', 'newest', "define('RUDR_SYNC_SITES', [
            'shop' => ['url' => 'nonsense', 'username' => 'u', 'password' => 'hidden-here'],
            'blog' => ['url' => 'https://b.example', 'username' => 'u', 'password' => 'p'],
            'odd' => 'x',
        ]);");
        $id = $fake->site->createUser('eve', 'eve@example.org');
        self::assertTrue($fake->isInStep($id, 'blog'));
        self::assertFalse($fake->isInStep($id, 'shop'));
        self::assertNotNull($fake->link($id, 'shop')['code']);
        $notice = $fake->site->asAdmin()->get('wp-admin/')->body;
        self::assertStringContainsString('shop: url: is no address', $notice);
        self::assertStringContainsString('&quot;odd&quot;', $notice);
        self::assertStringNotContainsString('hidden-here', $notice);
        self::assertSame([], self::ours($fake->site->errors()));
    }

    /** Both would be one row for each user, and one's accounts would be taken for the other's. */
    public function testOfTwoSitesWhoseNamesAreOneToTheDatabaseOneIsLeftOut(): void
    {
        $fake = Fake::site('twice', 'newest', "define('RUDR_SYNC_SITES', array_fill_keys(['shop', 'Shop', 'forum'], ['url' => 'https://b.example', 'username' => 'u', 'password' => 'p']));");
        $calls = $fake->calls(fn () => $fake->site->createUser('eve', 'eve@example.org'));
        self::assertCount(2, $calls);
        self::assertStringContainsString('The site &quot;Shop&quot; is left out', $fake->site->asAdmin()->get('wp-admin/')->body);
        self::assertSame([], self::ours($fake->site->errors()));
    }

    /** A class that the list of files does not have would be missed only when it is needed. */
    public function testTheListOfFilesHasEveryClass(): void
    {
        $folder = Lab::root() . '/php/rudr-sync/src';
        $files = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS)) as $file) {
            if (preg_match('/^(?:final |abstract )*(?:class|trait) (\w+)/m', (string) file_get_contents((string) $file), $name)) {
                $files[$name[1]] = substr((string) $file, strlen($folder));
            }
        }
        preg_match_all("~(\w+)::class +=> '([^']+)',~", (string) file_get_contents("$folder/autoload.php"), $listed);
        $listed = array_combine($listed[1], $listed[2]);
        ksort($files);
        ksort($listed);
        self::assertSame($files, $listed);
    }

    /** All seems well where nothing can be noted that is not. */
    public function testTablesThatTheDatabaseWouldNotMakeAreTold(): void
    {
        $fake = Fake::site('tableless', 'newest', "getenv('ADMIN') && define('WP_ADMIN', true);");
        $health = fn () => $fake->site->run('return apply_filters("site_status_tests", ["direct" => [], "async" => []])["direct"]["rudr_sync"]["test"]();', [], ['ADMIN' => '1']);
        self::assertSame('good', $health()['status']);
        $fake->site->db()->query('ALTER TABLE wp_rudr_sync_links DROP COLUMN released');
        self::assertSame('critical', $health()['status']);
        self::assertStringContainsString('may CREATE and ALTER tables', $health()['description']);
    }

    /** An administrator's page asks who needs them: not everybody is looked at for that, where many follow and all is well. */
    public function testToTellAnAdministratorNotEverybodysLinkIsRead(): void
    {
        $fake = Fake::site('many', 'newest', "define('RUDR_SYNC_DELIVERY', 'cron');");
        $read = $fake->site->run('
            global $wpdb;
            $wpdb->query("INSERT INTO wp_rudr_sync_links (site, user_id, revision, synced_revision) SELECT \'default\', seq, 1, 1 FROM seq_101_to_5100");
            $wpdb->query("UPDATE wp_rudr_sync_links SET code = \'conflict\', revision = 2 WHERE user_id = 2000");
            $wpdb->query("FLUSH STATUS");
            $desk = new RudrSync\Desk($wpdb, RudrSync\Plugin::parts());
            $troubles = new RudrSync\Troubles($desk->report, $desk->parts->sites, $desk->held, $desk->parts->rows);
            $told = count($troubles->with_users()) + count($troubles->held());
            return [$told, array_sum(array_column($wpdb->get_results("SHOW SESSION STATUS LIKE \'Handler_read%\'"), "Value"))];
        ');
        self::assertSame(1, $read[0]);
        self::assertLessThan(500, $read[1]);
        self::assertSame([], self::ours($fake->site->errors()));
    }

    /** WordPress's privacy tools: what is kept is told, and why it is not erased. */
    public function testThePrivacyToolsAreToldWhatIsKept(): void
    {
        $fake = Fake::site('privacy', 'newest', "getenv('ADMIN') && define('WP_ADMIN', true); define('RUDR_SYNC_DELIVERY', 'cron');");
        $site = $fake->site;
        [$eve, $gone] = [$site->createUser('eve', 'eve@example.org'), $site->createUser('gone', 'gone@example.org')];
        $site->run('RudrSync\Plugin::parts()->worker()->run(0, true);');
        $site->run('wp_delete_user($args[0]);', [$gone]);
        $ask = fn (string $what, string $email) => $site->run('return apply_filters("wp_privacy_personal_data_$args[0]", [])["rudr-sync"]["callback"]($args[1], 1);', [$what, $email], ['ADMIN' => '1']);
        $told = fn (string $email) => array_map(static fn (array $item) => array_column($item['data'], 'value', 'name'), $ask('exporters', $email)['data']);
        self::assertSame([['default', 'eve', (1000 + $eve) . ' eve']], array_map(static fn (array $of) => array_slice(array_values($of), 0, 3), $told('EVE@example.org')));
        self::assertSame('yes', $told('gone@example.org')[0]['Removed here, to be removed there']);
        self::assertSame([], $told('nobody@example.org'));

        $erased = $ask('erasers', 'gone@example.org');
        self::assertSame([false, true], [$erased['items_removed'], $erased['items_retained']]);
        self::assertStringContainsString('Login and address of gone are kept until their account on default is removed.', $erased['messages'][0]);
        self::assertNotNull($fake->link($gone));
        self::assertFalse($ask('erasers', 'nobody@example.org')['items_retained']);
        $site->run('update_option("wp_page_for_privacy_policy", wp_insert_post(["post_type" => "page", "post_status" => "publish", "post_title" => "Privacy"]));');
        $admin = $site->asAdmin();
        self::assertStringContainsString('you have one on these sites as well', $admin->get('wp-admin/options-privacy.php?tab=policyguide')->body);
        // WordPress looks in each request of wp-admin whether the text is still there, also where there is no menu.
        foreach (['admin-ajax.php?action=heartbeat', 'admin-post.php', ''] as $page) {
            $admin->get("wp-admin/$page");
            self::assertNotSame('changed', $site->run('return get_option("_wp_suggested_policy_text_has_changed");'), $page);
        }
        self::assertSame([], self::ours($site->errors()));
    }

    public function testWhatHappensWhileTheFileOfSitesCannotBeReadIsMarkedForItsSites(): void
    {
        $fake = Fake::site('filed', 'newest', "define('RUDR_SYNC_DELIVERY', 'cron');");
        $filed = ['SITES_FILE' => json_encode(['filed' => ['url' => 'https://filed.example', 'username' => 'u', 'options' => []]])];
        $site = $fake->site;
        $insert = 'return wp_insert_user(["user_login" => $args[0], "user_email" => "$args[0]@example.org", "user_pass" => "x"]);';
        [$edited, $removed] = [$site->run($insert, ['edited'], $filed), $site->run($insert, ['removed'], $filed)];
        $site->run('RudrSync\Plugin::parts()->worker()->run(0, true);', [], $filed);
        self::assertTrue($fake->isInStep($edited, 'filed'));

        $edit = 'wp_update_user(["ID" => $args[0], "first_name" => $args[1]]);';
        $revision = fn () => (int) $fake->link($edited, 'filed')['revision'];
        $site->run($edit, [$edited, 'Noted'], ['SITES_FILE' => '']);
        $before = $revision();
        $site->run($edit, [$edited, 'Gone'], ['SITES_FILE' => '']);
        self::assertSame($before, $revision(), 'nothing but its row says that there is such a site, and the page before has noted that');
        $site->run($edit, [$edited, 'Broken'], ['SITES_FILE' => 'broken']);
        self::assertGreaterThan($before, $revision());
        // The mark of the page that did not know yet is nobody's to settle: a minute later it counts.
        $fake->set($edited, 'unsettled_until = UTC_TIMESTAMP()');
        $site->run('wp_delete_user($args[0]);', [$removed], ['SITES_FILE' => 'broken']);
        self::assertSame(['absent', 'removed'], [$fake->link($removed, 'filed')['want'], $fake->link($removed, 'filed')['login']]);

        $health = $site->run('
            $desk = new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts());
            return (new RudrSync\Findings($desk->status, $desk->report, RudrSync\Plugin::parts()->identity))->all();
        ', [], ['SITES_FILE' => 'broken']);
        self::assertSame(['critical', 'the site file /etc/sites.toml cannot be used'], array_values($health[0]));
        self::assertStringStartsWith('filed: Where it is defined cannot be read now', $health[1]['text']);

        $site->run('RudrSync\Plugin::parts()->worker()->run(0, true);', [], $filed);
        self::assertTrue($fake->isInStep($edited, 'filed'));
        self::assertNull($fake->link($removed, 'filed'));
        self::assertSame([], self::ours($site->errors()));
    }

    public function testAnUnlinkedUserIsNoTrouble(): void
    {
        $fake = Fake::site('unlinked', 'newest');
        $id = $fake->site->createUser('eve', 'eve@example.org');
        $fake->site->db()->query("UPDATE wp_rudr_sync_links SET code = 'unlinked', due_at = NULL, remote_id = NULL, synced_revision = revision WHERE user_id = $id");
        self::assertStringNotContainsString('need you', $fake->site->asAdmin()->get('wp-admin/users.php')->body);
    }

    public function testUsersWhoNeedAPersonAreListedWithWhatTheSiteSaidEscaped(): void
    {
        $fake = Fake::site('notices', 'newest');
        $fake->script(['status' => 'rejected', 'code' => 'conflict', 'message' => '<script>alert("x")</script>']);
        $fake->site->createUser('eve', 'eve@example.org');
        $page = $fake->site->asAdmin()->get('wp-admin/users.php')->body;
        self::assertStringContainsString('eve on default: &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; (conflict)', $page);
        self::assertStringNotContainsString('<script>alert("x")', $page);
    }

    public function testASiteThatRefusesUsIsANoticeThatSaysWhatMendsIt(): void
    {
        $fake = Fake::site('refused', 'newest');
        $fake->site->createUser('eve', 'eve@example.org', 'editor');
        $told = 'default refuses us altogether. Is the application password revoked, or its account gone?';
        self::assertStringNotContainsString($told, $fake->site->asAdmin()->get('wp-admin/users.php')->body);
        $fake->site->db()->query("UPDATE wp_rudr_sync_sites SET status = 'quarantined'");
        $page = $fake->site->asAdmin()->get('wp-admin/users.php')->body;
        self::assertStringContainsString($told, $page);
        // It is in wp-config.php, where nobody sees that it was corrected.
        self::assertStringContainsString('say so: wp rudr-sync resume --site=default', $page);
        self::assertStringNotContainsString('resume', $fake->site->run('return RudrSync\Troubles::refused("default", RudrSync\Target::FROM_TABLE);'), 'one stored here is resumed by the new password');
        self::assertStringNotContainsString('refuses us', $fake->site->as('eve', Lab::PASSWORD)->get('wp-admin/')->body);
    }

    public function testUninstallingLeavesNothingButWhatIsNotOurs(): void
    {
        $fake = Fake::site('uninstall', 'newest');
        $site = $fake->site;
        $id = $site->createUser('eve', 'eve@example.org');
        $other = $site->createUser('tut', 'tut@example.org');
        $site->db()->query("DELETE FROM wp_rudr_sync_links WHERE user_id = $other");
        self::assertNotNull($site->meta($id, 'user_id_2'));
        $site->run('
            wp_set_current_user($args[0]);
            (new RudrSync\Flash())->keep();
            (new RudrSync\Caller(new RudrSync\Receiver_Settings()))->failed();
            set_transient("rudr-sync_of_another", 1, 600);
            RudrSync\Cron::plan();
            RudrSync\Cron::soon();', [$id]);
        $options = fn () => array_column($site->db()->query("SELECT option_name FROM wp_options WHERE option_name LIKE '%rudr%' OR option_name = 'cron' AND option_value LIKE '%rudr%'")->fetch_all(), 0);
        self::assertCount(4, preg_grep('/^_(site_)?transient_(timeout_)?rudr_sync_/', $options()));
        self::assertContains('cron', $options());
        $site->run('deactivate_plugins("rudr-sync/rudr-sync.php"); define("WP_UNINSTALL_PLUGIN", "rudr-sync/rudr-sync.php");
            include WP_PLUGIN_DIR . "/rudr-sync/uninstall.php";');
        self::assertSame([], $site->db()->query("SHOW TABLES LIKE '%rudr%'")->fetch_all());
        self::assertEqualsCanonicalizing(['_transient_rudr-sync_of_another', '_transient_timeout_rudr-sync_of_another'], $options());
        self::assertSame([], $site->db()->query("SELECT * FROM wp_usermeta WHERE meta_key LIKE '%rudr%'")->fetch_all());
        self::assertNull($site->meta($id, 'user_id_2'));
        self::assertNotNull($site->meta($other, 'user_id_2'), 'an id that no link of ours holds');
    }

    /** As `wp plugin uninstall --deactivate` does it: our hooks are still attached when the agents go and the tables are no more. */
    public function testUninstallingInARequestThatChangesUsersLeavesNothingEither(): void
    {
        $fake = Fake::site('uninstall2', 'newest');
        $site = $fake->site;
        $id = $site->createUser('eve', 'eve@example.org');
        $agent = $site->run('return RudrSync\Agent::make("x");');
        self::assertTrue($fake->isInStep($id));
        $site->run('
            wp_update_user(["ID" => $args[0], "first_name" => "Before", "user_pass" => "before"]);
            deactivate_plugins("rudr-sync/rudr-sync.php"); define("WP_UNINSTALL_PLUGIN", "rudr-sync/rudr-sync.php");
            include WP_PLUGIN_DIR . "/rudr-sync/uninstall.php";
            wp_update_user(["ID" => $args[0], "first_name" => "After", "user_pass" => "after"]);
            wp_delete_user($args[0]);
            wp_create_user("adam", "adam", "adam@example.org");', [$id]);
        self::assertSame([], $site->errors());
        self::assertNull($site->user($agent['login']));
        self::assertSame([], $site->db()->query("SHOW TABLES LIKE '%rudr%'")->fetch_all());
        self::assertSame([], $site->db()->query("SELECT option_name FROM wp_options WHERE option_name LIKE '%rudr%' OR option_name = 'cron' AND option_value LIKE '%rudr%'")->fetch_all());
        self::assertSame([], $site->db()->query("SELECT * FROM wp_usermeta WHERE meta_key LIKE '%rudr%'")->fetch_all());
    }

    public function testATableThatIsMissingIsMadeWhenThePluginsFilesAreNewer(): void
    {
        $fake = Fake::site('upgrade', '6.1');
        $fake->site->db()->query('DROP TABLE wp_rudr_sync_links');
        $fake->site->db()->query("UPDATE wp_options SET option_value = '0' WHERE option_name = 'rudr_sync_schema'");
        $fake->site->run('return 1;');
        self::assertTrue($fake->isInStep($id = $fake->site->createUser('eve', 'eve@example.org')));

        // What a code meant in an older version it means in that one's rows only: here the account there holds power, not who was removed.
        $fake->set($id, "want = 'absent', code = 'privileged', due_at = UTC_TIMESTAMP() + INTERVAL 1 DAY");
        $fake->site->run('RudrSync\Plugin::activate();');
        self::assertSame(0, $fake->link($id)['privileged']);
        // Nor where a network's new site has no version yet.
        $fake->site->run('delete_option("rudr_sync_schema"); RudrSync\Plugin::activate();');
        self::assertSame(0, $fake->link($id)['privileged']);
        $fake->set($id, "code = 'privileged'");
        $fake->site->db()->query("UPDATE wp_options SET option_value = '2' WHERE option_name = 'rudr_sync_schema'");
        $fake->site->run('return 1;');
        self::assertSame(1, $fake->link($id)['privileged']);
        self::assertSame([], $fake->site->errors());
    }

    /** @param list<string> $errors without the dashboard's, which would like to ask for updates */
    private static function ours(array $errors): array
    {
        return array_values(array_filter($errors, static fn (string $line) => !str_contains($line, 'WordPress.org')));
    }
}
