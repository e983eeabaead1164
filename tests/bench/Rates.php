<?php

declare(strict_types=1);

namespace RudrSync\Bench;

/** How long the ways took that took turns. */
final class Rates
{
    /** @var array<string, list<float>> seconds by way */
    private array $seconds = [];

    public function __construct(private readonly int $users)
    {
    }

    public function add(string $way, float $seconds): void
    {
        $this->seconds[$way][] = $seconds;
    }

    /** Users a second over all turns. */
    public function rate(string $way): float
    {
        return $this->users * count($this->seconds[$way]) / array_sum($this->seconds[$way]);
    }

    /** @return array{float, float, float} how many times as fast as another: the median of the turns, and between what they lie */
    public function ratio(string $way, string $other): array
    {
        $ratios = array_map(static fn (float $mine, float $theirs) => $theirs / $mine, $this->seconds[$way], $this->seconds[$other]);
        sort($ratios);
        $middle = (count($ratios) - 1) / 2;
        return [($ratios[(int) floor($middle)] + $ratios[(int) ceil($middle)]) / 2, $ratios[0], end($ratios)];
    }
}
