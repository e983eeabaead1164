<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** One call and no WordPress around it, as any PHP program makes it, at a plain WordPress. */
final class CallsTest extends SitesTestCase
{
    public static function versions(): array
    {
        return ['6.1' => ['6.1'], 'newest' => ['newest']];
    }

    /** @dataProvider versions */
    public function testAnAccountIsMadeFoundChangedAndRemoved(string $version): void
    {
        $pair = Pair::of($version, $version);
        $b = $pair->b;
        $login = Pair::login();
        $user = ['user_login' => $login, 'user_email' => "$login@example.org", 'user_pass' => 'first-Password',
            'first_name' => "Ann \\ O'Neil \u{1F642}", 'roles' => ['author'], 'meta_input' => ['phone' => '+49 1']];
        $id = $this->call($pair, 'rudr_sync_create', $user);
        self::assertSame($login, $b->user($id)['user_login']);
        self::assertSame("$login@example.org", $b->user($id)['user_email']);
        self::assertSame(["Ann \\ O'Neil \u{1F642}", '+49 1'], [$b->meta($id, 'first_name'), $b->meta($id, 'phone')]);
        self::assertSame(['author'], $b->roles($id));
        self::assertTrue($b->login($login, 'first-Password'));

        self::assertSame($id, $this->call($pair, 'rudr_sync_find', strtoupper("$login@example.org")));
        self::assertNull($this->call($pair, 'rudr_sync_find', "nobody-$login@example.org"));

        $change = ['user_pass' => 'second-Password', 'last_name' => 'L.', 'role' => 'editor', 'user_url' => 'https://ann.example'];
        self::assertSame($id, $this->call($pair, 'rudr_sync_update', $id, $change));
        self::assertSame(["Ann \\ O'Neil \u{1F642}", 'L.'], [$b->meta($id, 'first_name'), $b->meta($id, 'last_name')]);
        self::assertSame([['editor'], 'https://ann.example'], [$b->roles($id), $b->user($id)['user_url']]);
        self::assertSame([false, true], [$b->login($login, 'first-Password'), $b->login($login, 'second-Password')]);

        self::assertTrue($this->call($pair, 'rudr_sync_delete', $id, 1));
        self::assertNull($b->user($id));
        self::assertFalse($this->call($pair, 'rudr_sync_delete', $id, 1), 'it was gone already');
        self::assertNoErrors($pair);
    }

    /** @dataProvider versions */
    public function testWhatTheSiteRefusesIsAnExceptionThatSaysSo(string $version): void
    {
        $pair = Pair::of($version, $version);
        [$ann, $bob] = [$pair->person(), $pair->person()];
        self::assertSame(
            ['RudrSync\Conflict', 'existing_user_email'],
            $this->refused($pair, 'rudr_sync_create', ['user_login' => Pair::login(), 'user_email' => $ann->email]),
        );
        self::assertSame(
            ['RudrSync\Conflict', 'existing_user_login'],
            $this->refused($pair, 'rudr_sync_create', ['user_login' => $ann->login, 'user_email' => 'other-' . $ann->email]),
        );
        self::assertSame(
            ['RudrSync\Rejected', 'rest_user_invalid_email'],
            $this->refused($pair, 'rudr_sync_update', $bob->there, ['user_email' => $ann->email]),
            'of a change core says no more than that',
        );
        self::assertSame(['RudrSync\Rejected', 'rest_user_invalid_id'], $this->refused($pair, 'rudr_sync_update', 999_999, ['last_name' => 'L.']));
        self::assertSame($bob->email, $pair->b->user($bob->there)['user_email']);
    }

    private function call(Pair $pair, string $function, mixed ...$args): mixed
    {
        return $pair->a->php('return $args[0](...$args[1]);', [$function, $args]);
    }

    /** @return array{string, string} the exception's class and the site's code */
    private function refused(Pair $pair, string $function, mixed ...$args): array
    {
        return $pair->a->php('
            try {
                return $args[0](...$args[1]);
            } catch (RudrSync\Exception $e) {
                return [get_class($e), $e->getErrorCode()];
            }', [$function, $args]);
    }
}
