<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use PHPUnit\Framework\TestCase;

/** A busy php-fpm pool in which every page calls a site. */
final class FpmTest extends TestCase
{
    private const WORKERS = 3;
    private const REQUESTS = 10000;

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/rudr-fpm-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0700);
    }

    protected function tearDown(): void
    {
        foreach (['nginx', 'php-fpm'] as $server) {
            $pid = (int) @file_get_contents("$this->folder/$server.pid");
            if ($pid > 0) {
                posix_kill($pid, SIGTERM);
            }
        }
        Shell::run(['rm', '-rf', $this->folder]);
    }

    public function testTenThousandRequestsKeepOneConnectionAWorkerAndSteadyMemory(): void
    {
        Lab::up(); // fetches the servers' programs
        $port = Ports::with(function (int $port): int {
            $page = __DIR__ . '/fpm/page.php';
            $tools = Lab::cache() . '/tools';
            $command = [__DIR__ . '/fpm/servers.sh', $this->folder, $tools, Lab::extension(), $port, $page, self::WORKERS];
            Shell::run(array_map('strval', $command), ['PHP_INI_SCAN_DIR' => Lab::cache() . '/php.d']);
            return $port;
        });

        $memory = []; // by pid: resident pages, in the order of the requests
        $this->load("http://127.0.0.1:$port/", self::REQUESTS, static function (string $body) use (&$memory): void {
            $answer = json_decode($body, true);
            self::assertSame(5, $answer['id'] ?? null, $body);
            $memory[$answer['pid']][] = $answer['pages'];
        });

        self::assertCount(self::WORKERS, $memory, 'no worker died');
        foreach ($memory as $pid => $pages) {
            $warm = $pages[(int) (count($pages) / 5)];
            self::assertLessThan($warm + 256, end($pages), "worker $pid grew by 1 MiB or more after its first requests");
        }
        $connections = array_unique((array) file("$this->folder/remote.log", FILE_IGNORE_NEW_LINES));
        self::assertLessThanOrEqual(self::WORKERS, count($connections), 'at most one connection for each worker');
        self::assertCount(self::REQUESTS, (array) file("$this->folder/remote.log"));
    }

    /** Asks for a page so many times, several at once. */
    private function load(string $url, int $times, callable $answered): void
    {
        $multi = curl_multi_init();
        $sent = 0;
        $send = static function () use ($multi, $url, &$sent): void {
            $curl = curl_init($url);
            curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 30]);
            curl_multi_add_handle($multi, $curl);
            $sent++;
        };
        for ($i = 0; $i < 2 * self::WORKERS; $i++) {
            $send();
        }
        do {
            curl_multi_exec($multi, $running);
            while ($done = curl_multi_info_read($multi)) {
                $answered((string) curl_multi_getcontent($done['handle']));
                curl_multi_remove_handle($multi, $done['handle']);
                if ($sent < $times) {
                    $send();
                    $running = 1;
                }
            }
            curl_multi_select($multi, 0.1);
        } while ($running > 0);
    }
}
