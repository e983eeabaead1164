<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** Sites with the plugin and without the extension. */
abstract class ReceiverTestCase extends TestCase
{
    /** @var array<string, Site> */
    private static array $sites = [];
    /** @var array<string, Sender> */
    private static array $senders = [];

    /** The rules of the sites that the tests share. */
    protected const CONFIG = "define('RUDR_SYNC_RECEIVER', ['meta' => ['phone', 'sizes', 'wp_capabilities', 'session_tokens']]);";

    public static function versions(): array
    {
        return ['6.1' => ['6.1'], '6.8' => ['6.8'], 'newest' => ['newest']];
    }

    protected static function site(string $version): Site
    {
        return self::$sites[$version] ??= Lab::site('r' . preg_replace('/\W/', '', $version), $version, ['plugin' => true, 'config' => self::CONFIG]);
    }

    protected static function sender(string $version): Sender
    {
        return self::$senders[$version] ??= Sender::to(self::site($version));
    }

    protected function tearDown(): void
    {
        foreach (self::$sites as $site) {
            self::assertSame([], array_values(array_filter($site->errors(), static fn ($line) => !str_contains($line, 'WordPress.org'))), "errors on $site->name");
        }
    }
}
