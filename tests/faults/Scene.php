<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A source, a plain site, the proxy between them, a worker; and all that can be killed. */
final class Scene
{
    /**
     * How many times faster time runs. What is a minute elsewhere is three seconds here: B has to be done with a request by
     * then, also on a machine that has other things to do.
     */
    public const SCALE = 20;

    /** Seconds after which A gives a request up: less than the proxy's `late`, more than B takes. */
    private const TIMEOUT = 1;

    private const WORK = 'return RudrSync\Plugin::parts()->worker()->run();';

    public readonly Site $a;
    public readonly Site $b;
    public readonly Proxy $proxy;
    /** An application password of A's administrator. */
    public readonly string $key;
    private ?Background $worker = null;
    private ?Background $starting = null;
    private ?\mysqli $db = null;

    public function __construct(string $proxy)
    {
        $this->b = Lab::site('b', 'newest');
        $this->proxy = new Proxy($proxy, $this->b);
        $this->a = Lab::site('a', 'newest', [
            'plugin' => true,
            'extension' => true,
            'source' => ['default' => ['site' => $this->b, 'url' => $this->proxy->url]],
            // So many removals in so short a time are no accident here; they are counted all the same.
            'config' => "define('RUDR_SYNC_DELIVERY', PHP_SAPI === 'cli' ? 'cron' : 'after'); define('RUDR_SYNC_GUARD', 1000000); define('RUDR_SYNC_TIME_SCALE', " . self::SCALE . ');',
        ]);
        foreach ([$this->a, $this->b] as $site) {
            // Many passwords, none of them worth much.
            file_put_contents("$site->folder/wp-content/mu-plugins/cheap.php", '<?php
                add_filter("wp_hash_password_options", static fn () => ["cost" => 4]);');
        }
        // Where its database has gone, B gives up at once and not after five seconds: here these are more than the minute after which A looks.
        file_put_contents("{$this->b->folder}/wp-content/mu-plugins/impatient.php", '<?php $GLOBALS["wpdb"]->reconnect_retries = 0;');
        $key = "{$this->a->folder}/key";
        file_put_contents($key, base64_encode(random_bytes(32)));
        $this->a->ini(['rudr_sync.key_file' => $key, 'rudr_sync.timeout' => (string) self::TIMEOUT, 'rudr_sync.connect_timeout' => '1']);
        $this->a->restart();
        $this->key = $this->a->applicationPassword();
    }

    /** As before the first run: nobody there but the administrators. */
    public function clear(): void
    {
        $this->stopWorker();
        $this->untilDatabase();
        $this->proxy->set('pass');
        foreach ([$this->a, $this->b] as $site) {
            $this->sql("DELETE FROM $site->database.wp_users WHERE ID > 1");
            $this->sql("DELETE FROM $site->database.wp_usermeta WHERE user_id > 1");
            file_put_contents("$site->folder/errors.log", '');
        }
        $this->sql("DELETE FROM {$this->a->database}.wp_rudr_sync_links");
        $this->sql("UPDATE {$this->a->database}.wp_rudr_sync_sites SET state = NULL, status = 'ok', hold_until = NULL,
            deliverer = NULL, deliverer_until = NULL, slots = NULL, heartbeat = NULL, worker = NULL");
    }

    // --- the worker ---

    public function startWorker(): void
    {
        if (!$this->worker?->runs()) {
            $this->worker = $this->a->background(self::WORK);
        }
    }

    /** As a service manager would see it. */
    public function workerEnded(): bool
    {
        return $this->worker !== null && !$this->worker->runs();
    }

    public function stopWorker(): void
    {
        if ($this->worker?->runs()) {
            $this->worker->signal(SIGTERM);
            $this->worker->end();
        }
        $this->worker = null;
    }

    // --- kills ---

    /**
     * Kills at once, without a word.
     *
     * @param int $among picks one of several
     * @return bool whether there was anybody
     */
    public function kill(string $what, int $among): bool
    {
        return match ($what) {
            'child' => $this->killChild($this->a, $among),
            'there' => $this->killChild($this->b, $among),
            'worker' => $this->killWorker(),
            'database' => $this->killDatabase(),
        };
    }

    private function killWorker(): bool
    {
        if (!$this->worker?->runs()) {
            return false;
        }
        $this->worker->signal(SIGKILL);
        $this->worker->end();
        $this->worker = null;
        return true;
    }

    private function killChild(Site $site, int $among): bool
    {
        $master = (int) @file_get_contents("$site->folder/php-fpm.pid");
        $children = array_filter(explode(' ', trim((string) @file_get_contents("/proc/$master/task/$master/children"))));
        return $children !== [] && posix_kill((int) $children[$among % count($children)], SIGKILL);
    }

    private function killDatabase(): bool
    {
        $pid = (int) @file_get_contents(Lab::run() . '/database.pid');
        if ($this->starting?->runs() || $pid <= 0 || !posix_kill($pid, SIGKILL)) {
            return false;
        }
        $this->db = null;
        while (@file_get_contents("/proc/$pid/cmdline") > '') {
            usleep(1000); // what it held, it holds until it is gone
        }
        // It is started again as it would be by its service manager; that takes a second or so, and the pages go on.
        $this->starting = new Background([Lab::root() . '/tests/lab/lab.sh', 'database'], ['LAB_DATABASE' => 'killed'], '');
        return true;
    }

    public function untilDatabase(): void
    {
        $this->starting?->end(60);
        $this->starting = null;
    }

    /** From here on the database server writes down all that it is told, until it is killed. */
    public function trace(string $file): void
    {
        $this->sql('SET GLOBAL general_log_file = ?', [$file]);
        $this->sql('SET GLOBAL general_log = ON');
    }

    // --- the database ---

    /** @return list<array<string, string|null>> */
    public function sql(string $sql, array $values = []): array
    {
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        try {
            if ($this->db === null) {
                $this->db = @new \mysqli('localhost', 'root', '', '', 0, Lab::sockets() . '/db');
                $this->db->set_charset('utf8mb4');
            }
            $result = $this->db->execute_query($sql, $values);
            return $result instanceof \mysqli_result ? $result->fetch_all(MYSQLI_ASSOC) : [];
        } catch (\mysqli_sql_exception $e) {
            $this->db = null;
            throw $e;
        }
    }
}
