<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Chance that a seed repeats, also on another machine. */
final class Dice
{
    private readonly \Random\Randomizer $random;

    public function __construct(int $seed)
    {
        $this->random = new \Random\Randomizer(new \Random\Engine\Xoshiro256StarStar(hash('sha256', "rudr-sync $seed", true)));
    }

    public function between(int $least, int $most): int
    {
        return $this->random->getInt($least, $most);
    }

    /** Whether something happens that happens so many times in a hundred. */
    public function happens(float $percent): bool
    {
        return $this->random->getInt(1, 1000) <= 10 * $percent;
    }

    /**
     * One of these, each as likely as its weight says.
     *
     * @template T of array-key
     * @param array<T, int> $weights
     * @return T
     */
    public function weighed(array $weights): int|string
    {
        $at = $this->random->getInt(1, array_sum($weights));
        foreach ($weights as $what => $weight) {
            if (($at -= $weight) <= 0) {
                return $what;
            }
        }
        throw new \LogicException('No weights');
    }

    /**
     * @template T
     * @param non-empty-array<T> $of
     * @return T
     */
    public function one(array $of): mixed
    {
        $of = array_values($of);
        return $of[$this->random->getInt(0, count($of) - 1)];
    }

    /** So many of these characters. */
    public function text(int $length, string $characters = 'abcdefghijklmnopqrstuvwxyz'): string
    {
        $characters = mb_str_split($characters);
        $text = '';
        while ($length-- > 0) {
            $text .= $this->one($characters);
        }
        return $text;
    }
}
