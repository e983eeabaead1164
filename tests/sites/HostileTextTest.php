<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Names, passwords and descriptions that break what is careless with them. */
final class HostileTextTest extends SitesTestCase
{
    private const TEXTS = [
        'quotes' => "O'Hara \"Bob\" `x`",
        'backslashes' => 'a\\b \\\' \\" \\\\ \\n',
        'markup' => 'a < b & c > d <b>bold</b> &lt; &amp;amp; <script>x()</script>',
        'emoji' => "\u{1F642}\u{1F469}\u{200D}\u{1F680}",
        'cyrillic' => 'Привет Їжак',
        'four bytes' => "\u{20BB7}\u{1D11E}",
        'spaces' => '  leading and trailing  ',
        'JSON and URL' => '{"a":["\u0041"]} %7B+%20 a=b&c',
    ];

    public static function pairs(): array
    {
        return ['6.1 to newest' => ['6.1', 'newest'], 'newest to newest' => ['newest', 'newest'], 'newest to 6.1' => ['newest', '6.1']];
    }

    /** @dataProvider pairs */
    public function testTextIsThereByteForByteAsTheSourceHoldsIt(string $source, string $remote): void
    {
        $pair = Pair::of($source, $remote);
        $fields = ['first_name', 'last_name', 'nickname', 'display_name', 'description'];
        foreach (self::TEXTS as $what => $text) {
            $login = Pair::login();
            // As anybody's code stores it.
            $id = $pair->run(0, 'return wp_insert_user(wp_slash($args["user"]));', ['user' => array_fill_keys($fields, $text) + [
                'user_login' => $login, 'user_email' => "$login@example.org", 'user_pass' => 'hostile',
            ]]);
            self::assertFollows($pair, $id, 'hostile');

            // As a person types it into the form.
            $pair->a->asAdmin()->userEdit($id, ['first_name' => "$text 2", 'nickname' => "$text 3", 'description' => "$text\r\n4"]);
            self::assertStringEndsWith('2', $pair->a->meta($id, 'first_name'), $what);
            self::assertFollows($pair, $id, 'hostile');
        }
    }

    /** @dataProvider pairs */
    public function testPasswordsLogInThereAsTheyDoHere(string $source, string $remote): void
    {
        $pair = Pair::of($source, $remote);
        $person = $pair->person();
        foreach (array_diff_key(self::TEXTS, ['backslashes' => 0, 'JSON and URL' => 0]) as $what => $password) {
            // A form's password, by the mailed link, and the same through REST.
            $pair->a->resetPassword($person->login, $person->email, $password);
            self::assertTrue($pair->a->login($person->login, $password), "$what on A");
            self::assertFollows($pair, $person->id, $password);
        }
    }

    /** @dataProvider pairs */
    public function testAPasswordWithABackslashIsRefusedByCoreAndOneMessageSaysSo(string $source, string $remote): void
    {
        $pair = Pair::of($source, $remote);
        $person = $pair->person();
        $pair->a->resetPassword($person->login, $person->email, 'back\\slash');
        self::assertTrue($pair->a->login($person->login, 'back\\slash'), 'the form of A takes it');
        $link = $pair->link($person->id);
        self::assertSame('refused', $link['code']);
        self::assertStringContainsString('core takes no backslash in a password over REST', $link['message']);
        self::assertStringNotContainsString('back\\slash', implode('', array_map('strval', $link)));
        self::assertStringContainsString('core takes no backslash', $pair->a->asAdmin()->get('wp-admin/users.php')->body);
        self::assertTrue($pair->b->login($person->login, 'first-Password'), 'what was there stays');
        // Not at every save; with the next one that can be taken, all is well.
        self::assertSame([], $pair->requests(fn () => $pair->run($person->id, 'wp_update_user(["ID" => $id]);')));
        $pair->a->resetPassword($person->login, $person->email, 'no such thing');
        self::assertFollows($pair, $person->id, 'no such thing');
    }

    /** @dataProvider pairs */
    public function testALoginThatCoreRefusesIsOneMessage(string $source, string $remote): void
    {
        $pair = Pair::of($source, $remote);
        $email = Pair::login() . '@example.org';
        $id = $pair->run(0, 'add_filter("sanitize_user", fn ($clean, $raw) => $raw, 10, 2);
            return wp_insert_user(["user_login" => $args["login"], "user_email" => $args["email"], "user_pass" => "x", "user_nicename" => "yuri"]);', ['login' => 'Юрий ' . $email, 'email' => $email]);
        $link = $pair->link($id);
        self::assertSame('rest_invalid_param', $link['code']);
        self::assertStringContainsString('username', $link['message']);
        self::assertNull($link['due_at'], 'for a person');
        self::assertNull($pair->b->user($email));
    }

    /** @dataProvider pairs */
    public function testALanguageThatIsNotInstalledThereHoldsNothingElseBack(string $source, string $remote): void
    {
        $pair = Pair::of($source, $remote);
        $person = $pair->person();
        $pair->run($person->id, 'update_user_meta($id, "locale", "de_DE"); wp_set_password("with locale", $id); (new WP_User($id))->set_role("author");');
        self::assertSame(['author'], $pair->b->roles($person->there));
        self::assertTrue($pair->b->login($person->login, 'with locale'));
        self::assertStringContainsString('locale', $pair->link($person->id)['message']);
    }
}
