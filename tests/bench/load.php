<?php

/**
 * What it costs to have the extension loaded and not used: in turns with and without it.
 *
 *   load.php EXTENSION PHP_FPM [ROUNDS]
 */

declare(strict_types=1);

namespace RudrSync\Bench;

require __DIR__ . '/Times.php';

/** A process' memory, KiB: all of it, and what no other process shares. */
const MEMORY = <<<'PHP'
    $of = file_get_contents('/proc/self/smaps_rollup');
    preg_match('/^Rss:\s+(\d+)/m', $of, $rss);
    preg_match_all('/^Private_(?:Clean|Dirty):\s+(\d+)/m', $of, $private);
    echo json_encode([(int) $rss[1], array_sum($private[1])]);
    PHP;

[, $extension, $fpm] = $argv;
$rounds = (int) ($argv[3] ?? 200);
$ways = ['without' => [], 'with' => ['-d', "extension=$extension"]];

$times = array_map(static fn () => new Times(), $ways);
for ($round = 0; $round < $rounds; $round++) {
    foreach ($round % 2 ? array_reverse($ways) : $ways as $name => $settings) {
        $times[$name]->take(static fn () => proc_close(proc_open([PHP_BINARY, ...$settings, '-r', ''], [], $pipes)));
    }
}
$start = array_map(static fn (Times $time) => $time->percentile(10) / 1e6, $times);
$cli = array_map(static fn (array $settings) => memory(run([PHP_BINARY, ...$settings, '-r', MEMORY])), $ways);
$child = array_map(static fn (array $settings) => memory(in_a_child($fpm, $settings)), $ways);

echo '| | without | with | more |', "\n", '| --- | ---: | ---: | ---: |', "\n";
row('start of PHP (p10)', $start, '%.1f ms');
row('memory of a command (RSS)', array_column($cli, 0), '%.0f KiB');
row('memory of a php-fpm child (RSS)', array_column($child, 0), '%.0f KiB');
row('of that shared with no other process', array_column($child, 1), '%.0f KiB');
printf("\nThe file is %.2f MB large. %d starts each, in turns, on PHP %s.\n", filesize($extension) / 1e6, $rounds, PHP_VERSION);

/** @param array<int|string, float|int> $values */
function row(string $what, array $values, string $format): void
{
    [$without, $with] = array_values($values);
    echo '| ', implode(' | ', [$what, sprintf($format, $without), sprintf($format, $with), sprintf($format, $with - $without)]), " |\n";
}

/** @return array{int, int} the median of what was read a few times */
function memory(callable $read): array
{
    $all = [];
    for ($time = 0; $time < 9; $time++) {
        $all[] = json_decode($read(), true, flags: JSON_THROW_ON_ERROR);
    }
    sort($all);
    return $all[4];
}

/** @param list<string> $command */
function run(array $command): callable
{
    return static function () use ($command): string {
        $process = proc_open($command, [1 => ['pipe', 'w']], $pipes);
        $said = stream_get_contents($pipes[1]);
        proc_close($process);
        return (string) $said;
    };
}

/**
 * The same in the child of a php-fpm that does nothing else.
 *
 * @param list<string> $settings
 */
function in_a_child(string $fpm, array $settings): callable
{
    return static function () use ($fpm, $settings): string {
        $folder = sys_get_temp_dir() . '/rudr-load-' . bin2hex(random_bytes(6));
        mkdir($folder);
        file_put_contents("$folder/memory.php", '<?php ' . MEMORY);
        $pool = ["listen = $folder/socket", 'pm = static', 'pm.max_children = 1'];
        file_put_contents("$folder/conf", "[global]\nerror_log = $folder/log\n[pool]\n" . implode("\n", $pool) . "\n");
        $root = posix_geteuid() === 0 ? ['-R'] : [];
        $users = posix_geteuid() === 0 ? "user = root\ngroup = root\n" : '';
        file_put_contents("$folder/conf", $users, FILE_APPEND);
        $process = proc_open([$fpm, '-F', ...$root, ...$settings, '-y', "$folder/conf"], [2 => ['file', "$folder/said", 'w']], $pipes);
        try {
            return ask("$folder/socket", "$folder/memory.php");
        } finally {
            proc_terminate($process);
            proc_close($process);
            array_map(unlink(...), glob("$folder/*"));
            rmdir($folder);
        }
    };
}

/** One request over FastCGI, without a web server. */
function ask(string $socket, string $script): string
{
    for ($try = 0; !($stream = @stream_socket_client("unix://$socket")); $try++) {
        if ($try > 300) {
            throw new \RuntimeException('php-fpm does not start');
        }
        usleep(100_000);
    }
    $record = static fn (int $type, string $body): string => pack('CCnnCC', 1, $type, 1, strlen($body), 0, 0) . $body;
    $about = '';
    foreach (['SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'GET'] as $name => $value) {
        $about .= chr(strlen($name)) . chr(strlen($value)) . $name . $value;
    }
    fwrite($stream, $record(1, pack('nCx5', 1, 0)) . $record(4, $about) . $record(4, '') . $record(5, ''));
    $said = '';
    while (strlen($head = (string) stream_get_contents($stream, 8)) === 8) {
        ['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $head);
        $body = $length + $padding > 0 ? (string) stream_get_contents($stream, $length + $padding) : '';
        $said .= $type === 6 ? substr($body, 0, $length) : '';
    }
    return substr($said, (int) strpos($said, "\r\n\r\n") + 4);
}
