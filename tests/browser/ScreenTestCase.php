<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** Screens of wp-admin in a real browser. What the pages looked like is in target/lab/pictures. */
abstract class ScreenTestCase extends TestCase
{
    protected const SCREEN = 'wp-admin/users.php?page=rudr-sync';

    private static ?Chromium $chromium = null;

    public static function tearDownAfterClass(): void
    {
        self::$chromium?->quit();
        self::$chromium = null;
    }

    public static function versions(): array
    {
        return ['6.1' => ['6.1'], 'newest' => ['newest']];
    }

    /** One browser for all, logged in at that site. */
    protected static function chromium(Site $site): Chromium
    {
        self::$chromium ??= new Chromium();
        self::$chromium->open($site->url(self::SCREEN));
        if (!self::$chromium->has('#wpadminbar')) {
            self::$chromium->login($site);
        }
        return self::$chromium;
    }

    protected static function picture(Chromium $seen, string $name): void
    {
        // From right to left Chromium shifts a picture of the whole page: there only what the window shows.
        $seen->screenshot(Lab::cache() . "/pictures/$name.png", !str_contains($name, '-rtl-'));
    }

    /** @return list<string> what of our page is not in the window's width */
    protected static function cutOff(Chromium $seen): array
    {
        return $seen->js('
            const wide = document.documentElement.clientWidth;
            return [...document.querySelectorAll(".rudr-sync *")].filter(e => {
                const r = e.getBoundingClientRect();
                return r.width && !e.closest(".screen-reader-text") && (r.right > wide + 1 || r.left < -1);
            }).map(e => e.outerHTML.slice(0, 120))');
    }

    /** @return list<string> without the dashboard's, which would like to have news and updates */
    protected static function errors(Site $a): array
    {
        return array_values(array_filter($a->errors(), static fn (string $line) => !preg_match('/WordPress\.org|wordpress\.org|simplepie/', $line)));
    }
}
