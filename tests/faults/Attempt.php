<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** An operation that was sent to A. */
final class Attempt
{
    /** What A answered; 0: nothing. */
    public int $status = 0;

    /** Whether a child or the database was killed while it was under way: nobody can say how much of it was done. */
    public bool $hit = false;

    public function __construct(public readonly int $number, public readonly Step $step)
    {
    }
}
