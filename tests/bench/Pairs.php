<?php

declare(strict_types=1);

namespace RudrSync\Bench;

/** The same thing with and without something, taken in turns: what does it add? */
final class Pairs
{
    /** @var list<float> with minus without */
    private array $differences = [];
    /** @var list<float> */
    private array $without = [];
    /** @var list<float> */
    private array $with = [];

    public function add(float $without, float $with): void
    {
        $this->without[] = $without;
        $this->with[] = $with;
        $this->differences[] = $with - $without;
    }

    public function count(): int
    {
        return count($this->differences);
    }

    /**
     * The median of the differences, and between what it lies in 95 of 100 runs: by the sign test, which asks nothing of how
     * they are spread.
     *
     * @return array{float, float, float} median, low, high
     */
    public function added(): array
    {
        $sorted = $this->differences;
        sort($sorted);
        $number = count($sorted);
        $reach = (int) ceil(1.96 * sqrt($number) / 2);
        $middle = (int) floor($number / 2);
        return [$this->at($sorted, 50), $sorted[max(0, $middle - $reach)], $sorted[min($number - 1, $middle + $reach)]];
    }

    public function without(int $percent): float
    {
        return $this->at($this->without, $percent);
    }

    public function with(int $percent): float
    {
        return $this->at($this->with, $percent);
    }

    /** @param list<float> $values */
    private function at(array $values, int $percent): float
    {
        sort($values);
        return $values[(int) floor((count($values) - 1) * $percent / 100)];
    }
}
