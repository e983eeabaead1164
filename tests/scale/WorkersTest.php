<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use RudrSync\Bench\Crowd;

/** Several processes deliver to one site. */
final class WorkersTest extends ScaleTestCase
{
    private const WAIT = 1000;
    private const AT_ONCE = 8;

    /** @dataProvider workers */
    public function testEachUserIsMadeOnceAndTheSiteIsNeverAskedForMoreAtOnceThanItTakes(int $workers): void
    {
        $this->remote->late(0.020);
        $this->a->sitesFile(['default' => $this->remote->settings(self::AT_ONCE)]);
        Crowd::import($this->a, self::WAIT);
        $processes = array_map(fn () => $this->a->background(self::WORK, [0, true]), range(1, $workers));
        foreach ($processes as $process) {
            [$status, $said] = $process->end(120);
            self::assertSame(0, $status, $said);
        }
        $created = $this->remote->created();
        self::assertSame(self::WAIT, count(array_unique($created)), 'users that were made');
        self::assertSame(self::WAIT, count($created), 'requests that made one');
        self::assertLessThanOrEqual(self::AT_ONCE, $this->remote->most());
        self::assertGreaterThan(1, $this->remote->most());
        self::assertSame(0, $this->number('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE revision <> synced_revision OR lease IS NOT NULL'));
    }

    public static function workers(): array
    {
        return ['one' => [1], 'two' => [2], 'four' => [4]];
    }
}
