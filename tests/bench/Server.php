<?php

declare(strict_types=1);

namespace RudrSync\Bench;

/** The rude server of tests/rude, for as long as this object lives. */
final class Server
{
    public readonly string $http;
    public readonly string $https;
    public readonly string $caFile;
    public readonly string $username;
    public readonly string $password;
    /** @var resource */
    private $process;
    /** @var resource its standard input: it ends when this does */
    private $input;

    public function __construct(string $program)
    {
        $this->process = proc_open([$program], [['pipe', 'r'], ['pipe', 'w']], $pipes);
        $said = is_resource($this->process) ? json_decode((string) fgets($pipes[1]), true) : null;
        if (!is_array($said)) {
            throw new \RuntimeException("$program does not start");
        }
        $this->input = $pipes[0];
        [$this->http, $this->https, $this->caFile] = [$said['http'], $said['https'], $said['ca_file']];
        [$this->username, $this->password] = [$said['username'], $said['password']];
    }

    public function __destruct()
    {
        fclose($this->input);
        proc_close($this->process);
    }
}
