<?php

declare(strict_types=1);

namespace RudrSync\Bench;

/** The same changes by libcurl, over connections that it keeps: as soon as one is answered, the next is sent on its connection. */
final class Rolling
{
    private readonly \CurlMultiHandle $multi;
    /** @var list<\CurlHandle> */
    private array $handles = [];

    public function __construct(int $concurrency, Server $server)
    {
        $this->multi = curl_multi_init();
        $authorization = 'Basic ' . base64_encode("$server->username:$server->password");
        for ($n = 0; $n < $concurrency; $n++) {
            $this->handles[] = $handle = curl_init();
            curl_setopt_array($handle, [
                CURLOPT_POST => true,
                CURLOPT_RETURNTRANSFER => true,
                CURLOPT_CAINFO => $server->caFile,
                CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
                CURLOPT_HTTPHEADER => ["Authorization: $authorization", 'Content-Type: application/json', 'Accept: application/json'],
            ]);
        }
    }

    /** @param list<array> $jobs */
    public function send(string $url, array $jobs): void
    {
        $next = function (\CurlHandle $handle) use ($url, &$jobs): void {
            $job = array_shift($jobs);
            if ($job === null) {
                return;
            }
            curl_setopt($handle, CURLOPT_URL, "$url/wp-json/wp/v2/users/{$job['remote_id']}");
            curl_setopt($handle, CURLOPT_POSTFIELDS, json_encode($job['user'], JSON_THROW_ON_ERROR));
            curl_multi_add_handle($this->multi, $handle);
        };
        array_map($next, $this->handles);
        do {
            curl_multi_exec($this->multi, $running);
            while ($done = curl_multi_info_read($this->multi)) {
                $handle = $done['handle'];
                if (!str_contains((string) curl_multi_getcontent($handle), '"username":"someone"')) {
                    throw new \RuntimeException('not updated: ' . curl_multi_getcontent($handle) . curl_error($handle));
                }
                curl_multi_remove_handle($this->multi, $handle);
                $next($handle);
                $running++;
            }
            curl_multi_select($this->multi, 1.0);
        } while ($running > 0);
    }
}
