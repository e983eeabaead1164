<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A network of blogs: accounts are everybody's, membership and roles are this blog's. */
final class NetworkTest extends ReceiverTestCase
{
    private static Site $site;
    private static Sender $sender;
    private static int $blog;

    public static function setUpBeforeClass(): void
    {
        self::$site = Lab::site('network', 'newest', ['plugin' => true, 'multisite' => true, 'config' => self::CONFIG]);
        self::$sender = Sender::to(self::$site);
        self::$blog = self::$site->run('return wp_insert_site(["domain" => get_network()->domain, "path" => "/second/", "title" => "Second", "user_id" => 1]);');
    }

    protected function tearDown(): void
    {
        self::assertSame([], array_values(array_filter(self::$site->errors(), static fn ($line) => !str_contains($line, 'WordPress.org'))));
        self::$site->run('delete_option("rudr_sync_receiver");');
    }

    public function testAUserIsMadeAndIsOnThisBlogOnly(): void
    {
        self::$site->mark();
        // No login that the network's own form would take.
        $job = Sender::somebody(['user_login' => 'With.Dots-And_Caps', 'meta_input' => ['phone' => '+1']]);
        $made = self::$sender->job($job);
        self::assertSame(['created', [], 'with.dots-and_caps'], [$made['status'], $made['refused'], $made['login']]);
        self::assertSame([[1], ['subscriber'], '1'], self::$site->run('return [array_values(wp_list_pluck(get_blogs_of_user($args[0]), "userblog_id")), get_userdata($args[0])->roles, get_user_meta($args[0], "primary_blog", true)];', [$made['id']]));
        self::assertTrue(self::$site->login($made['login'], "secret of someone{$job['ref']}"));
        self::assertSame([], self::$site->mails(), "neither the user nor the network's administrator is told");
        self::assertSame('unchanged', self::$sender->job(['remote_id' => $made['id'], 'user' => array_diff_key($job['user'], ['user_pass_hash' => 1])] + $job)['status']);
    }

    public function testEveryHookOfANetworkFires(): void
    {
        $file = self::$site->folder . '/wp-content/mu-plugins/spy.php';
        file_put_contents($file, '<?php foreach (["user_register", "wpmu_new_user", "add_user_to_blog", "set_user_role", "remove_user_from_blog", "wpmu_delete_user", "deleted_user"] as $hook) {
            add_action($hook, function () use ($hook) { file_put_contents(__DIR__ . "/../../hooks", "$hook\n", FILE_APPEND); }); }');
        try {
            $job = Sender::somebody();
            $made = self::$sender->job($job);
            $hooks = fn () => file(self::$site->folder . '/hooks', FILE_IGNORE_NEW_LINES);
            self::assertSame(['set_user_role', 'user_register', 'wpmu_new_user', 'set_user_role', 'add_user_to_blog'], $hooks());
            unlink(self::$site->folder . '/hooks');
            self::$sender->job(['op' => 'delete'] + $job);
            self::assertContains('remove_user_from_blog', $hooks());
            self::assertNotContains('wpmu_delete_user', $hooks());
        } finally {
            unlink($file);
        }
    }

    public function testWhoseMakingWasCutOffIsToldOfInCoresOrder(): void
    {
        $file = self::$site->folder . '/wp-content/mu-plugins/spy.php';
        $spy = '<?php foreach (["user_register", "wpmu_new_user", "add_user_to_blog"] as $hook) {
            add_action($hook, function () use ($hook) { file_put_contents(__DIR__ . "/../../told", "$hook\n", FILE_APPEND); }); }';
        file_put_contents($file, $spy . 'add_action("user_register", function () { exit; }, 1);');
        try {
            $job = Sender::somebody();
            self::assertSame('fatal', self::$sender->job($job)['code']);
            file_put_contents($file, $spy);
            $made = self::$sender->job($job);
            self::assertSame('created', $made['status']);
            self::assertSame(['user_register', 'wpmu_new_user', 'add_user_to_blog'], file(self::$site->folder . '/told', FILE_IGNORE_NEW_LINES));
            self::assertSame([1], self::blogs($made['id']));
        } finally {
            unlink($file);
        }
    }

    public function testAUserOfTheNetworkJoinsThisBlogByProof(): void
    {
        $id = self::member('elsewhere');
        $job = Sender::somebody(['user_login' => 'elsewhere', 'user_email' => 'elsewhere@example.org', 'roles' => ['author']]);
        self::assertSame('unproven', self::$sender->job($job)['code']);
        $found = self::$sender->job($job + ['proved' => true]);
        self::assertSame(['found', $id], [$found['status'], $found['id']]);
        self::assertSame([self::$blog], self::blogs($id), 'nothing is written yet');
        $done = self::$sender->job($job + ['remote_id' => $id, 'remote_login' => 'elsewhere', 'trust' => 'adopted']);
        self::assertSame('updated', $done['status']);
        self::assertSame([1, self::$blog], self::blogs($id));
        self::assertSame(['author'], self::$site->run('return get_userdata($args[0])->roles;', [$id]));
        self::assertSame('unlinked', self::$sender->job(['op' => 'delete'] + $job)['status']);
        self::assertSame([1, self::$blog], self::blogs($id));
    }

    public function testWhoHasPowerOnAnotherBlogIsLeftAlone(): void
    {
        $id = self::member('boss-there', 'administrator');
        $super = self::$site->createUser('super', 'super@example.org');
        self::$site->run('grant_super_admin($args[0]);', [$super]);
        foreach ([['boss-there', $id], ['super', $super], [Lab::ADMIN, 1]] as [$login, $victim]) {
            $before = self::$site->user($victim);
            $link = ['remote_id' => $victim, 'remote_login' => $login, 'trust' => 'own', 'proved' => true];
            $job = Sender::somebody(['user_login' => $login, 'user_email' => $before['user_email']]);
            foreach ([$job + ['proved' => true], $link + $job, ['op' => 'delete'] + $link + $job] as $try) {
                self::assertContains(self::$sender->job($try, ['adopt' => 'any', 'remove' => 'all', 'recreate' => true])['status'], ['rejected', 'unlinked', 'absent'], $login);
            }
            self::assertSame($before, self::$site->user($victim));
        }
        // One that it made, and that was made administrator of another blog since.
        $job = Sender::somebody();
        $made = self::$sender->job($job)['id'];
        self::$site->run('add_user_to_blog($args[0], $args[1], "administrator");', [self::$blog, $made]);
        self::assertSame('privileged', self::$sender->job(['user' => ['user_pass_hash' => Sender::phpass('x')], 'remote_id' => $made] + $job)['code']);
        self::assertSame('privileged', self::$sender->job(['op' => 'delete'] + $job)['code']);
        // A super administrator has every capability, and is no agent for it.
        self::assertSame(403, self::$site->rest('GET', 'rudr-sync/v1/', null, Lab::ADMIN, self::$site->applicationPassword())->status);
    }

    public function testARemovalIsFromThisBlogUnlessTheNetworkSaysOtherwise(): void
    {
        $heir = self::$sender->job(Sender::somebody())['id'];
        $outside = self::member('outside');
        [$job, $other] = [Sender::somebody(), Sender::somebody()];
        [$made, $both] = self::$sender->jobs([$job, $other]);
        self::$site->run('add_user_to_blog($args[0], $args[1], "subscriber");', [self::$blog, $both['id']]);
        $post = self::$site->run('return wp_insert_post(["post_author" => $args[0], "post_title" => "x", "post_status" => "publish"]);', [$made['id']]);
        self::assertSame('invalid_heir', self::$sender->job(['op' => 'delete', 'reassign' => $outside] + $job)['code'], 'who is not on this blog inherits nothing of it');
        self::assertSame('deleted', self::$sender->job(['op' => 'delete', 'reassign' => $heir] + $job)['status']);
        self::assertSame([], self::blogs($made['id']));
        self::assertNotNull(self::$site->user($made['id']), 'they are in the network still');
        self::assertSame($heir, (int) self::$site->run('return get_post($args[0])->post_author;', [$post]));
        self::assertSame('absent', self::$sender->job(['op' => 'delete'] + $job)['status']);
        self::assertSame('gone', self::$sender->job($job)['code']);
        $back = self::$sender->job($job + ['proved' => true], ['recreate' => true]);
        self::assertSame(['found', $made['id']], [$back['status'], $back['id']]);

        self::$site->run('update_option("rudr_sync_receiver", ["network_delete" => true]);');
        self::assertSame('deleted', self::$sender->job(['op' => 'delete'] + $other)['status']);
        self::assertSame([self::$blog], self::blogs($both['id']), 'who is on another blog stays there');
        $job = Sender::somebody();
        $id = self::$sender->job($job)['id'];
        self::assertSame('deleted', self::$sender->job(['op' => 'delete'] + $job)['status']);
        self::assertNull(self::$site->user($id));
    }

    public function testWhoWasTakenOffThisBlogIsGone(): void
    {
        $job = Sender::somebody();
        $id = self::$sender->job($job)['id'];
        self::$site->run('remove_user_from_blog($args[0], 1);', [$id]);
        self::assertSame('gone', self::$sender->job(['remote_id' => $id] + $job)['code']);
        self::assertSame([], self::blogs($id));
        $job = Sender::somebody();
        $id = self::$sender->job($job)['id'];
        self::$site->run('require_once ABSPATH . "wp-admin/includes/ms.php"; wpmu_delete_user($args[0]);', [$id]);
        self::assertSame('gone', self::$sender->job(['remote_id' => $id] + $job)['code']);
    }

    private static function member(string $login, string $role = 'subscriber'): int
    {
        $id = self::$site->run('$id = wpmu_create_user($args[0], "x", "$args[0]@example.org"); add_user_to_blog($args[1], $id, $args[2]); return $id;', [$login, self::$blog, $role]);
        self::$site->mark();
        return $id;
    }

    private static function blogs(int $id): array
    {
        $blogs = self::$site->run('return array_map("intval", array_values(wp_list_pluck(get_blogs_of_user($args[0]), "userblog_id")));', [$id]);
        sort($blogs);
        return $blogs;
    }
}
