<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What stands in front of B and fails: the program in proxy.rs. It ends with the test. */
final class Proxy
{
    public readonly string $url;
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];

    public function __construct(string $program, Site $site)
    {
        $to = (string) parse_url($site->url, PHP_URL_PORT);
        $process = proc_open([$program, $to], [['pipe', 'r'], ['pipe', 'w'], STDERR], $this->pipes);
        $port = $process === false ? 0 : (int) fgets($this->pipes[1]);
        if ($port === 0) {
            throw new LabError("Cannot start $program");
        }
        $this->process = $process;
        $this->url = "http://127.0.0.1:$port";
    }

    /** What it does from now on; see proxy.rs for the words. */
    public function set(string $word): void
    {
        $answer = $this->say($word);
        if ($answer !== 'ok') {
            throw new LabError("The proxy says: $answer");
        }
    }

    /** @return array{met: array<string, int>, at_work: int, longest: float} */
    public function report(): array
    {
        return json_decode($this->say('report'), true, 512, JSON_THROW_ON_ERROR);
    }

    private function say(string $word): string
    {
        fwrite($this->pipes[0], "$word\n");
        return trim((string) fgets($this->pipes[1]));
    }
}
