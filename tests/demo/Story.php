<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Does one thing after the other on a site, looks at the other site after each, and prints a line about it. */
final class Story
{
    private const LINE = "%-35s %8s %9s %9s   %s\n";
    /** Seconds that the other site may lag behind. */
    private const PATIENCE = 5.0;

    public bool $failed = false;

    /** @param \Closure(): bool $arrived whether nothing that was done waits to be delivered */
    public function __construct(private readonly Site $other, private readonly \Closure $arrived)
    {
        printf(self::LINE, 'On A, Ann', 'page', 'on B in', 'requests', 'B was checked for');
        echo str_repeat('-', 110), "\n";
    }

    /** @param array<string, callable(): bool> $checks */
    public function step(string $what, callable $do, array $checks): void
    {
        $this->other->mark();
        $started = microtime(true);
        try {
            $do();
        } catch (LabError $e) {
            $this->failed = true;
            printf(self::LINE, $what, '', '', '', 'FAILED on A: ' . $e->getMessage());
            return;
        }
        $took = microtime(true) - $started;
        self::eventually($this->arrived, $started + $took + self::PATIENCE);
        $requests = $this->other->requests();
        $last = $requests === [] ? '' : round((max(array_column($requests, 'time')) - $started) * 1000) . ' ms';
        $seen = [];
        foreach ($checks as $name => $check) {
            $ok = self::eventually($check, $started + $took + self::PATIENCE);
            $this->failed = $this->failed || !$ok;
            $seen[] = ($ok ? '✓ ' : '✗ ') . $name;
        }
        printf(self::LINE, $what, round($took * 1000) . ' ms', $last, count($requests), implode('  ', $seen));
    }

    private static function eventually(callable $check, float $until): bool
    {
        do {
            if (@$check()) {
                return true;
            }
            usleep(20_000);
        } while (microtime(true) < $until);
        return false;
    }
}
