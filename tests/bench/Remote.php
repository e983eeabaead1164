<?php

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Site;

/** The remote as it may be: up, hung (it takes connections and says nothing), or refusing them. */
final class Remote
{
    public const UP = 'up';
    public const HUNG = 'hung';
    public const REFUSING = 'refusing';

    private string $is = self::UP;
    /** @var resource|null holds the port while nobody listens there: another lab would take it */
    private $port = null;

    public function __construct(private readonly Site $site)
    {
        // Interrupted, it leaves no stopped server behind, which could not be told to end.
        pcntl_async_signals(true);
        foreach ([SIGTERM, SIGINT, SIGHUP] as $signal) {
            pcntl_signal($signal, function (): never {
                if ($this->is === self::HUNG) {
                    $this->signal(SIGCONT);
                }
                exit(130);
            });
        }
    }

    public function __destruct()
    {
        if ($this->is === self::HUNG) {
            $this->be(self::UP);
        }
    }

    public function be(string $wanted): void
    {
        match ($this->is) {
            self::HUNG => $this->signal(SIGCONT),
            self::REFUSING => $this->open(),
            self::UP => null,
        };
        $this->is = $wanted;
        match ($wanted) {
            self::HUNG => $this->signal(SIGSTOP),
            self::REFUSING => $this->shut(),
            self::UP => null,
        };
    }

    private function shut(): void
    {
        $this->site->stop();
        // Bound, and not listening: connections are refused.
        $this->port = stream_socket_server('tcp://' . parse_url($this->site->url, PHP_URL_HOST) . ':' . parse_url($this->site->url, PHP_URL_PORT), $number, $error, STREAM_SERVER_BIND);
    }

    private function open(): void
    {
        if ($this->port) {
            fclose($this->port);
        }
        $this->site->start();
    }

    /** To nginx and its one worker: connections are still taken, by the kernel. */
    private function signal(int $signal): void
    {
        $master = (int) file_get_contents("{$this->site->folder}/nginx.pid");
        $workers = array_map('intval', explode(' ', trim((string) file_get_contents("/proc/$master/task/$master/children"))));
        foreach ([$master, ...$workers] as $process) {
            posix_kill($process, $signal);
        }
    }
}
