<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A remote that is away: the page here does not care, and the next change of the user brings everything. */
final class OutageTest extends SitesTestCase
{
    public function testWhatCouldNotBeDeliveredGoesWithTheUsersNextChange(): void
    {
        $pair = Pair::of('newest', 'newest');
        $person = $pair->person();
        $pair->b->stop();
        try {
            $pair->run($person->id, '(new WP_User($id))->set_role("author"); update_user_meta($id, "last_name", "Away");');
        } finally {
            $pair->b->start();
        }
        $link = $pair->link($person->id);
        self::assertNotSame($link['revision'], $link['synced_revision']);
        self::assertNotNull($link['due_at']);
        self::assertNull($link['lease']);
        self::assertNotSame('', (string) $link['message']);

        $pair->endHold();
        $pair->run($person->id, 'update_user_meta($id, "first_name", "Back");');
        self::assertFollows($pair, $person->id, 'first-Password', ['roles' => ['author'], 'last_name' => 'Away', 'first_name' => 'Back']);
    }

    public function testARegistrationIsMadeUpForAndOnceOnly(): void
    {
        $pair = Pair::of('newest', 'newest');
        $login = Pair::login();
        $pair->b->stop();
        try {
            $pair->a->register($login, "$login@example.org");
        } finally {
            $pair->b->start();
        }
        $id = (int) $pair->a->user($login)['ID'];
        self::assertNull($pair->link($id)['remote_id']);

        // Whether an unanswered create worked is looked at once it can't be at work any more.
        $pair->a->db()->query("UPDATE wp_rudr_sync_links SET tried_at = tried_at - INTERVAL 2 MINUTE, tried_last = tried_last - INTERVAL 2 MINUTE WHERE user_id = $id");
        $pair->endHold();
        $pair->a->setPasswordByLink($pair->a->resetLink("$login@example.org"), 'came back');
        self::assertFollows($pair, $id, 'came back');
        self::assertSame('1', $pair->b->db()->query("SELECT COUNT(*) FROM wp_users WHERE user_email = '$login@example.org'")->fetch_row()[0]);
    }

    public function testARemovalThatCouldNotBeDeliveredIsKept(): void
    {
        $pair = Pair::of('newest', 'newest');
        $person = $pair->person();
        $pair->b->stop();
        try {
            $pair->run($person->id, 'wp_delete_user($id);');
        } finally {
            $pair->b->start();
        }
        $link = $pair->link($person->id);
        self::assertSame(['absent', $person->login, $person->email], [$link['want'], $link['login'], $link['email']]);
        $pair->endHold();
        // Whoever has time for it finishes it: the same code as at the end of a request.
        $pair->a->db()->query("UPDATE wp_rudr_sync_links SET due_at = UTC_TIMESTAMP() WHERE user_id = $person->id");
        $pair->run($person->id, '
            $parts = RudrSync\Plugin::parts();
            $parts->delivery->run($parts->sites->all()["default"], [$id]);
        ');
        self::assertNull($pair->b->user($person->login));
        self::assertNull($pair->link($person->id));
    }

    public function testASiteWhosePasswordNoLongerOpensSaysSoWhereItIsPaused(): void
    {
        $b = Pair::of('newest', 'newest')->b;
        $a = Lab::site('lostkey', 'newest', ['plugin' => true, 'extension' => true]);
        $key = "$a->folder/key";
        file_put_contents($key, base64_encode(random_bytes(32)));
        $a->ini(['rudr_sync.key_file' => $key]);
        $a->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->put("shop", $args[0], $args[1], $args[2], []);', [$b->url, Lab::ADMIN, $b->applicationPassword()]);
        $why = static fn () => $a->run('return (new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts()))->status->all()["shop"]->why;');
        $login = Pair::login();
        $id = $a->createUser($login, "$login@example.org", 'subscriber', 'a password');
        self::assertNotNull($b->user($login));
        self::assertNull($why());

        file_put_contents($key, base64_encode(random_bytes(32)));
        $a->run('update_user_meta($args[0], "first_name", "Later");', [$id]);
        self::assertStringContainsString('the application password of site \'shop\' cannot be opened', $why());
    }

    public function testARemoteThatAnswersNonsenseChangesNothingHere(): void
    {
        $pair = Pair::of('newest', 'newest');
        $person = $pair->person();
        $broken = "{$pair->b->folder}/wp-content/mu-plugins/broken.php";
        file_put_contents($broken, '<?php if (str_contains($_SERVER["REQUEST_URI"] ?? "", "wp-json")) { header("Content-Type: text/html"); echo "<html>parking page</html>"; exit; }');
        try {
            $pair->run($person->id, 'update_user_meta($id, "first_name", "Parked");');
        } finally {
            unlink($broken);
        }
        self::assertSame('not_wordpress', $pair->link($person->id)['code']);
        // What was sent may have worked all the same, and be at work for a minute.
        $pair->a->db()->query("UPDATE wp_rudr_sync_links SET tried_at = tried_at - INTERVAL 2 MINUTE, tried_last = tried_last - INTERVAL 2 MINUTE WHERE user_id = $person->id");
        $pair->endHold();
        $pair->run($person->id, 'update_user_meta($id, "last_name", "Unparked");');
        self::assertFollows($pair, $person->id, 'first-Password', ['first_name' => 'Parked', 'last_name' => 'Unparked']);
    }
}
