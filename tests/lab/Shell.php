<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Runs a program to its end. */
final class Shell
{
    /**
     * @param list<string> $command
     * @param array<string, string> $environment added to ours
     * @return array{string, string} what it wrote to stdout, and to descriptor 3
     * @throws LabError with all it wrote, if it did not exit with 0
     */
    public static function run(array $command, array $environment = [], string $input = ''): array
    {
        // Files, not pipes: nothing blocks, however much is written, and a server that the program leaves
        // running does not hold us by an open pipe.
        $files = array_map(static fn () => tmpfile(), range(0, 3));
        fwrite($files[0], $input);
        rewind($files[0]);
        $process = proc_open($command, $files, $pipes, null, $environment + getenv());
        if ($process === false) {
            throw new LabError("Can't start {$command[0]}");
        }
        $status = proc_close($process);
        [, $stdout, $stderr, $result] = array_map(static function ($file): string {
            rewind($file);
            return (string) stream_get_contents($file);
        }, $files);
        if ($status !== 0) {
            throw new LabError(trim(basename($command[0]) . " ended with $status\n$stdout$stderr"));
        }
        return [$stdout, $result];
    }

    /** A new folder of ours. */
    public static function temporary(string $name): string
    {
        $folder = sys_get_temp_dir() . "/rudr-$name." . bin2hex(random_bytes(6));
        mkdir($folder, 0700);
        return $folder;
    }
}
