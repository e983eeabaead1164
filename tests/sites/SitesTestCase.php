<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** What all tests over two sites ask. */
abstract class SitesTestCase extends TestCase
{
    private const ROW = ['user_login', 'user_email', 'user_url', 'display_name'];
    private const META = ['nickname', 'first_name', 'last_name', 'description', 'locale'];

    /** The account on B is what the user is on A, and they can log in there with the password that they believe they have. */
    protected static function assertFollows(Pair $pair, int $id, string $password, array $expected = []): void
    {
        $here = $pair->a->user($id);
        $there = $pair->b->user($here['user_login']);
        self::assertNotNull($there, "{$here['user_login']} is on B; link: " . json_encode($pair->link($id)));
        $link = json_encode($pair->link($id));
        foreach (self::ROW as $field) {
            self::assertSame($here[$field], $there[$field], "$field; link: $link");
        }
        foreach (self::META as $key) {
            self::assertSame((string) $pair->a->meta($id, $key), (string) $pair->b->meta((int) $there['ID'], $key), "$key; link: $link");
        }
        self::assertSame($pair->a->roles($id), $pair->b->roles((int) $there['ID']), 'roles');
        foreach ($expected as $field => $value) {
            $held = match (true) {
                $field === 'roles' => $pair->b->roles((int) $there['ID']),
                in_array($field, self::ROW, true) => $there[$field],
                default => $pair->b->meta((int) $there['ID'], $field),
            };
            self::assertSame($value, $held, $field);
        }
        self::assertTrue($pair->b->login($here['user_login'], $password), "logs in on B with $password");

        $link = $pair->link($id);
        self::assertSame($link['revision'], $link['synced_revision'], 'in step');
        self::assertNull($link['lease']);
        self::assertNull($link['due_at']);
        self::assertNull($link['code'], (string) $link['message']);
        if ($pair->name === 'default') {
            self::assertSame((string) $there['ID'], $pair->a->meta($id, 'user_id_2'));
        }
        self::assertNoErrors($pair);
    }

    /** No PHP error on either side, but for the dashboard's, which would like to ask for updates. */
    protected static function assertNoErrors(Pair $pair): void
    {
        foreach ([$pair->a, $pair->b] as $site) {
            $errors = array_filter($site->errors(), static fn (string $line) => !str_contains($line, 'WordPress.org'));
            self::assertSame([], array_values($errors), "errors on $site->name");
        }
    }
}
