<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** What is sent of a user: what is stored, and nothing else. */
final class SnapshotTest extends TestCase
{
    private static Fake $fake;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$fake = Fake::site('snapshot', 'newest', "define('RUDR_SYNC_META', ['phone', 'sizes']);");
    }

    protected function tearDown(): void
    {
        self::assertSame([], self::$fake->site->errors());
    }

    public function testStoredTextGoesByteForByte(): void
    {
        $id = self::user();
        foreach (["O'Hara \"the\" \\back\\ ", '<b>&amp; & <i>', "\u{1F642} Привет \u{20BB7}", ' spaces ', "tab\tand\nline"] as $text) {
            $job = self::$fake->jobs(fn () => self::$fake->site->run('
                foreach (["first_name", "last_name", "nickname", "description"] as $key) {
                    update_user_meta($args["id"], $key, wp_slash($args["text"]));
                }
                $GLOBALS["wpdb"]->update($GLOBALS["wpdb"]->users, ["display_name" => $args["text"]], ["ID" => $args["id"]]);
            ', ['id' => $id, 'text' => $text]))[0];
            foreach (['first_name', 'last_name', 'nickname', 'description', 'display_name'] as $field) {
                self::assertSame($text, $job['user'][$field]);
            }
        }
    }

    public function testAStaleObjectCacheIsNotAsked(): void
    {
        $id = self::user();
        $job = self::$fake->jobs(fn () => self::$fake->site->run('
            $meta = get_user_meta($args[0]);
            wp_cache_set($args[0], ["first_name" => ["stale"]] + $meta, "user_meta");
            wp_cache_set($args[0], (object) ["ID" => $args[0], "user_email" => "stale@example.org"], "users");
            do_action("profile_update", $args[0]);
        ', [$id]))[0];
        self::assertSame('', $job['user']['first_name']);
        self::assertSame('snap' . self::$count . '@example.org', $job['user']['user_email']);
    }

    public function testOfSeveralValuesTheFirstGoesAsForWordPressItself(): void
    {
        $id = self::user();
        $job = self::$fake->jobs(fn () => self::$fake->site->run('
            add_user_meta($args[0], "phone", "one");
            add_user_meta($args[0], "phone", "two");
        ', [$id]))[0];
        self::assertSame('one', $job['user']['meta_input']['phone']);
        self::assertSame('one', self::$fake->site->run('return get_user_meta($args[0], "phone", true);', [$id]));
    }

    public function testOnlyAllowedMetaGoesAndWhatIsRemovedGoesAsNull(): void
    {
        $id = self::user();
        $meta = fn (string $code) => self::$fake->jobs(fn () => self::$fake->site->run($code, [$id]))[0]['user']['meta_input'];
        self::assertSame(['phone' => '+1', 'sizes' => null], $meta('update_user_meta($args[0], "phone", "+1"); update_user_meta($args[0], "secret", "x");'));
        self::assertSame(['phone' => '+1', 'sizes' => ['a' => 1]], $meta('update_user_meta($args[0], "sizes", ["a" => 1]);'));
        self::assertSame(['phone' => null, 'sizes' => ['a' => 1]], $meta('delete_user_meta($args[0], "phone");'));
        self::assertSame(['phone' => null, 'sizes' => null], $meta('delete_metadata("user", 0, "sizes", "", true);'));
    }

    public function testMetaKeysCanBeAddedByAFilter(): void
    {
        $id = self::user();
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            add_filter("rudr_sync_meta_keys", fn ($keys) => [...$keys, "colour"]);
            update_user_meta($args[0], "colour", "red");
        ', [$id]));
        self::assertSame('red', $jobs[0]['user']['meta_input']['colour']);
    }

    public function testRolesThatMayEditUsersAreNamedAndTheRestIsTheSitesToSay(): void
    {
        $id = self::user();
        $job = self::$fake->jobs(fn () => self::$fake->site->run('
            add_role("user_clerk", "Clerk", ["read" => true, "edit_users" => true]);
            (new WP_User($args[0]))->add_role("user_clerk");
        ', [$id]))[0];
        self::assertSame([['subscriber', 'user_clerk'], ['user_clerk']], [$job['user']['roles'], $job['privileged_roles']]);
        self::assertTrue($job['privileged']);
        self::assertArrayNotHasKey('user_pass_hash', $job['user']);
    }

    public function testEachPowerOfTheListIsOne(): void
    {
        $powers = file(Lab::root() . '/php/rudr-sync/powers.txt', FILE_IGNORE_NEW_LINES);
        self::assertCount(20, $powers);
        self::assertContains('update_plugins', $powers);
        $are = self::$fake->site->run('return array_map(fn ($power) => RudrSync\Privileges::in(["read" => true, $power => true]), $args);', $powers);
        self::assertSame(array_fill(0, 20, true), $are);
        self::assertSame([false, false], self::$fake->site->run('return [RudrSync\Privileges::in(["unfiltered_html" => true]), RudrSync\Privileges::in(["update_plugins" => false])];'));
    }

    /** @dataProvider privileges */
    public function testWhoMayEditUsersOrOptionsIsSaidToBePrivileged(bool $privileged, string $code): void
    {
        $id = self::user();
        self::assertSame($privileged, self::$fake->jobs(fn () => self::$fake->site->run($code, [$id]))[0]['privileged']);
    }

    public static function privileges(): array
    {
        return [
            'editor' => [false, '(new WP_User($args[0]))->set_role("editor");'],
            'administrator' => [true, '(new WP_User($args[0]))->set_role("administrator");'],
            'one capability' => [true, '(new WP_User($args[0]))->add_cap("promote_users");'],
            'one taken from an administrator' => [true, '$u = new WP_User($args[0]); $u->set_role("administrator"); $u->add_cap("edit_users", false);'],
            'no role' => [false, '(new WP_User($args[0]))->set_role("");'],
        ];
    }

    public function testALinkByMailProvesTheAddressAndNothingElseDoes(): void
    {
        $id = self::user();
        $login = 'snap' . self::$count;
        $proved = fn (callable $do) => (function (array $jobs) {
            return end($jobs)['proved'];
        })(self::$fake->jobs($do));
        $run = fn (string $code) => fn () => self::$fake->site->run($code, [$id]);

        self::assertFalse($proved($run('reset_password(get_userdata($args[0]), "by code");')));
        self::assertFalse($proved($run('update_user_meta($args[0], "_rudr_sync_proved", "1 1"); update_user_meta($args[0], "first_name", "Liar");')));

        $jobs = self::$fake->jobs(fn () => self::$fake->site->resetPassword($login, "$login@example.org", 'by link'));
        self::assertSame(end($jobs)['password_mark'], end($jobs)['proved'], 'the reset itself');
        $mark = end($jobs)['proved'];

        $later = self::$fake->jobs($run('wp_set_password("later", $args[0]);'))[0];
        self::assertSame($mark, $later['proved'], 'the address is still proved');
        self::assertNotSame($mark, $later['password_mark'], 'but not by the password that is set now');

        self::assertFalse($proved($run('wp_update_user(["ID" => $args[0], "user_email" => "new-address@example.org"]);')));
    }

    public function testALinkProvesTheAddressThatItWasMailedToAndNoneThatIsThereBeforeTheRequestEnds(): void
    {
        $id = self::user();
        // As another request of theirs would, after core has looked at the link and before this one is settled.
        $jobs = self::$fake->jobs(fn () => self::$fake->site->run('
            do_action("validate_password_reset", new WP_Error(), get_userdata($args[0]));
            reset_password(get_userdata($args[0]), "by link");
            $GLOBALS["wpdb"]->update($GLOBALS["wpdb"]->users, ["user_email" => "victim@example.org"], ["ID" => $args[0]]);', [$id]));
        self::assertSame('victim@example.org', end($jobs)['user']['user_email']);
        self::assertFalse(end($jobs)['proved']);
    }

    private static function user(): int
    {
        $login = 'snap' . ++self::$count;
        return self::$fake->site->createUser($login, "$login@example.org");
    }
}
