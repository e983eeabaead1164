<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** The same person at a site with the tutorial's code and at one with ours, both followed by the same remote. */
final class TutorialTest extends SitesTestCase
{
    public function testAProfileEditWithoutPasswordLocksTheTutorialsUserOutAndNotOurs(): void
    {
        $pair = Pair::of('newest', 'newest');
        $tutorial = Lab::site('tutorial', 'newest', ['tutorial' => $pair->b]);

        $ours = $pair->person('editor');
        $login = Pair::login();
        $theirs = $tutorial->createUser($login, "$login@example.org", 'editor', 'first-Password');
        $there = (int) $tutorial->meta($theirs, 'user_id_2');
        self::assertSame($login, $pair->b->user($there)['user_login']);
        foreach ([$ours->login, $login] as $before) {
            self::assertTrue($pair->b->login($before, 'first-Password'));
        }
        self::assertSame([['editor'], ['editor']], [$pair->b->roles($ours->there), $pair->b->roles($there)]);

        $edit = ['last_name' => 'Edited', 'nickname' => 'x'];
        $pair->a->asAdmin()->userEdit($ours->id, $edit);
        $tutorial->asAdmin()->userEdit($theirs, $edit);

        self::assertSame('Edited', $pair->b->meta($there, 'last_name'), 'the tutorial did push');
        self::assertFalse($pair->b->login($login, 'first-Password'), 'the tutorial sends the hash for a password');
        self::assertFollows($pair, $ours->id, 'first-Password', ['last_name' => 'Edited', 'roles' => ['editor']]);

        self::assertSame($login, $pair->b->meta($there, 'first_name'), 'the tutorial sends the login for a first name');

        // A role by any other way than the screen, and a password by mail, it does not see.
        $tutorial->run('(new WP_User($args[0]))->set_role("author");', [$theirs]);
        $pair->run($ours->id, '(new WP_User($id))->set_role("author");');
        $tutorial->resetPassword($login, "$login@example.org", 'second-Password');
        $pair->a->resetPassword($ours->login, $ours->email, 'second-Password');
        self::assertSame(['editor'], $pair->b->roles($there));
        self::assertFalse($pair->b->login($login, 'second-Password'));
        self::assertFollows($pair, $ours->id, 'second-Password', ['roles' => ['author']]);
    }

    public function testUsersOfTheTutorialGoOnWithUs(): void
    {
        $b = Lab::site('btakeover', 'newest');
        $a = Lab::site('atakeover', 'newest', ['tutorial' => $b, 'extension' => true, 'source' => $b]);
        $login = Pair::login();
        $id = $a->createUser($login, "$login@example.org", 'author', 'first-Password');
        $there = (int) $a->meta($id, 'user_id_2');
        self::assertGreaterThan(0, $there);

        // The site's owner takes the snippet out and the plugin in.
        unlink("$a->folder/wp-content/mu-plugins/tutorial.php");
        symlink(Lab::root() . '/php/rudr-sync', "$a->folder/wp-content/plugins/rudr-sync");
        $a->run('activate_plugin("rudr-sync/rudr-sync.php");');

        $a->asAdmin()->userEdit($id, ['first_name' => 'Taken', 'last_name' => 'Over']);
        self::assertSame('Taken', $b->meta($there, 'first_name'));
        $link = $a->db()->query("SELECT * FROM wp_rudr_sync_links WHERE user_id = $id")->fetch_assoc();
        self::assertSame([(string) $there, 'own'], [$link['remote_id'], $link['trust']]);
        self::assertStringContainsString('password_unknown', $link['message'], 'what password the tutorial has left there, nobody can say');

        $a->run('wp_set_password("second-Password", $args[0]);', [$id]);
        self::assertTrue($b->login($login, 'second-Password'));
        $a->run('wp_delete_user($args[0]);', [$id]);
        self::assertNull($b->user($login));
    }
}
