<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** Who may write here, from a shell, where there is no extension. */
final class AgentCliTest extends TestCase
{
    private static Site $site;

    public static function setUpBeforeClass(): void
    {
        self::$site = Lab::site('agents', '6.1', ['plugin' => true, 'config' => 'if (getenv("CLI")) { require_once ' . var_export(__DIR__ . '/wp-cli.php', true) . '; }']);
    }

    protected function tearDown(): void
    {
        self::assertSame([], array_filter(self::$site->errors(), static fn (string $line) => !str_contains($line, 'WordPress.org')));
        foreach (self::rows(self::wp('list')) as $agent) {
            self::wp('revoke', $agent['id']);
        }
    }

    public function testAnAgentIsMadeUsedListedAndRevoked(): void
    {
        self::assertSame([], self::rows(self::wp('list')));
        $ran = self::wp('make', 'The Shop', '--format=json');
        self::assertSame(0, $ran['exit']);
        self::assertSame('json', $ran['said'][0][0]);
        [$made] = self::rows($ran);
        self::assertSame([self::$site->url, 'rudr-sync-agent'], [$made['url'], $made['login']]);
        self::assertStringNotContainsString($made['password'], json_encode(self::$site->db()->query('SELECT meta_value FROM wp_usermeta')->fetch_all()));

        $today = gmdate('Y-m-d');
        [$before] = self::rows(self::wp('list', '--format=csv'));
        self::assertSame(['The Shop', 'rudr-sync-agent', null, null, null], [$before['name'], $before['login'], $before['source'], $before['last_used'], $before['last_ip']]);
        self::assertContains($before['made'], [$today, gmdate('Y-m-d')]);
        $source = Fake::uuid();
        self::assertSame(200, self::call($made, $source));
        [$after] = self::rows(self::wp('list'));
        self::assertSame([$source, '127.0.0.1'], [$after['source'], $after['last_ip']]);
        self::assertContains($after['last_used'], [$today, gmdate('Y-m-d')]);
        self::assertStringNotContainsString($made['password'], json_encode(self::wp('list')));

        self::assertSame([['success', 'The agent "The Shop" is revoked. The accounts that came by it stay as they are.']], self::wp('revoke', 'The Shop')['said']);
        self::assertSame(401, self::call($made, $source));
        self::assertSame([], self::rows(self::wp('list')));
        self::assertSame([], self::$site->db()->query("SELECT * FROM wp_usermeta WHERE meta_key LIKE '%rudr_sync_source%'")->fetch_all());
        // The same site goes on with a new one.
        [$made] = self::rows(self::wp('make', 'The Shop'));
        self::assertSame(200, self::call($made, $source));
    }

    public function testAnAgentMayBeMadeForOneSiteAlone(): void
    {
        [$mine, $other] = [Fake::uuid(), Fake::uuid()];
        [$made] = self::rows(self::wp('make', 'Forum', '--source=' . strtoupper($mine)));
        self::assertSame($mine, self::rows(self::wp('list'))[0]['source']);
        self::assertSame([403, 200], [self::call($made, $other), self::call($made, $mine)]);
        self::assertSame([1, [['error', '"shop" is not the uuid of a site.']]], array_values(self::wp('make', 'Third', '--source=shop')));
        self::assertCount(1, self::rows(self::wp('list')));
    }

    public function testNamesAreToldApart(): void
    {
        self::wp('make', 'Shop');
        foreach (['Shop', ' sHOP ', '<b>Shop</b>'] as $name) {
            $refused = self::wp('make', $name);
            self::assertSame(1, $refused['exit'], $name);
            self::assertStringContainsString('There is an agent "Shop" already.', $refused['said'][0][1]);
        }
        foreach (['', '<b>', str_repeat('x', 61)] as $name) {
            self::assertStringContainsString('Give the agent a name', self::wp('make', $name)['said'][0][1]);
        }
        self::assertSame(1, self::wp('make')['exit']);
        self::assertSame(0, self::wp('revoke', 'rudr-sync-agent')['exit'], 'by its login, as long as it is the only one');

        self::wp('make', 'One');
        self::wp('make', 'Two');
        $ids = array_column(self::rows(self::wp('list')), 'id');
        self::assertSame([1, [['error', '"rudr-sync-agent" may be any of these; name one by its id: ' . implode(', ', $ids) . '.']]], array_values(self::wp('revoke', 'rudr-sync-agent')));
        self::assertSame([1, [['error', 'There is no agent "Three".']]], array_values(self::wp('revoke', 'Three')));
        self::assertSame(0, self::wp('revoke', $ids[0])['exit']);
        self::assertSame(['Two'], array_column(self::rows(self::wp('list')), 'name'));
    }

    public function testWhoWasGivenTheRightOtherwiseIsListedAndNotRevokedHere(): void
    {
        $app = self::$site->applicationPassword(Lab::ADMIN, 'phone');
        self::$site->run('get_user_by("login", "admin")->add_cap("rudr_sync_receive");');
        try {
            $listed = array_values(array_filter(self::rows(self::wp('list')), static fn (array $row) => $row['login'] === Lab::ADMIN));
            self::assertStringStartsWith('phone', $listed[0]['name']);
            self::assertStringContainsString('was not made for an agent', self::wp('revoke', $listed[0]['id'])['said'][0][1]);
            self::assertSame(200, self::$site->rest('GET', 'wp/v2/users/me', null, Lab::ADMIN, $app)->status);
        } finally {
            self::$site->run('get_user_by("login", "admin")->remove_cap("rudr_sync_receive");');
        }
    }

    public function testOnASourceTheAgentItselfFollowsNowhere(): void
    {
        $fake = Fake::site('bothways', 'newest');
        $jobs = $fake->jobs(static fn () => $fake->site->run('RudrSync\Agent::make("x");'));
        self::assertSame([], $jobs);
        $link = $fake->link((int) $fake->site->user('rudr-sync-agent')['ID']);
        self::assertNull($link['code'] ?? null, 'nor does it need anybody');
    }

    /** The status of an empty list of jobs. */
    private static function call(array $made, string $source): int
    {
        return self::$site->rest('POST', 'rudr-sync/v1/jobs', ['source' => $source, 'jobs' => []], $made['login'], $made['password'])->status;
    }

    /** `wp rudr-sync agent WORDS` */
    private static function wp(string ...$words): array
    {
        return self::$site->run('return WP_CLI::run($args);', ['agent', ...$words], ['CLI' => '1']);
    }

    private static function rows(array $ran): array
    {
        return $ran['said'][0][1];
    }
}
