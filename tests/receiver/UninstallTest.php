<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** The plugin goes: no password of an agent may be left, and no content may be lost. */
final class UninstallTest extends ReceiverTestCase
{
    private const UNINSTALL = 'deactivate_plugins("rudr-sync/rudr-sync.php", false, is_multisite()); define("WP_UNINSTALL_PLUGIN", "rudr-sync/rudr-sync.php"); include WP_PLUGIN_DIR . "/rudr-sync/uninstall.php";';

    public function testTheAgentsGoAndWhatCameByThemStays(): void
    {
        $site = Lab::site('gone', 'newest', ['plugin' => true]);
        $sender = Sender::to($site);
        [$kept, $suspended] = $sender->jobs([Sender::somebody(), $job = Sender::somebody()]);
        $site->run('update_option("rudr_sync_receiver", ["removal" => "suspend"]);');
        self::assertSame('deleted', $sender->job(['op' => 'delete'] + $job)['status']);
        // Somebody who was an agent and became more: their passwords must not open more now.
        $promoted = $site->run('$made = RudrSync\Agent::make("old"); return $made;');
        $person = $site->createUser('person', 'person@example.org', 'editor');
        $ours = $site->run('return WP_Application_Passwords::create_new_application_password($args[0], ["name" => "x", "app_id" => RudrSync\Agent::APP_ID])[0];', [$person]);
        $theirs = $site->applicationPassword('person');
        self::assertContains($site->rest('GET', 'wp/v2/users/me', null, 'person', $ours)->status, [401, 403]);

        $site->run(self::UNINSTALL);
        self::assertNull($site->user($promoted['login']));
        self::assertNotNull($site->user($kept['id']));
        self::assertSame([], $site->roles($suspended['id']), 'what was suspended holds nothing');
        self::assertSame([401, 200], [$site->rest('GET', 'wp/v2/users/me', null, 'person', $ours)->status, $site->rest('GET', 'wp/v2/users/me', null, 'person', $theirs)->status]);
        self::nothingOfOurs($site);
    }

    public function testAnAgentThatInheritedContentStaysWithoutARole(): void
    {
        $site = Lab::site('heir', '6.1', ['plugin' => true]);
        $sender = Sender::to($site);
        $job = Sender::somebody();
        $id = $sender->job($job)['id'];
        $post = $site->run('return wp_insert_post(["post_author" => $args[0], "post_title" => "x", "post_type" => "of_another_plugin", "post_status" => "draft"]);', [$id]);
        self::assertSame('deleted', $sender->job(['op' => 'delete'] + $job)['status']);
        // Core hands on only what it knows of; here a plugin has seen to it.
        $site->db()->query("UPDATE wp_posts SET post_author = $sender->agent WHERE ID = $post");

        $site->run(self::UNINSTALL);
        self::assertSame((string) $sender->agent, (string) $site->db()->query("SELECT post_author FROM wp_posts WHERE ID = $post")->fetch_row()[0]);
        self::assertNotNull($site->user($sender->agent));
        self::assertSame([], $site->roles($sender->agent));
        self::assertSame(401, $site->rest('GET', 'wp/v2/users/me', null, $sender->login, $sender->password)->status);
        self::nothingOfOurs($site);
    }

    public function testOnANetworkTheyGoFromEverySite(): void
    {
        $site = Lab::site('gonenet', 'newest', ['plugin' => true, 'multisite' => true]);
        $blog = $site->run('return wp_insert_site(["domain" => get_network()->domain, "path" => "/second/", "title" => "Second", "user_id" => 1]);');
        $make = 'switch_to_blog($args[0]); RudrSync\Received::upgrade(); update_option("rudr_sync_receiver", ["claims" => true]); return RudrSync\Agent::make("x");';
        $agents = array_map(static fn (int $id) => $site->run($make, [$id]), [1, $blog]);
        self::assertNotSame($agents[0]['login'], $agents[1]['login'], 'each site has its own');
        $site->run(self::UNINSTALL);
        foreach ($agents as $agent) {
            self::assertNull($site->user($agent['user_id']));
        }
        self::nothingOfOurs($site);
        self::assertSame([], $site->db()->query("SELECT option_name FROM wp_{$blog}_options WHERE option_name LIKE 'rudr%' OR option_value LIKE '%rudr_sync_agent%'")->fetch_all());
    }

    private static function nothingOfOurs(Site $site): void
    {
        self::assertSame([], $site->db()->query("SHOW TABLES LIKE '%rudr%'")->fetch_all());
        self::assertSame([], $site->db()->query("SELECT * FROM wp_usermeta WHERE meta_key LIKE '%rudr%' OR meta_value LIKE '%rudr\\_sync%' OR meta_value LIKE '%Rudr Sync:%'")->fetch_all());
        self::assertSame([], $site->db()->query("SELECT option_name FROM wp_options WHERE option_name LIKE 'rudr%' OR option_value LIKE '%rudr_sync_agent%'")->fetch_all());
        self::assertSame([], $site->errors());
    }
}
