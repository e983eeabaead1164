<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** PHP in one of its ways, and a site to call. */
abstract class SapiTestCase extends TestCase
{
    protected \Fake $fake;

    /** @var list<Sapi> */
    private array $started = [];

    public static function setUpBeforeClass(): void
    {
        Shell::run([Lab::root() . '/tests/lab/tools.sh', 'apache']);
        Lab::up();
    }

    protected function setUp(): void
    {
        $this->fake = new \Fake();
    }

    protected function tearDown(): void
    {
        foreach ($this->started as $sapi) {
            $sapi->stop();
        }
        $crashes = array_merge(...array_map(static fn (Sapi $sapi) => $sapi instanceof Server ? $sapi->crashes() : [], $this->started));
        $this->started = [];
        self::assertSame([], $crashes);
    }

    /** @param array<string, string|int> $settings of php.ini */
    protected function start(string $sapi, array $settings = []): Sapi
    {
        return $this->keep(Sapi::start($sapi, $settings));
    }

    /** It ends with the test. */
    protected function keep(Sapi $sapi): Sapi
    {
        return $this->started[] = $sapi;
    }

    /** @return array<string, array{string}> */
    public static function everySapi(): array
    {
        return array_map(static fn ($name) => [$name], array_combine(Sapi::NAMES, Sapi::NAMES));
    }

    /** @return array<string, array{string}> */
    public static function everyServer(): array
    {
        return array_diff_key(self::everySapi(), ['cli' => 0]);
    }
}
