<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** Too many destructive changes at once, as an administrator sees them and says whether they are meant. */
final class GuardScreenTest extends TestCase
{
    private const SCREEN = 'wp-admin/users.php?page=rudr-sync';
    private const BAR = '.rudr-sync-held[data-site=shop]';

    private static Site $a;
    private static Site $b;
    private static Chromium $seen;
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$b = Lab::site('guardremote', 'newest');
        self::$a = Lab::site('guard', 'newest', ['plugin' => true, 'extension' => true]);
        self::$a->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->put("shop", $args[0], $args[1], $args[2], []);', [self::$b->url, Lab::ADMIN, self::$b->applicationPassword()]);
        self::$seen = new Chromium();
        self::$seen->login(self::$a);
    }

    public static function tearDownAfterClass(): void
    {
        self::$seen->quit();
    }

    protected function setUp(): void
    {
        self::$a->db()->query("UPDATE wp_rudr_sync_sites SET destructive = 0, destructive_since = NULL");
    }

    protected function tearDown(): void
    {
        self::assertSame([], array_values(preg_grep('/WordPress\.org|wordpress\.org|simplepie/', self::$a->errors(), PREG_GREP_INVERT)));
    }

    public function testTheLimitIsSetInTheFormAndTakenBackThere(): void
    {
        $seen = self::$seen;
        $guard = static fn () => json_decode(self::$a->db()->query('SELECT settings FROM wp_rudr_sync_sites')->fetch_row()[0], true)['options'];
        foreach (['2' => ['guard' => 2], '' => []] as $entered => $kept) {
            $seen->open(self::$a->url(self::SCREEN . '&part=change&site=shop'));
            $seen->fill('#rudr-sync-guard', (string) $entered);
            $seen->click('#submit');
            $seen->waitFor('.rudr-sync-check');
            self::assertStringContainsString('works', $seen->text('.rudr-sync-check strong'), 'the extension is not told of it');
            self::assertSame($kept, array_intersect_key($guard(), ['guard' => 0]));
        }
        $seen->js('document.querySelector("#wpbody").innerHTML = ""');
        $seen->open(self::$a->url(self::SCREEN . '&part=change&site=shop'));
        $seen->js('document.querySelector("#rudr-sync-guard").type = "text"');
        $seen->fill('#rudr-sync-guard', 'many');
        $seen->click('#submit');
        $seen->waitFor('.notice-error');
        self::assertSame([[], 'many'], [array_intersect_key($guard(), ['guard' => 0]), $seen->js('return document.querySelector("#rudr-sync-guard").getAttribute("value")')]);
    }

    public function testWhatIsHeldIsToldConfirmedAndDiscarded(): void
    {
        $seen = self::$seen;
        $ids = self::held(3, '<img src=x onerror=document.title="pwned">');
        [$first, $second, $third] = array_map(static fn (int $id) => self::$a->db()->query("SELECT login FROM wp_rudr_sync_links WHERE user_id = $id")->fetch_row()[0], $ids);
        $seen->open(self::$a->url('wp-admin/users.php'));
        self::assertStringContainsString('shop: 3 removals', $seen->text('.notice-error.rudr-sync'));

        $seen->open(self::$a->url(self::SCREEN));
        self::assertStringContainsString('3 removals', $seen->text(self::BAR));
        self::assertFalse($seen->has('#rudr-sync-users tbody button[name]'), 'they are not among those who need somebody for another reason');
        $seen->click(self::BAR . ' summary');
        self::assertStringContainsString("$first: <img src=x", $seen->text(self::BAR . ' details'));
        self::assertStringNotContainsString('pwned', $seen->js('return document.title'));
        foreach ([1280, 500] as $width) {
            $seen->resize($width, 900);
            self::assertSame([], $seen->js('
                const wide = document.documentElement.clientWidth;
                return [...document.querySelectorAll(".rudr-sync-held *")].filter(e => e.getBoundingClientRect().right > wide + 1).map(e => e.outerHTML.slice(0, 120))'));
            $seen->screenshot(Lab::cache() . "/pictures/held-$width.png", true);
        }
        $seen->resize(1280, 900);

        $seen->click(self::BAR . ' details a');
        $seen->waitFor("button[name=held_discard][value=\"shop|$ids[0]\"]");
        $seen->click("button[name=held_discard][value=\"shop|$ids[0]\"]");
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('What was held of 1 user is discarded. Their account on shop stays as it is.', $seen->text('.notice-success'));
        self::assertStringContainsString('2 removals', $seen->text(self::BAR));

        $seen->open(self::$a->url(self::SCREEN . '&show=held'));
        $seen->click("input[value=\"shop|$ids[1]\"]");
        $seen->click('#rudr-sync-bulk-top option[value=held_confirm]');
        $seen->click('button[name=apply][value=top]');
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('1 user is now in step on shop', $seen->text('#wpbody'));
        self::assertNull(self::$b->user($second));

        $seen->open(self::$a->url(self::SCREEN));
        $seen->click(self::BAR . ' button[value=confirm]');
        $seen->waitFor('.notice-success');
        self::assertFalse($seen->has(self::BAR));
        self::$a->run('RudrSync\Plugin::parts()->cron->run();');
        self::assertSame([true, null], [self::$b->user($first) !== null, self::$b->user($third)]);
    }

    /** One answer for users of two sites is the same answer at each. */
    public function testWhatIsHeldOfSeveralSitesIsAnsweredAtOnce(): void
    {
        [$id] = self::held(1);
        self::$a->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->put("mall", $args[0], "agent", "abcd abcd abcd abcd abcd abcd", []);', [self::$b->url]);
        try {
            $db = self::$a->db();
            $db->query("CREATE TEMPORARY TABLE theirs AS SELECT * FROM wp_rudr_sync_links WHERE user_id = $id");
            $db->query("UPDATE theirs SET site = 'mall'");
            $db->query('INSERT INTO wp_rudr_sync_links SELECT * FROM theirs');
            $admin = self::$a->asAdmin();
            $form = Form::in($admin->get(self::SCREEN . '&show=held'), 'rudr-sync-users')->with(['bulk_top' => 'held_discard', 'apply' => 'top', 'links[0]' => "shop|$id", 'links[1]' => "mall|$id"]);
            $page = $admin->request('POST', 'wp-admin/admin-post.php', $form->body(), ['Content-Type: application/x-www-form-urlencoded']);
            $said = strip_tags($admin->get(self::SCREEN)->body . $page->body);
            foreach (['shop', 'mall'] as $site) {
                self::assertStringContainsString("is discarded. Their account on $site stays as it is.", $said);
            }
            self::assertSame('0', $db->query("SELECT COUNT(*) FROM wp_rudr_sync_links WHERE user_id = $id")->fetch_row()[0]);
        } finally {
            self::$a->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->remove("mall");');
        }
    }

    public function testOnlyAdministratorsMaySay(): void
    {
        $ids = self::held(2);
        self::$a->createUser('guardeditor', 'guardeditor@example.org', 'editor');
        $editor = self::$a->as('guardeditor', Lab::PASSWORD);
        $admin = self::$a->asAdmin();
        foreach (['rudr_sync_held' => ['site' => 'shop', 'answer' => 'discard'], 'rudr_sync_users' => ['held_discard' => "shop|$ids[0]"]] as $action => $fields) {
            $send = static fn (Browser $who, array $more) => $who->request('POST', 'wp-admin/admin-post.php', http_build_query(['action' => $action] + $fields + $more), ['Content-Type: application/x-www-form-urlencoded'])->status;
            self::assertSame([403, 403, 403], [$send($editor, []), $send($admin, []), $send($admin, ['rudr_sync_nonce' => 'deadbeef12'])], $action);
            self::assertGreaterThanOrEqual(400, $send(self::$a->browser(), []));
        }
        self::assertSame('2', self::$a->db()->query("SELECT COUNT(*) FROM wp_rudr_sync_links WHERE code = 'held'")->fetch_row()[0]);
        self::$seen->open(self::$a->url(self::SCREEN));
        self::$seen->click(self::BAR . ' button[value=discard]');
        self::$seen->waitFor('.notice-success');
        self::assertStringContainsString('What was held of 2 users is discarded.', self::$seen->text('.notice-success'));
        self::assertSame('0', self::$a->db()->query('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE user_id IN (' . implode(',', $ids) . ')')->fetch_row()[0]);
    }

    /** @return list<int> so many users whose removal is held, of one more that were removed */
    private static function held(int $number, ?string $message = null): array
    {
        $first = self::$count + 1;
        self::$count += $number + 1;
        $ids = self::$a->run('return array_map(fn ($n) => wp_insert_user(["user_login" => "held$n", "user_email" => "held$n@example.org", "user_pass" => "x", "role" => "subscriber"]), range(...$args));', [$first, self::$count]);
        self::$a->run('add_filter("rudr_sync_guard", fn () => 1); array_map("wp_delete_user", $args);', $ids);
        $held = array_map('intval', array_column(self::$a->db()->query("SELECT user_id FROM wp_rudr_sync_links WHERE code = 'held' ORDER BY user_id")->fetch_all(), 0));
        self::assertCount($number, $held);
        if ($message !== null) {
            self::$a->db()->execute_query("UPDATE wp_rudr_sync_links SET message = ? WHERE code = 'held'", [$message]);
        }
        return $held;
    }
}
