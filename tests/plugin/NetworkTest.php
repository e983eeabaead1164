<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** A network as the source: its users are one, their roles are each site's own. */
final class NetworkTest extends TestCase
{
    private const INSERT = 'return wp_insert_user(["user_login" => $args[0], "user_email" => "$args[0]@example.org", "user_pass" => "x", "role" => $args[1]]);';

    private static Fake $fake;
    private static int $second;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('net', 'newest', '', ['multisite' => true]);
        self::$second = self::$fake->site->run('add_role("vendor", "Vendor", ["read" => true]);
            return wp_insert_site(["domain" => get_network()->domain, "path" => "/second/", "title" => "Second", "user_id" => 1]);');
    }

    protected function tearDown(): void
    {
        self::assertSame([], self::$fake->site->errors());
    }

    /** Else a user would be an editor or a subscriber there by whichever site's page happens to deliver. */
    public function testRolesAreThoseOfTheMainSiteWhereverTheyAreDelivered(): void
    {
        $id = self::$fake->site->run(self::INSERT, ['eve', 'vendor']);
        $second = 'switch_to_blog($args[0]); add_user_to_blog($args[0], $args[1], "editor");';
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run("$second wp_update_user(['ID' => \$args[1], 'first_name' => 'Eve']);", [self::$second, $id]));
        self::assertSame(['vendor'], end($jobs)['user']['roles']);
        self::assertSame('Eve', end($jobs)['user']['first_name']);
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('switch_to_blog($args[0]); get_userdata($args[1])->set_role("");', [self::$second, $id]));
        self::assertSame([['vendor']], array_values(array_unique(array_column(array_column($jobs, 'user'), 'roles'), SORT_REGULAR)), 'to lose a role there is no loss');
    }

    public function testAnAdministratorOfTheMainSiteDoesNotFollowFromAnother(): void
    {
        $id = self::$fake->site->run(self::INSERT, ['chief', 'administrator']);
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('switch_to_blog($args[0]); wp_update_user(["ID" => $args[1], "first_name" => "C"]);', [self::$second, $id]));
        self::assertTrue(end($jobs)['privileged']);
    }

    /** Whoever holds power on the main site is not removed there; power on another site is nobody's business. */
    public function testWhoIsRemovedOnAnotherSiteIsJudgedByTheMainOne(): void
    {
        $remove = 'require_once ABSPATH . "wp-admin/includes/ms.php"; require_once ABSPATH . "wp-admin/includes/user.php"; switch_to_blog($args[0]); wpmu_delete_user($args[1]);';
        foreach ([['boss', 'subscriber', 'administrator', true], ['bossb', 'administrator', 'subscriber', false]] as [$login, $there, $here, $is]) {
            // The link is made while they are nobody.
            $id = self::$fake->site->run(self::INSERT, [$login, 'subscriber']);
            self::assertNotNull(self::$fake->link($id));
            self::$fake->site->run('get_userdata($args[1])->set_role($args[2]); add_user_to_blog($args[0], $args[1], $args[3]);', [self::$second, $id, $here, $there]);
            $jobs = self::$fake->jobs(fn () => self::$fake->site->run($remove, [self::$second, $id]));
            self::assertSame(['delete', $is], [end($jobs)['op'], end($jobs)['privileged']], $login);
        }
    }

    public function testThatTheSitesHaveChangedIsNewsToEverySiteOfTheNetwork(): void
    {
        $noted = self::$fake->site->run('
            switch_to_blog($args[0]);
            update_option("rudr_sync_site_names", ["default", "shop"]);
            restore_current_blog();
            (new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("shop");
            switch_to_blog($args[0]);
            return get_option("rudr_sync_site_names");', [self::$second]);
        self::assertFalse($noted);
    }

    public function testAWorkerEndsWhenThePluginIsActiveNowhereAnyMore(): void
    {
        $work = 'return RudrSync\Plugin::parts()->worker()->run(...$args);';
        $off = 'usleep(1100000); deactivate_plugins("rudr-sync/rudr-sync.php", true, $network_wide = true);';
        $site = self::$fake->site;
        $site->run('activate_plugin("rudr-sync/rudr-sync.php", "", true);');
        try {
            $site->run('deactivate_plugins("rudr-sync/rudr-sync.php", true, false);');
            self::assertSame('done', $site->run($work, [2, false]), 'the network has it');
            self::assertSame('off', $site->run("\$worker = RudrSync\Plugin::parts()->worker(); $off return \$worker->run(10);"));
        } finally {
            $site->run('activate_plugin("rudr-sync/rudr-sync.php");');
        }
    }

    /** Who is in trouble is for who sees to the users: on a network that is nobody of one site alone. */
    public function testOnlyTheNetworksAdministratorsAreTold(): void
    {
        $site = self::$fake->site;
        $id = $site->run(self::INSERT, ['trouble', 'vendor']);
        self::$fake->set($id, "revision = revision + 1, due_at = NULL, code = 'conflict', message = 'somebody else has that login'");
        $chief = $site->createUser('second-chief', 'second-chief@example.org');
        $site->run('add_user_to_blog($args[0], $args[1], "administrator");', [self::$second, $chief]);
        $theirs = $site->as('second-chief', Lab::PASSWORD)->get('second/wp-admin/')->body;
        self::assertStringContainsString('Dashboard', $theirs);
        self::assertStringNotContainsString('somebody else has that login', $theirs);
        $admin = $site->asAdmin();
        self::assertStringContainsString('trouble on default: somebody else has that login', $admin->get('wp-admin/network/')->body);
        self::assertStringContainsString('trouble on default: somebody else has that login', $admin->get('wp-admin/')->body);
    }

    public function testUninstallingLeavesNothingOnAnySite(): void
    {
        $site = self::$fake->site;
        $site->run('switch_to_blog($args[0]); RudrSync\Plugin::upgrade(); RudrSync\Cron::soon();
            (new RudrSync\Caller(new RudrSync\Receiver_Settings()))->failed();
            wp_set_current_user(1);
            (new RudrSync\Flash())->keep();', [self::$second]);
        $ours = fn () => $site->db()->query("SELECT meta_key FROM wp_sitemeta WHERE meta_key LIKE '%rudr\\_sync%'")->fetch_all();
        self::assertNotEmpty($ours());
        $site->run('deactivate_plugins("rudr-sync/rudr-sync.php", false, true); define("WP_UNINSTALL_PLUGIN", "rudr-sync/rudr-sync.php"); include WP_PLUGIN_DIR . "/rudr-sync/uninstall.php";');
        foreach (['wp_options', 'wp_' . self::$second . '_options'] as $table) {
            self::assertSame([], $site->db()->query("SELECT option_name FROM $table WHERE option_name LIKE '%rudr%' OR (option_name = 'cron' AND option_value LIKE '%rudr%')")->fetch_all());
        }
        self::assertSame([], $site->db()->query("SHOW TABLES LIKE '%rudr%'")->fetch_all());
        self::assertSame([], $ours());
    }
}
