<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use RudrSync\Bench\Crowd;

/** Thousands wait for a site that asks to be left alone. */
final class RetryStormTest extends ScaleTestCase
{
    private const ALONE = 30;

    public function testNobodyAsksASiteThatAsksToBeLeftAlone(): void
    {
        Crowd::import($this->a, 5000, 0, false);
        $this->remote->late(0.05);
        $this->remote->say(429, ['Retry-After: ' . self::ALONE, 'Content-Type: application/json'], '{"code":"busy","message":"Busy","data":{"status":429}}');
        $workers = array_map(fn () => $this->a->background(self::WORK, [self::ALONE + 8, false]), range(1, 3));
        self::until(fn () => $this->remote->log() !== [], 'they begin');
        for ($time = 0; $time < 3; $time++) {
            $this->a->run(self::CRON);
            $this->a->web('wp_update_user(["ID" => 1001, "first_name" => $args[0]]);', ["time $time"]);
        }
        foreach ($workers as $worker) {
            self::assertSame(0, $worker->end(120)[0]);
        }
        $log = $this->remote->log();
        $pauses = [];
        foreach (array_slice($log, 1) as $n => $asked) {
            if ($asked[0] - $log[$n][0] >= self::ALONE) {
                $pauses[] = $n + 1;
            }
        }
        $first = $pauses[0] ?? count($log);
        self::assertLessThanOrEqual(8, $first, 'what was under way at once, and no more: ' . json_encode($log));
        // Then, if at all, one small question after each pause.
        self::assertSame(count($log), $first + count($pauses), json_encode(array_slice($log, $first)));
        self::assertSame(0, $this->number('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE attempts > 0 OR failing > 0 OR due_at IS NULL'));
        self::assertSame(5000, $this->waiting());
    }
}
