<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Every way in which a user changes leads to the right push, once: on each WordPress, since each shows it elsewhere. */
final class HookTableTest extends SitesTestCase
{
    private const LOOKED_AT_FIRST = 2;
    private const AT_ONCE = 1;

    public static function sources(): array
    {
        return ['6.1' => ['6.1'], '6.8' => ['6.8'], 'newest' => ['newest']];
    }

    /** @dataProvider sources */
    public function testRegistrationForm(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $login = Pair::login();
        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $pair->a->register($login, "$login@example.org")));
        self::assertSame(['subscriber'], $pair->b->roles((int) $pair->b->user($login)['ID']));

        $link = $pair->a->resetLink("$login@example.org");
        $requests = $pair->requests(fn () => $pair->a->setPasswordByLink($link, "it's \"mine\" now"));
        self::assertCount(self::LOOKED_AT_FIRST, $requests);
        self::assertFollows($pair, (int) $pair->a->user($login)['ID'], "it's \"mine\" now");
    }

    /** @dataProvider sources */
    public function testAddScreen(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $login = Pair::login();
        $admin = $pair->a->asAdmin();
        self::assertCount(self::AT_ONCE, $pair->requests(function () use ($admin, $login, &$id) {
            $id = $admin->userNew(['user_login' => $login, 'email' => "$login@example.org", 'password' => "added 'so' \"well\"",
                'role' => 'author', 'first_name' => 'Ada', 'last_name' => "O'Added", 'url' => 'https://ada.example/']);
        }));
        self::assertFollows($pair, $id, "added 'so' \"well\"", ['first_name' => 'Ada', 'last_name' => "O'Added", 'user_url' => 'https://ada.example/', 'roles' => ['author']]);
    }

    /** @dataProvider sources */
    public function testEditScreenWithoutPassword(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        $admin = $pair->a->asAdmin();
        $edit = ['first_name' => 'Edith', 'last_name' => 'Screen', 'nickname' => 'Edie', 'url' => 'https://edie.example/', 'description' => 'Line one'];
        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $admin->userEdit($person->id, $edit)));
        self::assertFollows($pair, $person->id, 'first-Password', ['first_name' => 'Edith', 'nickname' => 'Edie', 'description' => 'Line one']);

        self::assertSame([], $pair->requests(fn () => $admin->userEdit($person->id, [])), 'saved without a change');
    }

    /** @dataProvider sources */
    public function testEditScreenWithPasswordAndRole(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        $admin = $pair->a->asAdmin();
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $admin->userEdit($person->id, ['password' => "scr'een 2", 'role' => 'editor'])));
        self::assertFollows($pair, $person->id, "scr'een 2", ['roles' => ['editor']]);
    }

    /** @dataProvider sources */
    public function testOwnProfileScreen(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        $self = $pair->a->as($person->login, 'first-Password');
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $self->profile(['first_name' => 'Own', 'password' => 'own-profile-3'])));
        self::assertFollows($pair, $person->id, 'own-profile-3', ['first_name' => 'Own']);
    }

    /** @dataProvider sources */
    public function testRestCreateAndUpdate(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $login = Pair::login();
        $key = $pair->a->applicationPassword();
        $rest = fn (string $route, array $body) => $pair->a->rest('POST', $route, $body, Lab::ADMIN, $key);

        self::assertCount(self::AT_ONCE, $pair->requests(function () use ($rest, $login, &$id) {
            $answer = $rest('wp/v2/users', ['username' => $login, 'email' => "$login@example.org", 'password' => "rest's \"1\"",
                'roles' => ['author', 'contributor'], 'first_name' => 'Rest', 'description' => 'made by <b>REST</b>']);
            self::assertSame(201, $answer->status, $answer->body);
            $id = $answer->json()['id'];
        }));
        self::assertFollows($pair, $id, "rest's \"1\"", ['roles' => ['author', 'contributor'], 'first_name' => 'Rest']);

        self::assertCount(self::AT_ONCE, $pair->requests(fn () => self::assertSame(200, $rest("wp/v2/users/$id", ['last_name' => 'Updated'])->status)));
        self::assertFollows($pair, $id, "rest's \"1\"", ['last_name' => 'Updated']);

        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => self::assertSame(200, $rest("wp/v2/users/$id", ['password' => "rest's \"2\""])->status)));
        self::assertFollows($pair, $id, "rest's \"2\"");
    }

    /** @dataProvider sources */
    public function testWpInsertUser(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $login = Pair::login();
        self::assertCount(self::AT_ONCE, $pair->requests(function () use ($pair, $login, &$id) {
            $id = $pair->run(0, 'return wp_insert_user(wp_slash($args["user"]));', ['user' => [
                'user_login' => $login, 'user_email' => "$login@example.org", 'user_pass' => 'in\'serted', 'role' => 'contributor',
                'first_name' => 'In', 'last_name' => 'Serted', 'display_name' => 'In S.', 'meta_input' => ['phone' => '+1 555'],
            ]]);
        }));
        self::assertFollows($pair, $id, 'in\'serted', ['display_name' => 'In S.', 'roles' => ['contributor'], 'phone' => '+1 555']);

        // With an ID it is an update.
        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $pair->run($id, '
            $user = get_userdata($id);
            wp_insert_user(["ID" => $id, "user_login" => $user->user_login, "user_email" => $user->user_email, "user_pass" => $user->user_pass,
                "display_name" => "By ID", "first_name" => "In", "last_name" => "Serted", "nickname" => $user->nickname]);
        ')));
        self::assertFollows($pair, $id, 'in\'serted', ['display_name' => 'By ID', 'roles' => ['contributor']]);
    }

    /** @dataProvider sources */
    public function testWpUpdateUser(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $pair->run($person->id, 'wp_update_user(["ID" => $id, "first_name" => "Up", "display_name" => "Up Dated"]);')));
        self::assertFollows($pair, $person->id, 'first-Password', ['first_name' => 'Up', 'display_name' => 'Up Dated']);

        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($person->id, 'wp_update_user(wp_slash(["ID" => $id, "user_pass" => "up\'dated 2"]));')));
        self::assertFollows($pair, $person->id, "up'dated 2");

        $address = 'new-' . $person->email;
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($person->id, 'wp_update_user(["ID" => $id, "user_email" => $args["email"]]);', ['email' => $address])));
        self::assertFollows($pair, $person->id, "up'dated 2", ['user_email' => $address]);

        self::assertSame([], $pair->requests(fn () => $pair->run($person->id, 'wp_update_user(["ID" => $id]);')), 'nothing changed');
    }

    /** @dataProvider sources */
    public function testWpSetPassword(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($person->id, 'wp_set_password("set by code", $id);')));
        self::assertFollows($pair, $person->id, 'set by code');
    }

    /** @dataProvider sources */
    public function testResetByMailedLink(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        $requests = $pair->requests(fn () => $pair->a->resetPassword($person->login, $person->email, 'reset "by" mail'));
        self::assertCount(self::LOOKED_AT_FIRST, $requests);
        self::assertFollows($pair, $person->id, 'reset "by" mail');
    }

    /** @dataProvider sources */
    public function testRolesByAnyMethod(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        $steps = [
            ['set_role("author")', ['author']],
            ['add_role("contributor")', ['author', 'contributor']],
            ['remove_role("author")', ['contributor']],
            ['set_role("")', []],
            ['set_role("subscriber")', ['subscriber']],
        ];
        foreach ($steps as [$step, $roles]) {
            self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($person->id, "(new WP_User(\$id))->$step;")), $step);
            self::assertSame($roles, $pair->b->roles($person->there), $step);
        }
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($person->id, '
            update_user_meta($id, $GLOBALS["wpdb"]->prefix . "capabilities", ["editor" => true]);
        ')), 'by meta alone');
        self::assertFollows($pair, $person->id, 'first-Password', ['roles' => ['editor']]);
    }

    /** @dataProvider sources */
    public function testNamesAndAllowedMetaByMetaFunctionsAlone(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $pair->run($person->id, '
            update_user_meta($id, "first_name", "Woo");
            update_user_meta($id, "last_name", "Commerce");
            add_user_meta($id, "phone", "+49 30");
        ')));
        self::assertFollows($pair, $person->id, 'first-Password', ['first_name' => 'Woo', 'last_name' => 'Commerce', 'phone' => '+49 30']);

        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $pair->run($person->id, 'delete_user_meta($id, "phone");')));
        self::assertNull($pair->b->meta($person->there, 'phone'));

        self::assertSame([], $pair->requests(fn () => $pair->run($person->id, 'update_user_meta($id, "not_allowed", "x");')));
        self::assertFollows($pair, $person->id, 'first-Password');
    }

    /** @dataProvider sources */
    public function testRemovalWithAnHeir(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        [$person, $heir] = [$pair->person('author'), $pair->person('author')];
        $post = $pair->b->run('return wp_insert_post(["post_title" => "theirs", "post_status" => "publish", "post_author" => $args[0]]);', [$person->there]);
        $requests = $pair->requests(fn () => $pair->a->asAdmin()->userDelete($person->id, $heir->id));
        self::assertCount(self::LOOKED_AT_FIRST, $requests);
        self::assertNull($pair->b->user($person->there));
        self::assertSame((string) $heir->there, $pair->b->run('return get_post($args[0])->post_author;', [$post]));
        self::assertNull($pair->link($person->id));
        self::assertNoErrors($pair);
    }

    /** @dataProvider sources */
    public function testALoginThatOnlyHashesAnew(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        // As they lie there after years: md5, which every version makes anew. The save tells the plugin of it.
        $pair->a->db()->query("UPDATE {$pair->a->prefix}users SET user_pass = MD5('first-Password') WHERE ID = $person->id");
        $pair->run($person->id, 'RudrSync\Password_Mark::parse(get_user_meta($id, "_rudr_sync_password", true))->moved_to(get_userdata($id)->user_pass)->store($id, get_user_meta($id, "_rudr_sync_password", true));');
        self::assertSame([], $pair->requests(fn () => self::assertTrue($pair->a->login($person->login, 'first-Password'))));
        self::assertNotSame(md5('first-Password'), $pair->a->user($person->id)['user_pass']);
        self::assertSame([], $pair->requests(fn () => $pair->run($person->id, 'wp_update_user(["ID" => $id]);')));
        self::assertFollows($pair, $person->id, 'first-Password');
    }

    /** @dataProvider sourcesThatHashAnew */
    public function testALoginThatHashesAnewWhatAnOlderWordPressHashed(string $source): void
    {
        $pair = Pair::of($source, 'newest');
        $person = $pair->person();
        $mark = $pair->run($person->id, '
            require_once ABSPATH . WPINC . "/class-phpass.php";
            $hash = (new PasswordHash(8, true))->HashPassword("first-Password");
            $GLOBALS["wpdb"]->update($GLOBALS["wpdb"]->users, ["user_pass" => $hash], ["ID" => $id]);
            $mark = RudrSync\Password_Mark::parse(get_user_meta($id, "_rudr_sync_password", true))->moved_to($hash);
            $mark->store($id, get_user_meta($id, "_rudr_sync_password", true));
            return $mark->mark;
        ');
        self::assertStringStartsWith('$P$', $pair->a->user($person->id)['user_pass']);
        self::assertSame([], $pair->requests(fn () => self::assertTrue($pair->a->login($person->login, 'first-Password'))));
        self::assertStringStartsWith('$wp$2y$', $pair->a->user($person->id)['user_pass'], 'WordPress hashed it anew');
        self::assertSame([$mark, true], $pair->run($person->id, '
            $mark = RudrSync\Password_Mark::parse(get_user_meta($id, "_rudr_sync_password", true));
            return [$mark->mark, $mark->stands_for(get_userdata($id)->user_pass)];
        '), 'the same password');
        self::assertSame([], $pair->requests(fn () => $pair->run($person->id, 'wp_update_user(["ID" => $id]);')));
        self::assertFollows($pair, $person->id, 'first-Password');
    }

    public static function sourcesThatHashAnew(): array
    {
        return ['6.8' => ['6.8'], 'newest' => ['newest']];
    }

    /**
     * The rows above are on the newest remote; here is one of each kind on older ones.
     *
     * @dataProvider pairs
     */
    public function testTheSameOnEachRemote(string $source, string $remote): void
    {
        $pair = Pair::of($source, $remote);
        $login = Pair::login();
        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $pair->a->register($login, "$login@example.org")));
        $id = (int) $pair->a->user($login)['ID'];
        $link = $pair->a->resetLink("$login@example.org");
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->a->setPasswordByLink($link, 'on each remote')));
        self::assertFollows($pair, $id, 'on each remote');

        $self = $pair->a->as($login, 'on each remote');
        self::assertCount(self::AT_ONCE, $pair->requests(fn () => $self->profile(['first_name' => 'Each', 'last_name' => "O'Remote", 'description' => 'A "description"'])));
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($id, '(new WP_User($id))->set_role("editor"); update_user_meta($id, "phone", "1");')));
        self::assertFollows($pair, $id, 'on each remote', ['first_name' => 'Each', 'last_name' => "O'Remote", 'roles' => ['editor'], 'phone' => '1']);
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($id, 'wp_set_password("set on each remote", $id);')));
        self::assertFollows($pair, $id, 'set on each remote');

        $heir = $pair->person(); // made with a password
        self::assertTrue($pair->b->login($heir->login, 'first-Password'));
        self::assertCount(self::LOOKED_AT_FIRST, $pair->requests(fn () => $pair->run($id, 'wp_delete_user($id, $args["heir"]);', ['heir' => $heir->id])));
        self::assertNull($pair->b->user($login));
    }

    public static function pairs(): array
    {
        $pairs = [];
        foreach (self::sources() as [$source]) {
            foreach (['6.1', '6.8'] as $remote) {
                $pairs["$source to $remote"] = [$source, $remote];
            }
        }
        return $pairs;
    }
}
