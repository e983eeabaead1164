<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** PHP that runs inside a site while a test goes on; see Site::background(). It ends with the test at the latest. */
final class Background
{
    /** @var resource */
    private $process;
    /** @var resource what it says and returns */
    private $output;

    public function __construct(array $command, array $environment, string $input)
    {
        $this->output = tmpfile();
        $pipes = [];
        $process = proc_open(
            $command,
            [0 => ['pipe', 'r'], 1 => $this->output, 2 => $this->output, 3 => $this->output],
            $pipes,
            null,
            $environment + getenv()
        );
        if ($process === false) {
            throw new LabError('Cannot start ' . $command[0]);
        }
        $this->process = $process;
        fwrite($pipes[0], $input);
        fclose($pipes[0]);
    }

    public function pid(): int
    {
        return proc_get_status($this->process)['pid'];
    }

    public function runs(): bool
    {
        return proc_get_status($this->process)['running'];
    }

    public function signal(int $signal): void
    {
        posix_kill($this->pid(), $signal);
    }

    /** @return array{int, string} exit status, and what it said and returned */
    public function end(int $seconds = 30): array
    {
        $end = microtime(true) + $seconds;
        do {
            $status = proc_get_status($this->process);
            if (!$status['running']) {
                return [$status['exitcode'], (string) file_get_contents(stream_get_meta_data($this->output)['uri'])];
            }
            usleep(5000);
        } while (microtime(true) < $end);
        throw new LabError("It does not end within $seconds s: " . file_get_contents(stream_get_meta_data($this->output)['uri']));
    }

    public function __destruct()
    {
        if ($this->runs()) {
            $this->signal(SIGKILL);
            $this->signal(SIGCONT);
        }
    }
}
