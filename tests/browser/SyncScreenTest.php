<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Users → Sync, as an administrator uses it. What the pages looked like is in target/lab/pictures. */
final class SyncScreenTest extends ScreenTestCase
{
    private static Site $remote;
    /** @var array<string, Site> */
    private static array $sources = [];
    private static int $count = 0;

    public static function setUpBeforeClass(): void
    {
        self::$remote = Lab::site('remote', 'newest');
    }

    /** @dataProvider versions */
    public function testASiteIsAddedTestedAndFollowedAndItsPasswordIsNeverSeenAgain(string $version): void
    {
        $a = self::source($version);
        $seen = self::chromium($a);
        $password = self::$remote->applicationPassword();
        $seen->open($a->url(self::SCREEN));
        self::assertStringContainsString('Users do not follow anywhere yet', $seen->text('#rudr-sync-sites'));
        self::picture($seen, "$version-empty");
        $seen->click('.page-title-action');
        self::picture($seen, "$version-add");
        $seen->fill('#rudr-sync-site', 'shop');
        $seen->fill('#rudr-sync-url', self::$remote->url);
        $seen->fill('#rudr-sync-username', Lab::ADMIN);
        // As core shows it, in groups of four.
        $seen->fill('#rudr-sync-password', rtrim(chunk_split($password, 4, ' ')));
        $seen->click('#submit');
        $seen->waitFor('.rudr-sync-check');
        self::assertStringContainsString('Site shop added', $seen->text('.notice-success'));
        self::assertStringContainsString('The connection to shop works.', $seen->text('.rudr-sync-check'));
        self::assertStringContainsString('Rights: may list, create', $seen->text('.rudr-sync-check'));
        self::picture($seen, "$version-added");

        $stored = $a->db()->query("SELECT settings FROM wp_rudr_sync_sites WHERE name = 'shop'")->fetch_row()[0];
        self::assertStringNotContainsString($password, $stored);
        $sealed = json_decode($stored, true)['password'];
        foreach ([self::SCREEN, self::SCREEN . '&part=change&site=shop', self::SCREEN . '&part=remove&site=shop'] as $page) {
            $seen->open($a->url($page));
            $html = $seen->js('return document.documentElement.outerHTML');
            self::assertStringNotContainsString($password, $html);
            self::assertStringNotContainsString($sealed, $html);
        }
        self::assertSame('0', $a->db()->query("SELECT COUNT(*) FROM wp_options WHERE option_value LIKE '%$password%'")->fetch_row()[0]);

        $login = self::login();
        $id = $a->createUser($login, "$login@example.org");
        self::settled($a, $id);
        self::assertNotNull(self::$remote->user($login));
        $seen->open($a->url(self::SCREEN));
        self::assertSame('1', $seen->text('#rudr-sync-sites td.column-in_step'));
        self::assertSame([], self::errors($a));
    }

    /** @dataProvider versions */
    public function testAWrongPasswordIsToldWithWhatToDoAndIsReplaced(string $version): void
    {
        $a = self::withShop($version);
        $seen = self::chromium($a);
        $seen->open($a->url(self::SCREEN . '&part=change&site=shop'));
        self::assertSame('', $seen->value('#rudr-sync-password'));
        $seen->fill('#rudr-sync-password', 'wrong wrong wrong');
        $seen->click('#submit');
        $seen->waitFor('.rudr-sync-check');
        self::assertStringContainsString('does not work', $seen->text('.rudr-sync-check strong'));
        self::assertStringContainsString('the application password is wrong or revoked', $seen->text('.rudr-sync-fix'));
        self::picture($seen, "$version-wrong-password");

        // Whoever could change the address alone could have the password sent elsewhere.
        $seen->open($a->url(self::SCREEN . '&part=change&site=shop'));
        $seen->fill('#rudr-sync-url', 'https://elsewhere.example/b%C3%BCro');
        $seen->click('#submit');
        $seen->waitFor('.notice-error');
        self::assertStringContainsString('Enter the application password again', $seen->text('.notice-error'));
        self::assertSame('https://elsewhere.example/b%C3%BCro', $seen->value('#rudr-sync-url'), 'what was entered is still there');

        $seen->open($a->url(self::SCREEN . '&part=change&site=shop'));
        self::assertSame(self::$remote->url, $seen->value('#rudr-sync-url'));
        $seen->fill('#rudr-sync-password', self::$remote->applicationPassword());
        $seen->click('input[name=remove][value=never]');
        $seen->click('#submit');
        $seen->waitFor('.rudr-sync-check');
        self::assertStringContainsString('works', $seen->text('.rudr-sync-check strong'));

        // Saved without a password the present one is kept, and so is what else was chosen.
        $seen->open($a->url(self::SCREEN . '&part=change&site=shop'));
        self::assertTrue($seen->js('return document.querySelector("input[name=remove][value=never]").checked'));
        $seen->click('#submit');
        $seen->waitFor('.rudr-sync-check');
        self::assertStringContainsString('works', $seen->text('.rudr-sync-check strong'));
        self::assertSame([], self::errors($a));
    }

    /** @dataProvider versions */
    public function testAUserWhoFailedIsListedWithTheReasonAndRetriedByKeyboard(string $version): void
    {
        $a = self::withShop($version);
        $login = self::login();
        $there = self::$remote->createUser($login, "somebody-else-$login@example.net");
        $id = $a->createUser($login, "$login@example.org");
        self::waits($a, $id);
        $seen = self::chromium($a);
        $seen->open($a->url(self::SCREEN));
        $row = '#rudr-sync-users tbody tr:has(button[value="shop|' . $id . '"])';
        self::assertStringContainsString('conflict', $seen->text("$row .column-why"));
        self::assertStringContainsString($login, $seen->text("$row .column-user"));
        // What stands there was so before the site was stopped.
        $a->db()->query("UPDATE wp_rudr_sync_sites SET status = 'quarantined', hold_until = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE name = 'shop'");
        $seen->click("$row button[name=retry]");
        $seen->waitFor('.notice-warning');
        self::assertStringContainsString('Site shop refuses us, so nothing is sent there', $seen->text('.notice-warning'));
        $a->db()->query("UPDATE wp_rudr_sync_sites SET status = 'ok', hold_until = NULL WHERE name = 'shop'");
        $a->db()->query("UPDATE wp_rudr_sync_links SET due_at = NULL, retry = 0 WHERE user_id = $id");
        $seen->open($a->url(self::SCREEN));
        self::picture($seen, "$version-failed");

        $seen->click("$row button[name=retry]");
        $seen->waitFor('.notice-warning');
        self::assertStringContainsString("$login:", $seen->text('.notice-warning li'), 'it still fails, and says why');

        self::$remote->run('wp_delete_user($args[0]);', [$there]);
        // By keyboard alone: from the box of this row on to its first action.
        $seen->js("document.querySelector('$row input[type=checkbox]').focus()");
        $seen->press(Chromium::TAB . Chromium::TAB);
        self::assertSame('retry', $seen->js('return document.activeElement.name'));
        self::assertNotSame('none 0px', $seen->js('const s = getComputedStyle(document.activeElement); return s.boxShadow === "none" && s.outlineStyle === "none" ? "none 0px" : "seen"'), 'one sees where the focus is');
        $seen->press(Chromium::ENTER);
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('1 user is now in step on shop', $seen->text('.notice-success'));
        // A password is not kept for what may never be tried again.
        self::assertStringContainsString('password_unknown', $seen->text('.notice-warning'));
        self::assertStringContainsString('refused', $seen->text("$row .column-why code"));
        self::assertNotNull(self::$remote->user("$login@example.org"));
        self::assertSame([], self::errors($a));
    }

    /** @dataProvider versions */
    public function testAnAccountThatNobodyProvedIsConfirmedOrUnlinked(string $version): void
    {
        $a = self::withShop($version);
        $seen = self::chromium($a);
        [$one, $two] = array_map(function () use ($a): array {
            $login = self::login();
            $there = self::$remote->createUser("there$login", "$login@example.org");
            $id = $a->createUser($login, "$login@example.org");
            self::waits($a, $id);
            return [$id, $there];
        }, [1, 2]);
        // Nothing is said of an address that the administrator has not seen.
        $seen->open($a->url(self::SCREEN));
        $confirm = "button[name=confirm][value^=\"shop|$one[0]|\"]";
        $row = "#rudr-sync-users tbody tr:has($confirm)";
        self::assertStringContainsString($was = $a->user($one[0])['user_email'], $seen->text("$row .column-user"));
        $a->db()->query("UPDATE wp_users SET user_email = 'anybody@example.org' WHERE ID = $one[0]");
        $a->run('wp_cache_flush();');
        $seen->click($confirm);
        $seen->waitFor('.notice-warning');
        self::assertStringContainsString('has another address than you were shown', $seen->text('.notice-warning'));
        self::assertStringContainsString('anybody@example.org', $seen->text("$row .column-user"));
        self::assertSame([null, null], [self::link($a, $one[0])['remote_id'], self::link($a, $one[0])['confirmed']]);
        $a->db()->query("UPDATE wp_users SET user_email = '$was' WHERE ID = $one[0]");

        $seen->open($a->url(self::SCREEN));
        $seen->click($confirm);
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('1 user is now in step on shop', $seen->text('.notice-success'));
        $link = self::link($a, $one[0]);
        self::assertSame([(string) $one[1], 'adopted'], [(string) $link['remote_id'], $link['trust']]);

        $seen->open($a->url(self::SCREEN)); // a page without the notice that is waited for
        $seen->click("button[name=unlink][value^=\"shop|$two[0]|\"]");
        $seen->waitFor('.notice-success');
        self::assertStringContainsString($a->user($two[0])['user_login'] . ' is unlinked and does not follow to shop', $seen->text('.notice-success'));
        self::assertNull(self::link($a, $two[0])['remote_id'] ?? null);
        self::assertNotNull(self::$remote->user($two[1]), 'the account stays');
        self::assertSame([], self::errors($a));
    }

    /** @dataProvider versions */
    public function testSeveralAreRetriedAtOnceAlsoWithoutJavaScript(string $version): void
    {
        $a = self::withShop($version);
        $ids = [];
        foreach ([1, 2] as $_) {
            $login = self::login();
            $there = self::$remote->createUser($login, "$login@example.net");
            $ids[] = $id = $a->createUser($login, "$login@example.org");
            self::waits($a, $id);
            self::$remote->run('wp_delete_user($args[0]);', [$there]);
        }
        $bare = new Chromium(false);
        try {
            $bare->login($a);
            $bare->open($a->url(self::SCREEN));
            self::assertTrue($bare->js('return document.body.classList.contains("no-js")'), 'no script of the page ran');
            foreach ($ids as $id) {
                $bare->click("input[value=\"shop|$id\"]");
            }
            $bare->click('#rudr-sync-bulk-top option[value=retry]');
            $bare->click('button[name=apply][value=top]');
            $bare->waitFor('.notice-success');
            self::assertStringContainsString('2 users are now in step on shop', $bare->text('.notice-success'));
        } finally {
            $bare->quit();
        }
    }

    /** @dataProvider versions */
    public function testASiteIsRemovedOnceThatIsConfirmed(string $version): void
    {
        $a = self::withShop($version);
        $login = self::login();
        $id = $a->createUser($login, "$login@example.org");
        self::settled($a, $id);
        $seen = self::chromium($a);
        $seen->open($a->url(self::SCREEN));
        $seen->click('#rudr-sync-sites a.submitdelete');
        self::assertStringContainsString('The accounts there stay as they are', $seen->text('#rudr-sync-remove'));
        self::picture($seen, "$version-remove");
        $seen->click('#rudr-sync-remove a.button');
        self::assertTrue($seen->has('#rudr-sync-sites button[name=check]'), 'cancelled');
        $seen->click('#rudr-sync-sites a.submitdelete');
        $seen->click('#submit');
        $seen->waitFor('.notice-success');
        self::assertFalse($seen->has('#rudr-sync-sites button[name=check]'));
        self::assertSame('0', $a->db()->query("SELECT COUNT(*) FROM wp_rudr_sync_links")->fetch_row()[0]);
        self::assertNotNull(self::$remote->user($login));
        unset(self::$sources[$version]);
        self::assertSame([], self::errors($a));
    }

    /** @dataProvider versions */
    public function testSitesDefinedElsewhereAreShownWithWhereAndCannotBeChangedHere(string $version): void
    {
        $a = Lab::site('elsewhere' . preg_replace('/\W/', '', $version), $version, [
            'plugin' => true,
            'extension' => true,
            'source' => ['filed' => self::$remote],
            'config' => "define('RUDR_SYNC_SITES', ['fixed' => ['url' => 'https://fixed.example', 'username' => 'agent', 'password' => 'hidden-here']]);",
        ]);
        $seen = self::chromium($a);
        $seen->open($a->url(self::SCREEN));
        $text = $seen->text('#rudr-sync-sites');
        self::assertStringContainsString('Defined in the file of php.ini', $text);
        self::assertStringContainsString('Defined in wp-config.php (RUDR_SYNC_SITES)', $text);
        self::assertFalse($seen->has('#rudr-sync-sites .row-actions a'), 'nothing to change or remove');
        self::assertStringNotContainsString('hidden-here', $seen->js('return document.documentElement.outerHTML'));
        $seen->open($a->url(self::SCREEN . '&part=change&site=fixed'));
        self::assertFalse($seen->has('#rudr-sync-site'));
        self::picture($seen, "$version-elsewhere");
        $a->destroy();
    }

    public function testWhoIsUnlinkedIsListedApartAndCanFollowAgain(): void
    {
        $a = self::withShop('newest');
        $login = self::login();
        $id = $a->createUser($login, "$login@example.org");
        self::settled($a, $id);
        self::$remote->run('wp_delete_user(get_user_by("login", $args[0])->ID);', [$login]);
        $a->db()->query("UPDATE wp_rudr_sync_links SET remote_id = NULL, remote_login = NULL, trust = NULL, base = NULL, code = 'unlinked', message = NULL, due_at = NULL WHERE user_id = $id");
        $seen = self::chromium($a);
        $seen->open($a->url(self::SCREEN));
        $row = '#rudr-sync-users tbody tr:has(button[value^="shop|' . $id . '|"])';
        self::assertFalse($seen->has($row), 'they need nobody');
        self::assertStringContainsString('1 unlinked', $seen->text('#rudr-sync-sites td.column-in_step'));
        $seen->open($a->url(self::SCREEN . '&show=unlinked'));
        self::assertStringContainsString("Somebody unlinked $login: they do not follow to shop.", $seen->text("$row .column-why"));
        self::assertFalse($seen->has("$row button[name=unlink]"));
        self::assertTrue($seen->has("$row button[name=confirm]"));
        self::picture($seen, 'unlinked');
        $seen->click("$row button[name=retry]");
        $seen->waitFor('.notice-success');
        self::assertStringContainsString('1 user is now in step on shop', $seen->text('.notice-success'));
        self::assertNotNull(self::$remote->user($login));
        self::assertSame([], self::errors($a));
    }

    public function testASiteThatNothingDefinesAnyMoreIsShownUntilItIsRemoved(): void
    {
        $a = self::withShop('newest');
        $a->db()->query("INSERT INTO wp_rudr_sync_sites (name) VALUES ('old')");
        $a->db()->query("INSERT INTO wp_rudr_sync_links (site, user_id, revision, synced_revision, code) VALUES ('old', 1, 2, 1, 'unproven')");
        $seen = self::chromium($a);
        $seen->open($a->url(self::SCREEN));
        $row = '#rudr-sync-sites tbody tr:has(a[href*="site=old"])';
        self::assertStringContainsString('Nothing defines it any more', $seen->text("$row .column-state"));
        self::assertFalse($seen->has("$row button[name]"), 'nothing to test or resume');
        self::assertFalse($seen->has('#rudr-sync-users button[name=retry], #rudr-sync-users button[name=confirm]'), 'nothing goes there');
        self::assertTrue($seen->has('#rudr-sync-users button[name=unlink]'));
        self::picture($seen, 'left-over');
        $seen->click("$row a.submitdelete");
        self::assertStringContainsString('Users will no longer follow to old.', $seen->text('#rudr-sync-remove'));
        $seen->click('#submit');
        $seen->waitFor('.notice-success');
        self::assertFalse($seen->has($row));
        self::assertSame([['shop']], $a->db()->query('SELECT name FROM wp_rudr_sync_sites')->fetch_all());
        self::assertSame('0', $a->db()->query("SELECT COUNT(*) FROM wp_rudr_sync_links WHERE site = 'old'")->fetch_row()[0]);
        self::assertSame([], self::errors($a));
    }

    /** @dataProvider versions */
    public function testOnNarrowScreensAndFromRightToLeftNothingIsCutOff(string $version): void
    {
        $a = self::withShop($version);
        self::trouble($a);
        $seen = self::chromium($a);
        $turn = "$a->folder/wp-content/mu-plugins/rtl.php";
        try {
            foreach (['ltr', 'rtl'] as $direction) {
                if ($direction === 'rtl') {
                    file_put_contents($turn, '<?php $GLOBALS["text_direction"] = "rtl";');
                }
                foreach ([1280, 500] as $width) {
                    $seen->resize($width, 900);
                    foreach (['' => 'main', '&part=add' => 'form'] as $part => $name) {
                        $seen->open($a->url(self::SCREEN . $part));
                        self::assertSame($direction, $seen->js('return getComputedStyle(document.body).direction'));
                        self::assertSame([], self::cutOff($seen), "$direction $width $name");
                        self::picture($seen, "$version-$name-$direction-$width");
                    }
                    $seen->open($a->url(self::SCREEN));
                    self::assertTrue($seen->isSeen('#rudr-sync-users button[name=retry]'));
                    self::assertTrue($seen->isSeen('.rudr-sync-state'));
                    if ($width < 783) {
                        self::assertTrue($seen->js('
                            const at = css => document.querySelector("#rudr-sync-sites tbody " + css).getBoundingClientRect();
                            return at(".column-state").top >= at(".column-primary").bottom - 1'), 'each on a line of its own');
                    }
                    self::assertTrue($seen->isSeen('#rudr-sync-users .column-why code'));
                }
            }
        } finally {
            @unlink($turn);
            $seen->resize(1280, 900);
        }
        self::assertSame([], self::errors($a));
    }

    public function testWhatASiteSaidIsShownAsText(): void
    {
        $a = self::withShop('newest');
        self::trouble($a, '<img src=x onerror=document.title="pwned"><script>document.title="pwned"</script>');
        $seen = self::chromium($a);
        $seen->open($a->url(self::SCREEN));
        self::assertStringContainsString('<img src=x', $seen->text('#rudr-sync-users'));
        self::assertStringNotContainsString('pwned', $seen->js('return document.title'));
    }

    public function testOnlyAdministratorsSeeItAndOnlyTheirOwnFormsAreTaken(): void
    {
        $a = self::withShop('newest');
        $id = self::trouble($a);
        $login = self::login();
        $a->createUser($login, "$login@example.org", 'editor');
        $editor = $a->as($login, Lab::PASSWORD);
        self::assertSame(403, $editor->get(self::SCREEN)->status);
        $forms = [
            'rudr_sync_save' => ['site' => 'shop', 'change' => '1', 'url' => 'https://evil.example', 'username' => 'x', 'password' => 'x'],
            'rudr_sync_remove' => ['site' => 'shop'],
            'rudr_sync_site' => ['resume' => 'shop'],
            'rudr_sync_users' => ['unlink' => "shop|$id"],
            'rudr_sync_identity' => ['answer' => 'copy'],
        ];
        $admin = $a->asAdmin();
        $before = self::state($a);
        foreach ($forms as $action => $fields) {
            $send = static fn (Browser $who, array $more) => $who->request('POST', 'wp-admin/admin-post.php', http_build_query(['action' => $action] + $fields + $more), ['Content-Type: application/x-www-form-urlencoded']);
            self::assertSame(403, $send($editor, [])->status, "an editor's $action");
            self::assertSame(403, $send($admin, [])->status, "$action without a nonce");
            self::assertSame(403, $send($admin, ['rudr_sync_nonce' => 'deadbeef12'])->status, "$action with another nonce");
            self::assertGreaterThanOrEqual(400, $send($a->browser(), [])->status, "a visitor's $action");
        }
        self::assertSame($before, self::state($a));
    }

    public function testSiteHealthSaysThatSomethingNeedsAPerson(): void
    {
        $a = self::withShop('newest');
        $result = '
            $desk = new RudrSync\Desk($GLOBALS["wpdb"], RudrSync\Plugin::parts());
            return (new RudrSync\Site_Health(new RudrSync\Findings($desk->status, $desk->report, RudrSync\Plugin::parts()->identity)))->result();';
        $a->db()->query("UPDATE wp_rudr_sync_links SET code = NULL");
        self::assertSame('good', $a->run($result)['status']);
        self::trouble($a);
        self::assertSame('recommended', $a->run($result)['status']);
        $a->db()->query("UPDATE wp_rudr_sync_sites SET status = 'quarantined' WHERE name = 'shop'");
        $seen = self::chromium($a);
        $seen->open($a->url('wp-admin/site-health.php'));
        $seen->waitFor('#health-check-issues-critical .health-check-accordion-trigger');
        self::assertContains('Users do not follow to other sites as they should', array_map('trim', $seen->js('return [...document.querySelectorAll("#health-check-issues-critical .title")].map(e => e.textContent)')));
        $seen->open($a->url(self::SCREEN));
        $seen->click('button[name=resume]');
        $seen->waitFor('.notice-success');
        self::assertSame('ok', $a->db()->query("SELECT status FROM wp_rudr_sync_sites WHERE name = 'shop'")->fetch_row()[0]);
    }

    public function testWhetherAnInstallIsACopyIsAskedOnEveryPageAndTheAnswerIsTaken(): void
    {
        $a = self::withShop('newest');
        $kept = $a->db()->query("SELECT option_value FROM wp_options WHERE option_name = 'rudr_sync_identity'")->fetch_row()[0];
        $a->db()->query("UPDATE wp_options SET option_value = CONCAT(SUBSTRING_INDEX(option_value, ' ', 1), ' ', REPEAT('0', 64)) WHERE option_name = 'rudr_sync_identity'");
        $seen = self::chromium($a);
        $seen->open($a->url('wp-admin/index.php'));
        self::assertStringContainsString('has this site moved, or is it a copy?', $seen->text('.rudr-sync-identity'));
        self::picture($seen, 'identity');
        // Another administrator answers first.
        $a->run('RudrSync\Plugin::parts()->identity->moved();');
        $seen->click('.rudr-sync-identity button[value=copy]');
        $seen->waitFor('.notice-error');
        self::assertStringContainsString('answered already', $seen->text('.notice-error'));
        self::assertSame($kept, $a->db()->query("SELECT option_value FROM wp_options WHERE option_name = 'rudr_sync_identity'")->fetch_row()[0]);

        $a->db()->query("UPDATE wp_options SET option_value = CONCAT(SUBSTRING_INDEX(option_value, ' ', 1), ' ', REPEAT('0', 64)) WHERE option_name = 'rudr_sync_identity'");
        $seen->open($a->url('wp-admin/index.php'));
        $seen->click('.rudr-sync-identity button[value=moved]');
        $seen->waitFor('.notice-success');
        self::assertFalse($seen->has('.rudr-sync-identity'));
        self::assertSame($kept, $a->db()->query("SELECT option_value FROM wp_options WHERE option_name = 'rudr_sync_identity'")->fetch_row()[0]);
    }

    public function testOnANetworkItIsTheNetworkAdministrators(): void
    {
        $a = Lab::site('network', 'newest', ['plugin' => true, 'extension' => true, 'multisite' => true]);
        $seen = self::chromium($a);
        $seen->open($a->url('wp-admin/network/users.php?page=rudr-sync&part=add'));
        $seen->fill('#rudr-sync-url', self::$remote->url);
        $seen->fill('#rudr-sync-username', Lab::ADMIN);
        $seen->fill('#rudr-sync-password', self::$remote->applicationPassword());
        $seen->click('#submit');
        $seen->waitFor('.rudr-sync-check');
        self::assertStringContainsString('/wp-admin/network/users.php', $seen->url());
        self::assertStringContainsString('works', $seen->text('.rudr-sync-check strong'));
        $a->createUser('blogadmin', 'blogadmin@example.org', 'administrator');
        self::assertSame(403, $a->as('blogadmin', Lab::PASSWORD)->get(self::SCREEN)->status);
        $a->destroy();
    }

    // --- the ground ---

    /** A source without any site. */
    private static function source(string $version): Site
    {
        return self::$sources[$version] = Lab::site('a' . preg_replace('/\W/', '', $version), $version, ['plugin' => true, 'extension' => true]);
    }

    /** A source with the site `shop`. */
    private static function withShop(string $version): Site
    {
        $a = self::$sources[$version] ?? self::source($version);
        $a->mark();
        $a->run('(new RudrSync\Site_Store($GLOBALS["wpdb"]))->put("shop", $args["url"], $args["username"], $args["password"], []);', [
            'url' => self::$remote->url,
            'username' => Lab::ADMIN,
            'password' => self::$remote->applicationPassword(),
        ]);
        return $a;
    }

    /** Somebody who needs a person. */
    private static function trouble(Site $a, string $message = 'shop has an account with this login and another address. Rename one of them, or link the right account.'): int
    {
        $login = self::login();
        $id = $a->createUser($login, "$login@example.org");
        self::settled($a, $id);
        $a->db()->execute_query("UPDATE wp_rudr_sync_links SET revision = revision + 1, due_at = NULL, code = 'conflict', message = ? WHERE user_id = ?", [$message, $id]);
        return $id;
    }

    private static function login(): string
    {
        return 'viewer' . ++self::$count;
    }

    /** Until they are in step: delivery may come after the answer. */
    private static function settled(Site $a, int $id): void
    {
        self::until($a, $id, static fn (?array $link) => $link !== null && $link['revision'] === $link['synced_revision']);
    }

    /** Until they wait for a person. */
    private static function waits(Site $a, int $id): void
    {
        self::until($a, $id, static fn (?array $link) => $link !== null && $link['due_at'] === null && $link['code'] !== null);
    }

    private static function until(Site $a, int $id, callable $is): void
    {
        for ($try = 0; $try < 100; $try++) {
            if ($is($link = self::link($a, $id))) {
                return;
            }
            usleep(100_000);
        }
        self::fail('link: ' . json_encode($link));
    }

    private static function link(Site $a, int $id): ?array
    {
        return $a->db()->execute_query("SELECT * FROM wp_rudr_sync_links WHERE site = 'shop' AND user_id = ?", [$id])->fetch_assoc() ?: null;
    }

    /** All that the forms could change. */
    private static function state(Site $a): array
    {
        return [
            $a->db()->query('SELECT name, settings FROM wp_rudr_sync_sites')->fetch_all(),
            $a->db()->query('SELECT site, user_id FROM wp_rudr_sync_links ORDER BY user_id')->fetch_all(),
            $a->db()->query("SELECT option_value FROM wp_options WHERE option_name = 'rudr_sync_identity'")->fetch_all(),
        ];
    }
}
