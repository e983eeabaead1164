<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Two sites that follow each other, each delivering only when it is told to: what crosses, step by step. */
final class CrossedTest extends SitesTestCase
{
    private const CRON = 'RudrSync\Plugin::parts()->cron->run();';

    public function testWhoRefusesSomethingAsStaleSendsWhatTheyHaveAlsoIfTheyAreBackAtWhatTheySentBefore(): void
    {
        $config = ['config' => "define('RUDR_SYNC_DELIVERY', 'cron'); define('RUDR_SYNC_TIME_SCALE', 60);"];
        [$right, $other] = [End::make('crossright', 'newest', $config), End::make('crossother', 'newest', $config)];
        End::follow($right, ['other' => $other], ['other' => ['adopt' => 'any']]);
        End::follow($other, ['right' => $right], ['right' => ['adopt' => 'any', 'authority' => 'there']]);
        $right->createUser('ann', 'ann@example.org', 'subscriber');
        self::rename($right, 'the first');
        foreach ([$right, $other, $right, $other] as $end) {
            $end->run(self::CRON);
        }
        self::assertSame('the first', self::name($other));

        self::rename($right, 'for a moment');
        self::rename($other, 'too late');
        $other->run(self::CRON);
        self::assertSame('for a moment', self::name($right), 'it is right');
        self::rename($right, 'the first');
        $right->run(self::CRON);
        self::assertSame(['the first', 'the first'], [self::name($right), self::name($other)]);
        End::forget($right, $other);
        foreach ([$right, $other] as $end) {
            $end->run(self::CRON);
        }
        self::assertSame([], [...End::jobs($right), ...End::jobs($other)], 'nothing goes any more');
    }

    private static function rename(Site $end, string $name): void
    {
        $end->run('update_user_meta(get_user_by("login", "ann")->ID, "first_name", $args[0]);', [$name]);
    }

    private static function name(Site $end): string
    {
        return (string) $end->meta((int) $end->user('ann')['ID'], 'first_name');
    }
}
