<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A remote that is away for days, and one that answers nonsense for hours. */
final class LongOutageTest extends ScaleTestCase
{
    private const STEP = 2 * 3600;
    private const HOLD = 3600; // the longest
    private const STEPS = 24; // of three hours: three days

    public function testThreeDaysWithoutTheRemote(): void
    {
        $people = array_map(fn (int $n) => $this->a->createUser("early$n", "early$n@example.org"), range(1, 5));
        $this->a->run(self::CRON);
        self::assertSame(0, $this->waiting());

        $this->remote->close();
        $this->remote->late(0.1);
        for ($step = 0; $step < self::STEPS; $step++) {
            $this->passes(self::STEP);
            $requests = $this->asked(function () use ($step, $people): void {
                $this->a->web('wp_update_user(["ID" => $args[0], "description" => $args[1]]);', [$people[$step % 5], "step $step"]);
                $this->a->web('wp_insert_user(["user_login" => $args[0], "user_email" => "$args[0]@example.org", "user_pass" => "a password", "role" => "author"]);', ["late$step"]);
                self::until(fn () => $this->number("SELECT COUNT(*) FROM wp_rudr_sync_links WHERE lease IS NOT NULL OR unsettled_until IS NOT NULL") === 0, 'pages are done');
            });
            // The first page met it, with what was under way at once. Afterwards pages leave it alone.
            self::assertLessThanOrEqual($step ? 0 : 8, count($requests), "pages, step $step: " . implode(', ', $requests));

            $this->passes(self::HOLD);
            $probes = $this->asked(function (): void {
                $crons = [$this->a->background(self::CRON), $this->a->background(self::CRON), $this->a->background(self::WORK, [0, true])];
                foreach ($crons as $cron) {
                    self::assertSame(0, $cron->end(120)[0]);
                }
            });
            // A hold can be as short as a second: who looks later may ask again.
            self::assertLessThanOrEqual(3, count($probes), "step $step");
            self::assertSame(['GET /wp-json/wp/v2/users'], array_values(array_unique($probes)), "step $step: somebody asked, and only that");
            self::assertSame(1, $this->remote->most(), 'one at a time');
            self::assertSame('paused', $this->sql('SELECT status FROM wp_rudr_sync_sites')[0]['status']);
        }
        self::assertSame(5 + self::STEPS, $this->number('SELECT COUNT(*) FROM wp_rudr_sync_links'), 'a row for each user');
        self::assertSame(0, $this->number('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE revision <> synced_revision AND (due_at IS NULL OR attempts > 0 OR failing > 0)'), 'none has failed');
        self::assertSame(self::STEPS, $this->number('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE secret IS NOT NULL'), 'all passwords wait');
        $events = $this->a->run('return array_sum(array_map(static fn($hooks) => count($hooks["rudr_sync_soon"] ?? []) + count($hooks["rudr_sync_sweep"] ?? []), array_filter(_get_cron_array(), "is_array")));');
        self::assertLessThanOrEqual(2, $events, 'plans do not heap up');

        $this->remote->mend();
        $this->remote->forget();
        $this->passes(self::STEP);
        self::until(function (): bool {
            $this->a->run(self::CRON);
            $this->passes(60);
            return $this->waiting() === 0;
        }, 'all follow');
        $log = $this->remote->log();
        self::assertSame(['GET', '/wp-json/wp/v2/users'], [$log[0][1], $log[0][2]], 'one small question first');
        self::assertGreaterThanOrEqual(0.1, $log[1][0] - $log[0][0], 'and nothing else until that is answered');
        $created = $this->remote->created();
        sort($created);
        $expected = array_map(static fn (int $step) => "late$step", range(0, self::STEPS - 1));
        sort($expected);
        self::assertSame($expected, $created, 'each once');
        self::assertSame(0, $this->number('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE secret IS NOT NULL OR code IS NOT NULL OR lease IS NOT NULL'));
    }

    public function testHoursOfNonsenseFailNobodyAndSpendNoAttempt(): void
    {
        $nonsense = [
            'a 502 page' => [502, ['Content-Type: text/html'], '<html>Bad gateway</html>'],
            'maintenance' => [503, ['Content-Type: text/html', 'Retry-After: 600'], '<html>Briefly unavailable</html>'],
            'a parking page' => [200, ['Content-Type: text/html'], '<html>This domain is for sale</html>'],
            'a redirect' => [301, ['Location: https://elsewhere.example/'], ''],
        ];
        $old = $this->a->createUser('old', 'old@example.org');
        $this->a->run(self::CRON);
        foreach (array_keys($nonsense) as $n => $what) {
            $this->remote->say(...$nonsense[$what]);
            $this->a->run('wp_update_user(["ID" => $args[0], "description" => $args[1]]); wp_insert_user(["user_login" => $args[2], "user_email" => "$args[2]@example.org", "user_pass" => "a password"]);', [$old, $what, "during$n"]);
            for ($minutes = 0; $minutes < 60; $minutes += 10) {
                $this->passes(600);
                $asked = $this->asked(fn () => $this->a->run(self::CRON));
                self::assertSame([], preg_grep('~elsewhere~', $asked), 'no redirect is followed');
            }
            self::assertSame('paused', $this->sql('SELECT status FROM wp_rudr_sync_sites')[0]['status'], $what);
            self::assertSame($n + 2, $this->waiting(), $what);
            foreach ($this->sql('SELECT user_id, attempts, failing, due_at, code FROM wp_rudr_sync_links') as $link) {
                self::assertSame(['0', '0'], [$link['attempts'], $link['failing']], "$what: " . json_encode($link));
                self::assertNotNull($link['due_at'], "$what: " . json_encode($link));
            }
        }
        $this->remote->mend();
        self::until(function (): bool {
            $this->passes(600);
            $this->a->run(self::CRON);
            return $this->waiting() === 0;
        }, 'all follow');
        self::assertSame('4', $this->sql("SELECT COUNT(*) n FROM wp_rudr_sync_links l JOIN wp_users u ON u.ID = l.user_id WHERE u.user_login LIKE 'during%' AND l.trust = 'own'")[0]['n']);
        self::assertSame('ok', $this->sql('SELECT status FROM wp_rudr_sync_sites')[0]['status']);
    }
}
