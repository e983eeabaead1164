<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** rudr_sync_deliver() to a real WordPress with the plugin and an agent. */
final class DeliverTest extends ReceiverTestCase
{
    public static function ends(): array
    {
        return ['6.1' => ['6.1'], 'newest' => ['newest']];
    }

    /** @dataProvider ends */
    public function testAUserIsMadeChangedAndRemoved(string $version): void
    {
        $sender = self::sender($version);
        $source = Source::of($sender);
        $job = self::somebody(['meta_input' => ['phone' => '+1', 'sizes' => ['b' => [1, null], 'a' => true]], 'roles' => ['author']]);
        $made = $source->job($job);
        self::assertSame(['created', 'own', []], [$made['status'], $made['trust'], $made['refused']], json_encode($made));
        self::assertSame(['receiver', 'ok'], [$source->judged['wire'], $source->judged['status']]);
        self::assertContains('$P$', $source->judged['hashes']);
        $user = $sender->site->user($job['user']['user_login']);
        self::assertSame([(int) $user['ID'], $job['user']['user_pass_hash']], [$made['id'], $user['user_pass']]);
        self::assertTrue($sender->site->login($user['user_login'], "secret of {$user['user_login']}"));

        $sender->site->mark();
        $again = Source::again($job, $made);
        self::assertSame('unchanged', $source->job($again)['status']);
        self::assertSame([], $sender->site->requests(), 'what is in step needs no request');

        $changed = $source->job(Source::again($job, $made, ['first_name' => 'Änne "A"', 'user_email' => "new.{$job['user']['user_email']}", 'roles' => [], 'meta_input' => ['phone' => null, 'sizes' => ['b' => [1, null], 'a' => true]]]));
        self::assertSame(['updated', []], [$changed['status'], $changed['refused']], json_encode($changed));
        self::assertSame(['Änne "A"', null, []], [$sender->site->meta($made['id'], 'first_name'), $sender->site->meta($made['id'], 'phone'), $sender->site->roles($made['id'])]);
        self::assertCount(1, $sender->site->requests());
        $now = Source::again($job, $changed, ['first_name' => 'Änne "A"', 'user_email' => "new.{$job['user']['user_email']}", 'roles' => [], 'meta_input' => ['phone' => null, 'sizes' => ['b' => [1, null], 'a' => true]]]);
        self::assertSame('unchanged', $source->job($now)['status']);

        $removed = $source->job(['op' => 'delete'] + $now);
        self::assertSame('deleted', $removed['status'], json_encode($removed));
        self::assertNull($sender->site->user($made['id']));
        self::assertSame('rejected', $source->job($job)['status'], 'what was removed is not brought back by a job that was late');
        self::assertSame('created', $source->job($job, ['recreate' => true])['status']);
    }

    /** @dataProvider ends */
    public function testAPasswordGoesByItsHashElseAsItIs(string $version): void
    {
        $sender = self::sender($version);
        $source = Source::of($sender);
        $job = self::somebody();
        $made = $source->job($job);
        $hash = Sender::bcrypt('another');
        $job = Source::again($job, $made, ['user_pass_hash' => $hash], ['password_mark' => 'm2']);
        $changed = $source->job($job);
        if ($version === '6.1') {
            self::assertSame(['user_pass' => 'hash_unsupported'], $changed['refused']);
            self::assertTrue($sender->site->login($made['login'], "secret of {$made['login']}"));
            // It stays to be done: the password goes as soon as somebody knows it.
            $changed = $source->job(Source::again($job, $changed, ['user_pass' => 'another']));
        }
        self::assertSame(['updated', []], [$changed['status'], $changed['refused']], json_encode($changed));
        self::assertSame($version !== '6.1', $sender->site->user($made['id'])['user_pass'] === $hash);
        self::assertTrue($sender->site->login($made['login'], 'another'));
        self::assertSame('unchanged', $source->job(Source::again($job, $changed))['status']);
    }

    /** @dataProvider ends */
    public function testManyGoInFewRequests(string $version): void
    {
        $sender = self::sender($version);
        $source = Source::of($sender);
        $jobs = array_map(static fn () => self::somebody(), range(1, 250));
        $sender->site->mark();
        $outcomes = $source->deliver($jobs, ['concurrency' => 2]);
        $requests = array_column($sender->site->requests(), 'uri');
        self::assertCount(4, $requests, 'one that asks what it is, and three with jobs: ' . implode(' ', $requests));
        self::assertSame(['created' => 250], array_count_values(array_column($outcomes, 'status')));
        self::assertSame(array_column($jobs, 'ref'), array_column($outcomes, 'ref'));
        self::assertSame(array_column(array_column($jobs, 'user'), 'user_login'), array_column($outcomes, 'login'));

        $sender->site->mark();
        $again = array_map(static fn (array $job, array $outcome) => Source::again($job, $outcome, ['last_name' => 'Changed']), $jobs, $outcomes);
        $outcomes = $source->deliver($again, ['concurrency' => 2]);
        self::assertSame(['updated' => 250], array_count_values(array_column($outcomes, 'status')));
        self::assertCount(3, $sender->site->requests(), 'what it is, is known');
        self::assertSame('Changed', $sender->site->meta($outcomes[249]['id'], 'last_name'));
    }

    public function testAnAccountThatThePlainWayMadeIsGoneOnWith(): void
    {
        $site = self::site('newest');
        $sender = self::sender('newest');
        $plain = new Source($site, Lab::ADMIN, $site->applicationPassword(), Sender::uuid());
        $job = self::somebody();
        $made = $plain->job($job);
        self::assertSame(['created', 'plain'], [$made['status'], $plain->judged['wire']], json_encode($made));
        $changed = Source::of($sender)->job(Source::again($job, $made, ['first_name' => 'Later']));
        self::assertSame(['updated', 'adopted'], [$changed['status'], $changed['trust']], json_encode($changed));
        self::assertSame('Later', $site->meta($made['id'], 'first_name'));
    }

    public function testOfTwoSitesThatFollowEachOtherOneIsRight(): void
    {
        $sender = self::sender('newest');
        $source = Source::of($sender);
        $job = self::somebody();
        $made = $source->job($job);
        $sender->site->run('wp_update_user(["ID" => $args["id"], "first_name" => "Theirs", "user_pass" => "theirs"]);', ['id' => $made['id']]);
        $ours = Source::again($job, $made, ['first_name' => 'Ours', 'last_name' => 'New'], ['password_mark' => 'm2']);
        $stale = $source->job($ours, ['authority' => 'there']);
        self::assertSame(['first_name' => 'stale', 'user_pass' => 'stale'], $stale['refused'], json_encode($stale));
        self::assertSame(['Theirs', 'New'], [$sender->site->meta($made['id'], 'first_name'), $sender->site->meta($made['id'], 'last_name')]);
        self::assertTrue($sender->site->login($made['login'], 'theirs'));

        // What the receiver half of this install would say has come from there.
        $theirs = $sender->site->run('return RudrSync\Held::digest("Theirs");');
        $job = Source::again($ours, $stale, ['first_name' => 'Theirs'], ['received' => ['fields' => ['first_name' => $theirs], 'password_mark' => 'm2']]);
        $sender->site->mark();
        $inStep = $source->job($job, ['authority' => 'there']);
        self::assertSame(['unchanged', []], [$inStep['status'], $inStep['refused']], json_encode($inStep));
        self::assertSame([], $sender->site->requests());

        self::assertSame([], $source->job(Source::again($ours, $made, [], ['password_mark' => 'm3']))['refused'], 'who is right is not asked');
        self::assertSame('Ours', $sender->site->meta($made['id'], 'first_name'));
    }

    /** @dataProvider ends */
    public function testAJobThatKillsTheRequestIsFoundAndTheOthersAreDone(string $version): void
    {
        $sender = self::sender($version);
        $deadly = $sender->site->folder . '/wp-content/mu-plugins/one-dies.php';
        file_put_contents($deadly, '<?php add_filter("pre_user_first_name", static fn ($name) => str_contains((string) $name, "Deadly") ? posix_kill(getmypid(), 9) : $name);');
        $jobs = array_map(static fn (int $n) => self::somebody(['first_name' => $n === 5 ? 'Deadly' : 'Alive']), range(1, 12));
        $outcomes = Source::of($sender)->deliver($jobs, ['concurrency' => 1]);
        unlink($deadly);
        $sender->site->mark(); // php-fpm says that a child was killed
        // What the killed request had claimed is busy until its claim has run out; it is asked for again then.
        $statuses = array_map(static fn (array $outcome) => $outcome['code'] ?? $outcome['status'], $outcomes);
        self::assertSame('retry', $outcomes[4]['status'], json_encode($statuses));
        self::assertSame([], array_diff($statuses, ['created', 'busy', 'http_502', 'truncated', 'not_wordpress']), json_encode($statuses));
        $sender->endClaims();
        $again = array_filter($jobs, static fn (int $n) => $outcomes[$n]['status'] === 'retry', ARRAY_FILTER_USE_KEY);
        foreach (Source::of($sender)->deliver(array_values($again)) as $outcome) {
            self::assertSame('created', $outcome['status'], json_encode($outcome));
        }
        foreach ($jobs as $job) {
            self::assertSame(1, $sender->site->db()->execute_query('SELECT COUNT(*) FROM wp_users WHERE user_email = ?', [$job['user']['user_email']])->fetch_row()[0]);
        }
    }

    public function testASiteWhosePluginIsSwitchedOffWaitsForItAndGoesOn(): void
    {
        $site = Lab::site('rgone', 'newest', ['plugin' => true]);
        $sender = Sender::to($site);
        $source = Source::of($sender);
        $job = self::somebody();
        $made = $source->job($job);
        $site->run('require_once ABSPATH . "wp-admin/includes/plugin.php"; deactivate_plugins("rudr-sync/rudr-sync.php");');
        $new = self::somebody(['user_pass' => 'typed']);
        foreach ([Source::again($job, $made, ['first_name' => 'Later'], ['password_mark' => 'm2']), $new] as $waiting) {
            $outcome = $source->job($waiting);
            self::assertSame(['retry', 'receiver_gone', 'site', false], [$outcome['status'], $outcome['code'], $outcome['scope'], $outcome['spent']], json_encode($outcome));
        }
        self::assertSame('paused', $source->judged['status']);
        // An administrator's login takes over: names go, passwords wait.
        $admin = new Source($site, Lab::ADMIN, $site->applicationPassword(), $sender->source);
        $admin->state = $source->state;
        $outcome = $admin->job(Source::again($job, $made, ['first_name' => 'Later'], ['password_mark' => 'm2']));
        self::assertSame(['retry', 'receiver_gone', 'job'], [$outcome['status'], $outcome['code'], $outcome['scope']], json_encode($outcome));
        self::assertSame('Later', $site->meta($made['id'], 'first_name'));
        self::assertSame($job['user']['user_pass_hash'], $site->user($made['id'])['user_pass']);
        self::assertTrue($site->login($made['login'], "secret of {$made['login']}"));

        $site->run('require_once ABSPATH . "wp-admin/includes/plugin.php"; activate_plugin("rudr-sync/rudr-sync.php");');
        $job = Source::again($job, $outcome, ['first_name' => 'Later', 'user_pass_hash' => Sender::phpass('next')], ['password_mark' => 'm2']);
        $outcome = $source->job($job);
        self::assertSame(['updated', []], [$outcome['status'], $outcome['refused']], json_encode($outcome));
        self::assertTrue($site->login($made['login'], 'next'));
        self::assertSame([], $site->errors());
    }

    public function testTheCheckTellsAnAgentFromAnAdministrator(): void
    {
        $sender = self::sender('newest');
        $steps = Source::of($sender)->check();
        self::assertSame(array_fill(0, 6, true), array_column($steps, 'ok'), json_encode($steps));
        self::assertStringContainsString('agent of the receiver', $steps[4]['detail']);
        self::assertStringContainsString('nothing else', $steps[5]['detail']);
        $steps = (new Source($sender->site, Lab::ADMIN, $sender->site->applicationPassword(), $sender->source))->check();
        self::assertSame(array_fill(0, 6, true), array_column($steps, 'ok'), json_encode($steps));
        self::assertStringContainsString('wp rudr-sync agent', $steps[5]['detail']);
    }

    public function testSingleCallsSayThatTheyAreNotForAnAgent(): void
    {
        $told = Source::of(self::sender('newest'))->php('
            try {
                return rudr_sync_create(["user_login" => "single", "user_email" => "single@example.org"], $site);
            } catch (RudrSync\Unauthorized $e) {
                return [$e->getErrorCode(), $e->getStatus(), $e->getMessage()];
            }');
        self::assertSame('rudr_sync_agent', $told[0]);
        self::assertContains($told[1], [401, 403], 'core says the one or the other');
        self::assertStringContainsString('rudr_sync_deliver()', $told[2]);
        self::assertNull(self::site('newest')->user('single'));
    }

    /** Somebody new, with a mark of their password. */
    private static function somebody(array $user = []): array
    {
        return Sender::somebody($user, ['password_mark' => 'm1']);
    }
}
