<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What an administrator may write into the receiver's rules. */
final class RulesTest extends ReceiverTestCase
{
    private const PUT = '
        $rules = new RudrSync\Receiver_Rules(new RudrSync\Receiver_Settings());
        $wrong = $rules->put($args);
        return [$wrong, get_option("rudr_sync_receiver"), (new RudrSync\Receiver_Rules(new RudrSync\Receiver_Settings()))->shown()];';

    private static Site $site;

    public static function setUpBeforeClass(): void
    {
        self::$site = Lab::site('rules', 'newest', ['plugin' => true, 'config' => 'getenv("FIXED") && define("RUDR_SYNC_RECEIVER", ["removal" => "leave", "meta" => ["fixed"], "roles" => ["author"]]);']);
        self::$site->run('add_role("shop_boss", "Shop boss", ["read" => true, "edit_users" => true]); add_role("vendor", "Vendor", ["read" => true]);');
    }

    protected function setUp(): void
    {
        self::$site->run('delete_option("rudr_sync_receiver");');
    }

    public function testWhatIsSavedIsWhatTheReceiverGoesBy(): void
    {
        self::$site->run('update_option("rudr_sync_receiver", ["max_jobs" => 7]);');
        $wanted = [
            'roles' => 'listed', 'listed' => "vendor\nauthor", 'meta' => "phone\r\n\n size:eu \nphone", 'adopt' => 'proven', 'removal' => 'suspend',
            'claims' => '1', 'authority' => '', 'addresses' => "127.0.0.1\n10.0.0.0/8\n2001:db8::/32",
        ];
        [$wrong, $option, $shown] = self::$site->run(self::PUT, $wanted);
        self::assertSame([], $wrong);
        ksort($option);
        self::assertSame([
            'addresses' => ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'], 'adopt' => 'proven', 'authority' => false, 'claims' => true,
            'max_jobs' => 7, 'meta' => ['phone', 'size:eu'], 'removal' => 'suspend', 'roles' => ['vendor', 'author'],
        ], $option, 'what the form does not know stays');
        self::assertSame(['listed', "vendor\nauthor", "phone\nsize:eu", '1', ''], [$shown['roles'], $shown['listed'], $shown['meta'], $shown['claims'], $shown['authority']]);
        self::assertSame([['vendor', 'author'], ['phone', 'size:eu'], 'suspend', true, 'proven'], self::$site->run('$s = new RudrSync\Receiver_Settings(); return [$s->roles(), $s->meta(), $s->removal(), $s->believes_claims(), $s->adopt("any")];'));

        [, $option] = self::$site->run(self::PUT, ['roles' => 'all'] + $wanted);
        self::assertArrayNotHasKey('roles', $option, 'also those that are added later');
        self::assertContains('subscriber', self::$site->run('return (new RudrSync\Receiver_Settings())->roles();'));
    }

    /** @dataProvider wrong */
    public function testWhatCannotBeIsSaidAndNothingIsSaved(array $wanted, string $said): void
    {
        $good = ['roles' => 'all', 'listed' => '', 'meta' => '', 'adopt' => 'any', 'removal' => 'remove', 'claims' => '1', 'addresses' => ''];
        [$wrong, $option] = self::$site->run(self::PUT, $wanted + $good);
        self::assertCount(1, $wrong);
        self::assertStringContainsString($said, $wrong[0]);
        self::assertFalse($option);
    }

    public static function wrong(): array
    {
        $roles = 'Not a role that other sites may give';
        $meta = 'Not user meta that other sites may write';
        $address = 'Neither an address';
        return [
            'administrators' => [['roles' => 'listed', 'listed' => "author\nadministrator"], "$roles, since it is not there or holds power over users, plugins or options: administrator"],
            'whoever edits users' => [['roles' => 'listed', 'listed' => 'shop_boss'], $roles],
            'an agent' => [['roles' => 'listed', 'listed' => 'rudr_sync_agent'], $roles],
            'no such role' => [['roles' => 'listed', 'listed' => 'king'], $roles],
            'capabilities' => [['meta' => "phone\nwp_capabilities"], $meta],
            'of another blog' => [['meta' => 'wp_2_capabilities'], $meta],
            'sessions' => [['meta' => 'session_tokens'], $meta],
            'ours' => [['meta' => '_rudr_sync_source_x'], $meta],
            'a field' => [['meta' => 'first_name'], $meta],
            'markup' => [['meta' => '<b>x</b>'], "$meta, since"],
            'a word' => [['addresses' => "127.0.0.1\nshop.example"], "$address such as 203.0.113.7 nor a network such as 10.0.0.0/8: shop.example"],
            'too many bits' => [['addresses' => '10.0.0.0/33'], $address],
            'no bits' => [['addresses' => '10.0.0.0/'], $address],
            'a mask' => [['addresses' => '10.0.0.0/255.0.0.0'], $address],
            'no such choice' => [['removal' => 'explode'], 'Choose one for "removal".'],
        ];
    }

    public function testWhatStandsInWpConfigIsShownAndNotWritten(): void
    {
        $wanted = ['roles' => 'all', 'listed' => '', 'meta' => 'mine', 'adopt' => 'never', 'removal' => 'remove', 'addresses' => ''];
        [$wrong, $option, $shown] = self::$site->run(self::PUT, $wanted, ['FIXED' => '1']);
        self::assertSame([], $wrong);
        self::assertSame(['leave', 'fixed', 'listed', 'author'], [$shown['removal'], $shown['meta'], $shown['roles'], $shown['listed']]);
        self::assertSame([], array_intersect_key($option, ['removal' => 1, 'meta' => 1, 'roles' => 1]));
        self::assertSame('never', $option['adopt']);
    }

    public function testWhoIsSuspendedIsListedWithWhoWantedItAndMayComeBack(): void
    {
        $sender = Sender::to(self::$site);
        self::$site->run('update_option("rudr_sync_receiver", ["removal" => "suspend"]);');
        $job = Sender::somebody(['roles' => ['author', 'vendor']]);
        $id = $sender->job($job)['id'];
        $list = '$list = new RudrSync\Suspended_List($GLOBALS["wpdb"]); return [$list->count(), $list->lines(20), $list->lines(20, 1)];';
        self::assertSame([0, [], []], self::$site->run($list));
        self::assertSame('deleted', $sender->job(['op' => 'delete'] + $job)['status']);
        [$count, [$line], $rest] = self::$site->run($list);
        self::assertSame([1, []], [$count, $rest]);
        self::assertSame([$id, $job['user']['user_login'], ['author', 'vendor'], $sender->source], [$line['user_id'], $line['login'], $line['roles'], $line['source']]);
        self::assertIsInt($line['since']);
        self::assertFalse(self::$site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"));
        self::$site->run('RudrSync\Suspension::lift(get_userdata($args[0]));', [$id]);
        self::assertSame(0, self::$site->run($list)[0]);
        self::assertSame(['author', 'vendor'], self::$site->roles($id));
        self::assertTrue(self::$site->login($job['user']['user_login'], "secret of {$job['user']['user_login']}"));
        // What this site's administrator decided, a request that comes again does not undo.
        self::assertSame('absent', $sender->job(['op' => 'delete'] + $job)['status']);
        self::assertSame(['author', 'vendor'], self::$site->roles($id));
    }
}
