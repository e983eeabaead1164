<?php

declare(strict_types=1);

namespace RudrSync\Bench;

/** The site of stand-in.php, for as long as this object lives. */
final class StandIn
{
    public readonly string $url;
    /** @var resource */
    private $process;
    /** @var array<int, resource> its standard input and output */
    private array $pipes = [];

    public function __construct()
    {
        $this->process = proc_open([PHP_BINARY, '-d', 'memory_limit=-1', __DIR__ . '/stand-in.php'], [['pipe', 'r'], ['pipe', 'w']], $this->pipes);
        $said = json_decode((string) fgets($this->pipes[1]), true);
        $this->url = $said['url'] ?? throw new \RuntimeException('the stand-in does not start');
    }

    public function __destruct()
    {
        fclose($this->pipes[0]);
        proc_close($this->process);
    }

    /** How a source names it in its file of sites. */
    public function settings(int $concurrency = 8): array
    {
        return ['url' => $this->url, 'username' => 'agent', 'password' => 'any password', 'concurrency' => $concurrency];
    }

    /** Each answer takes so long. */
    public function late(float $seconds): void
    {
        $this->order(['late' => $seconds]);
    }

    /** From now on this is what it says, whatever it is asked. */
    public function say(int $status, array $headers = [], string $body = ''): void
    {
        $this->order(['say' => ['status' => $status, 'headers' => $headers, 'body' => $body], 'close' => false]);
    }

    /** From now on it says nothing, and ends the connection. */
    public function close(): void
    {
        $this->order(['close' => true]);
    }

    /** From now on it does as it should. */
    public function mend(): void
    {
        $this->order(['say' => null, 'close' => false]);
    }

    /** Counts anew from here. */
    public function forget(): void
    {
        $this->order(['forget' => true]);
    }

    /**
     * What it was asked.
     *
     * @return list<array{float, string, string, string}> when (seconds of a clock that nobody sets), method, path, login or address
     */
    public function log(): array
    {
        return $this->order([])['log'];
    }

    /** What it was told to make: logins in order. */
    public function created(): array
    {
        $creates = array_filter($this->log(), static fn (array $asked) => $asked[1] === 'POST' && str_ends_with($asked[2], '/users'));
        return array_column($creates, 3);
    }

    /** The most requests that were under way at once. */
    public function most(): int
    {
        return $this->order([])['most'];
    }

    private function order(array $order): array
    {
        fwrite($this->pipes[0], json_encode((object) $order) . "\n");
        return json_decode((string) fgets($this->pipes[1]), true);
    }
}
