<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;
use RudrSync\Bench\StandIn;

/** A source in real WordPress, and a remote that stands in for one and counts. */
abstract class ScaleTestCase extends TestCase
{
    protected const CRON = 'RudrSync\Plugin::parts()->cron->run();';
    protected const WORK = 'return RudrSync\Plugin::parts()->worker()->run(...$args);';

    protected Site $a;
    protected StandIn $remote;

    protected function setUp(): void
    {
        $this->remote = new StandIn();
        $this->a = Lab::site('scale', 'newest', [
            'plugin' => true,
            'extension' => true,
            'config' => "define('RUDR_SYNC_DELIVERY', PHP_SAPI === 'cli' ? 'cron' : 'after');" . $this->config(),
        ]);
        $key = $this->a->folder . '/key';
        file_put_contents($key, base64_encode(random_bytes(32)));
        $this->a->ini(['rudr_sync.key_file' => $key, 'rudr_sync.timeout' => '20']);
        $this->a->sitesFile(['default' => $this->remote->settings()]);
    }

    protected function tearDown(): void
    {
        $this->a->destroy();
    }

    /** Lines of PHP for the source's config.php. */
    protected function config(): string
    {
        return '';
    }

    protected function sql(string $sql): array
    {
        $result = $this->a->db()->query($sql);
        return is_bool($result) ? [] : $result->fetch_all(MYSQLI_ASSOC);
    }

    protected function number(string $sql): int
    {
        return (int) array_values($this->sql($sql)[0])[0];
    }

    /** So much time goes by: all that is noted is that much longer ago. */
    protected function passes(int $seconds): void
    {
        $times = [
            'wp_rudr_sync_links' => ['due_at', 'unsettled_until', 'tried_at', 'tried_last', 'lease_until', 'synced_at', 'dirty_since'],
            'wp_rudr_sync_sites' => ['hold_until', 'asked_at', 'deliverer_until', 'heartbeat'],
        ];
        foreach ($times as $table => $columns) {
            $set = array_map(static fn (string $column) => "$column = $column - INTERVAL $seconds SECOND", $columns);
            $this->sql("UPDATE $table SET " . implode(', ', $set));
        }
    }

    /** Users that are not in step. */
    protected function waiting(): int
    {
        return $this->number('SELECT COUNT(*) FROM wp_rudr_sync_links WHERE revision <> synced_revision');
    }

    /** What the remote was asked meanwhile: methods and paths. */
    protected function asked(callable $do): array
    {
        $this->remote->forget();
        $do();
        return array_map(static fn (array $asked) => "$asked[1] $asked[2]", $this->remote->log());
    }

    protected static function until(callable $is, string $what, int $seconds = 300): void
    {
        $end = microtime(true) + $seconds;
        while (!$is()) {
            self::assertLessThan($end, microtime(true), "in time $what");
            usleep(20_000);
        }
    }
}
