<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Ports on loopback for sites; from 8100 up, or from LAB_PORT. */
final class Ports
{
    /**
     * A port that is free and that no site of any lab has, even a stopped one. Held by a lock until $use has
     * taken it, since another test run may be looking for one just now.
     *
     * @template T
     * @param callable(int): T $use
     * @return T
     */
    public static function with(callable $use): mixed
    {
        $lock = fopen(Lab::cache() . '/ports.lock', 'ce'); // e: not inherited by the servers, who would hold the lock
        flock($lock, LOCK_EX);
        $taken = [];
        foreach (glob(Lab::cache() . '/run/*/sites/*/site.json') ?: [] as $file) {
            $taken[] = json_decode((string) file_get_contents($file), true)['port'] ?? 0;
        }
        $port = (int) (getenv('LAB_PORT') ?: 8100);
        while (in_array($port, $taken, true) || !self::isFree($port)) {
            $port++;
        }
        return $use($port);
    }

    private static function isFree(int $port): bool
    {
        $server = @stream_socket_server("tcp://127.0.0.1:$port");
        return $server !== false && fclose($server);
    }
}
