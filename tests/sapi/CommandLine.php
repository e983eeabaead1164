<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A process for each page. */
final class CommandLine extends Sapi
{
    public function get(string $page, array $asked): string
    {
        $command = [PHP_BINARY, '-c', "$this->folder/php.ini", self::page($page), http_build_query($asked)];
        $output = tmpfile();
        proc_close(proc_open($command, [['file', '/dev/null', 'r'], $output, $output], $pipes, null, self::environment() + getenv()));
        rewind($output);
        return (string) stream_get_contents($output);
    }
}
