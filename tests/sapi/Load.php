<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Eight visitors, each of whom asks for a page again as soon as it is there. */
final class Load
{
    private const VISITORS = 8;

    /** Pages that were served as they should be. */
    public int $served = 0;

    /** @var list<string> what was not */
    public array $failed = [];

    /** @var array<int, true> which processes have served */
    public array $servers = [];

    private readonly \CurlMultiHandle $multi;

    /** @param callable(array): bool $isRight whether a page, decoded, is what it should be */
    public function __construct(private readonly string $address, private readonly \Closure $isRight)
    {
        $this->multi = curl_multi_init();
    }

    /** Goes on for as long as that is true; it is asked after each page. Then those that are asked for are waited for. */
    public function while(callable $goOn): void
    {
        $more = true;
        $running = 0;
        for ($i = 0; $i < self::VISITORS; $i++) {
            $this->ask();
        }
        do {
            curl_multi_exec($this->multi, $running);
            while ($done = curl_multi_info_read($this->multi)) {
                $this->note($done['handle'], $done['result']);
                $more = $more && $goOn();
                if ($more) {
                    $this->ask();
                    $running++;
                }
            }
            curl_multi_select($this->multi, 0.1);
        } while ($running > 0);
    }

    private function ask(): void
    {
        $curl = curl_init($this->address);
        curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 120, CURLOPT_FORBID_REUSE => true]);
        curl_multi_add_handle($this->multi, $curl);
    }

    private function note(\CurlHandle $curl, int $result): void
    {
        $page = (string) curl_multi_getcontent($curl);
        $answer = json_decode($page, true);
        if (is_array($answer) && ($this->isRight)($answer)) {
            $this->served++;
            $this->servers[$answer['pid']] = true;
        } else {
            $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
            $this->failed[] = trim(curl_strerror($result) . ", HTTP $status: " . substr($page, 0, 300));
        }
        curl_multi_remove_handle($this->multi, $curl);
    }
}
