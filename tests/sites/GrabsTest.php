<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * Nobody is handed an account: each way to get at somebody else's on B through A, and the honest cases beside them. After
 * each, the other's account is what it was, to the byte; also once A's administrator has removed whoever tried.
 */
final class GrabsTest extends SitesTestCase
{
    public static function versions(): array
    {
        return ['6.1' => ['6.1'], 'newest' => ['newest']];
    }

    /** @dataProvider versions */
    public function testRegisteringWithTheAddressOfAnAdministrator(string $version): void
    {
        $pair = Pair::of($version, $version);
        $victim = (int) $pair->b->user(Lab::ADMIN)['ID'];
        $address = $pair->b->user($victim)['user_email'];
        $this->unharmed($pair, $victim, function () use ($pair, $address) {
            $login = Pair::login();
            $pair->a->register($login, $address);
            return (int) $pair->a->user($login)['ID'];
        }, 'privileged');
    }

    /** @dataProvider versions */
    public function testChangingToTheAddressOfAnAdministrator(string $version): void
    {
        $pair = Pair::of($version, $version);
        $victim = (int) $pair->b->user(Lab::ADMIN)['ID'];
        $this->unharmed($pair, $victim, fn () => $this->personWhoTakesTheAddressOf($pair, $victim));
    }

    /** @dataProvider versions */
    public function testRegisteringWithTheAddressOfACustomer(string $version): void
    {
        $pair = Pair::of($version, $version);
        $victim = self::customer($pair);
        $this->unharmed($pair, $victim, function () use ($pair, $victim) {
            $login = Pair::login();
            $pair->a->register($login, strtoupper($pair->b->user($victim)['user_email']));
            return (int) $pair->a->user($login)['ID'];
        }, 'unproven');
    }

    /** @dataProvider versions */
    public function testChangingToTheAddressOfACustomer(string $version): void
    {
        $pair = Pair::of($version, $version);
        $victim = self::customer($pair);
        $this->unharmed($pair, $victim, fn () => $this->personWhoTakesTheAddressOf($pair, $victim));
    }

    /** @dataProvider versions */
    public function testTakingTheLoginOfACustomerWithAnotherAddress(string $version): void
    {
        $pair = Pair::of($version, $version);
        $victim = self::customer($pair);
        $this->unharmed($pair, $victim, function () use ($pair, $victim) {
            $login = $pair->b->user($victim)['user_login'];
            $pair->a->register($login, Pair::login() . '@example.org');
            $id = (int) $pair->a->user($login)['ID'];
            // Proving an address proves nothing of a login.
            $pair->a->setPasswordByLink($pair->a->resetLink('@example.org'), 'a grabber’s');
            return $id;
        }, 'conflict');
    }

    /** @dataProvider versions */
    public function testWritingTheIdOfAnotherIntoUserMeta(string $version): void
    {
        $pair = Pair::of($version, $version);
        $customer = self::customer($pair);
        foreach ([$customer, (int) $pair->b->user(Lab::ADMIN)['ID']] as $victim) {
            $this->unharmed($pair, $victim, function () use ($pair, $victim) {
                // Somebody who was there before the plugin: no link says where their account is.
                $login = Pair::login();
                $pair->a->db()->query("INSERT INTO wp_users (user_login, user_email, user_nicename, user_registered) VALUES ('$login', '$login@example.org', '$login', '2020-01-01')");
                $id = (int) $pair->a->user($login)['ID'];
                $pair->run($id, 'update_user_meta($id, "user_id_2", $args["victim"]);', ['victim' => $victim]);
                $pair->run($id, 'wp_update_user(["ID" => $id, "first_name" => "Grab", "user_pass" => "grabbed", "role" => "subscriber"]);');
                $account = $pair->b->user($login);
                self::assertNotNull($account, 'they have an account of their own');
                self::assertSame((string) $account['ID'], $pair->a->meta($id, 'user_id_2'));
                // And with a link, what the meta says is of no interest at all.
                $pair->run($id, 'update_user_meta($id, "user_id_2", $args["victim"]); wp_set_password("grabbed again", $id);', ['victim' => $victim]);
                self::assertTrue($pair->b->login($login, 'grabbed again'));
                $pair->run($id, 'update_user_meta($id, "user_id_2", $args["victim"]);', ['victim' => $victim]);
                return $id;
            });
        }
    }

    /** @dataProvider versions */
    public function testAnIdThatBelongsToSomebodyElseSinceABackupWasRestored(string $version): void
    {
        $pair = Pair::of($version, $version);
        $person = $pair->person();
        $stranger = Pair::login();
        // The user's account is gone and its id is another's now.
        $pair->b->db()->query("UPDATE wp_users SET user_login = '$stranger', user_nicename = '$stranger', user_email = '$stranger@elsewhere.example' WHERE ID = $person->there");
        $this->unharmed($pair, $person->there, function () use ($pair, $person) {
            $pair->run($person->id, 'wp_update_user(["ID" => $id, "first_name" => "Restored"]);');
            self::assertSame('identity_mismatch', $pair->link($person->id)['code']);
            $pair->run($person->id, 'wp_set_password("restored", $id); (new WP_User($id))->set_role("editor");');
            return $person->id;
        }, 'identity_mismatch');
    }

    /**
     * Id and login say nothing then; only when the account was registered tells it from ours, which the extension's base keeps.
     *
     * @dataProvider versions
     */
    public function testAnIdAndALoginThatBelongToSomebodyElseSinceABackupWasRestored(string $version): void
    {
        $pair = Pair::of($version, $version);
        $person = $pair->person('author');
        $pair->b->db()->query("DELETE FROM wp_users WHERE ID = $person->there");
        $pair->b->db()->query("DELETE FROM wp_usermeta WHERE user_id = $person->there");
        $pair->b->db()->query("INSERT INTO wp_users (ID, user_login, user_nicename, display_name, user_email, user_pass, user_registered)
            VALUES ($person->there, '$person->login', '$person->login', 'Somebody Else', '$person->login@elsewhere.example', MD5('their-Own-1'), '2019-05-05 05:05:05')");
        $pair->b->db()->query("INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES
            ($person->there, 'wp_capabilities', 'a:1:{s:6:\"editor\";b:1;}'), ($person->there, 'wp_user_level', '7'),
            ($person->there, 'first_name', 'Somebody'), ($person->there, 'nickname', 'else')");
        self::assertSame(['editor'], $pair->b->roles($person->there));

        $this->unharmed($pair, $person->there, function () use ($pair, $person) {
            $pair->run($person->id, 'wp_update_user(["ID" => $id, "first_name" => "Restored", "user_pass" => "restored 1", "role" => "subscriber"]);');
            self::assertSame('identity_mismatch', $pair->link($person->id)['code']);
            $pair->run($person->id, 'wp_set_password("restored 2", $id);');
            $pair->run($person->id, 'wp_update_user(["ID" => $id, "user_email" => "new-" . get_userdata($id)->user_email, "last_name" => "Restored"]);');
            foreach (['restored 1', 'restored 2'] as $password) {
                self::assertFalse($pair->b->login($person->login, $password));
            }
            return $person->id;
        }, 'identity_mismatch');
    }

    /** @dataProvider versions */
    public function testAnAccountThatTheRemoteMadeAnAdministratorGetsNoPasswordFromHere(string $version): void
    {
        $pair = Pair::of($version, $version);
        $person = $pair->person();
        $pair->b->run('(new WP_User($args[0]))->set_role("administrator");', [$person->there]);
        $this->unharmed($pair, $person->there, function () use ($pair, $person) {
            $pair->a->resetPassword($person->login, $person->email, 'from here');
            self::assertFalse($pair->b->login($person->login, 'from here'));
            $pair->run($person->id, '(new WP_User($id))->set_role("editor");');
            return $person->id;
        }, 'privileged');
    }

    /** @dataProvider versions */
    public function testWhoIsMadeAnAdministratorHereIsNoneThere(string $version): void
    {
        $pair = Pair::of($version, $version);
        $person = $pair->person();
        $this->unharmed($pair, $person->there, function () use ($pair, $person) {
            self::assertSame([], $pair->requests(fn () => $pair->run($person->id, '(new WP_User($id))->set_role("administrator"); wp_set_password("admin", $id);')));
            return $person->id;
        }, 'privileged');

        // A new administrator does not follow at all.
        $login = Pair::login();
        self::assertSame([], $pair->requests(fn () => $pair->a->createUser($login, "$login@example.org", 'administrator')));
        self::assertNull($pair->b->user($login));
    }

    /** @dataProvider versions */
    public function testTheSamePersonOnBothSitesProvesTheAddressAndIsInStepFromThenOn(string $version): void
    {
        $pair = Pair::of($version, $version);
        $there = self::customer($pair, 'their-Own-1');
        $account = $pair->b->user($there);
        $before = $pair->account($there);

        // An administrator of A makes them a user here; nothing proves that the address is theirs.
        $login = Pair::login();
        $id = $pair->a->createUser($login, $account['user_email'], 'subscriber', 'by the Admin 2');
        self::assertSame('unproven', $pair->link($id)['code']);
        self::assertSame($before, $pair->account($there));
        self::assertTrue($pair->b->login($account['user_login'], 'their-Own-1'));

        // They follow the link in the mail.
        $pair->a->resetPassword($login, $account['user_email'], 'proved-3');
        $link = $pair->link($id);
        self::assertSame([(string) $there, 'adopted', null], [(string) $link['remote_id'], $link['trust'], $link['code']], (string) $link['message']);
        self::assertTrue($pair->b->login($account['user_login'], 'proved-3'), 'the reset itself was the proof');

        $pair->run($id, 'wp_update_user(["ID" => $id, "first_name" => "Same", "last_name" => "Person"]);');
        self::assertSame('Same', $pair->b->meta($there, 'first_name'));
        $pair->run($id, 'wp_set_password("later-4", $id);');
        self::assertTrue($pair->b->login($account['user_login'], 'later-4'));

        // It was theirs before they came here: leaving here does not take it away.
        $pair->run($id, 'wp_delete_user($id);');
        self::assertNotNull($pair->b->user($there));
        self::assertNull($pair->link($id));
        self::assertNoErrors($pair);
    }

    /** @dataProvider versions */
    public function testAProofOfOldBringsNoOldPassword(string $version): void
    {
        $pair = Pair::of($version, $version);
        $login = Pair::login();
        $pair->a->register($login, "$login@example.org");
        $id = (int) $pair->a->user($login)['ID'];
        $pair->a->setPasswordByLink($pair->a->resetLink("$login@example.org"), 'proved-1');
        // B forgets them, and they are made there anew, by B, with a password of B's.
        $pair->b->run('wp_delete_user(get_user_by("login", $args[0])->ID);', [$login]);
        $pair->a->db()->query("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        $pair->run($id, 'delete_user_meta($id, "user_id_2"); wp_set_password("not by link 2", $id);');
        $pair->b->run('wp_delete_user(get_user_by("login", $args[0])->ID);', [$login]);
        $pair->a->db()->query("DELETE FROM wp_rudr_sync_links WHERE user_id = $id");
        $pair->run($id, 'delete_user_meta($id, "user_id_2");');
        $there = $pair->b->createUser("their$login", "$login@example.org", 'subscriber', 'of B 3');

        $pair->run($id, 'wp_update_user(["ID" => $id, "first_name" => "Old", "last_name" => "Proof"]);');
        self::assertSame('adopted', $pair->link($id)['trust']);
        self::assertSame('Old', $pair->b->meta($there, 'first_name'));
        self::assertTrue($pair->b->login("their$login", 'of B 3'), 'at adoption the present password counts as sent');
        $pair->run($id, 'wp_set_password("new 4", $id);');
        self::assertTrue($pair->b->login("their$login", 'new 4'));
    }

    /**
     * @param callable(): int $grab gives the local user who tried
     * @param string|null $code what their link then says
     */
    private function unharmed(Pair $pair, int $victim, callable $grab, ?string $code = null): void
    {
        $before = $pair->account($victim);
        $id = $grab();
        self::assertSame($before, $pair->account($victim));
        if ($code !== null) {
            $link = $pair->link($id);
            self::assertSame($code, $link['code'], (string) $link['message']);
            self::assertNotSame('', (string) $link['message']);
        }
        $pair->run($id, 'wp_update_user(["ID" => $id, "first_name" => "Again", "display_name" => "Again"]);');
        self::assertSame($before, $pair->account($victim), 'saved once more');
        $pair->run($id, 'wp_delete_user($id);');
        self::assertNull($pair->a->user($id));
        self::assertSame($before, $pair->account($victim), 'removed here');
        self::assertNoErrors($pair);
    }

    private function personWhoTakesTheAddressOf(Pair $pair, int $victim): int
    {
        $person = $pair->person();
        $address = $pair->b->user($victim)['user_email'];
        $pair->run($person->id, 'wp_update_user(["ID" => $id, "user_email" => $args["email"]]);', ['email' => $address]);
        self::assertSame($address, $pair->a->user($person->id)['user_email']);
        self::assertSame($person->email, $pair->b->user($person->there)['user_email']);
        self::assertStringContainsString('user_email', $pair->link($person->id)['message']);
        // A password set by the mail to that address reaches nobody but the one who set it.
        $pair->run($person->id, 'wp_set_password("grab", $id);');
        return $person->id;
    }

    private static function customer(Pair $pair, string $password = 'their-Own-1'): int
    {
        $login = Pair::login();
        return $pair->b->createUser("customer$login", "customer$login@example.org", 'subscriber', $password);
    }
}
