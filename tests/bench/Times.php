<?php

declare(strict_types=1);

namespace RudrSync\Bench;

/** How long something took, again and again. */
final class Times
{
    /** @var list<int> nanoseconds */
    private array $taken = [];

    public function take(callable $what): void
    {
        $begun = hrtime(true);
        $what();
        $this->taken[] = hrtime(true) - $begun;
    }

    public function percentile(int $percent): float
    {
        sort($this->taken);
        return (float) $this->taken[(int) floor((count($this->taken) - 1) * $percent / 100)];
    }
}
