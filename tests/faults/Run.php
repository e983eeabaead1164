<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Does what a plan says: operations by REST in A's php-fpm, faults and kills while they are at it; then waits until all is quiet. */
final class Run
{
    /** Operations under way at once. */
    private const TOGETHER = 3;

    /** Seconds after which it is not going to be quiet any more: leases, backoffs and pauses are over long before. */
    private const PATIENCE = 120;

    /** Seconds after its answer within which a page keeps what it has changed, on a slow machine. */
    private const SETTLING = 0.2;

    private readonly \CurlMultiHandle $pages;
    /** By number. @var array<int, array{\CurlHandle, Attempt}> */
    private array $underWay = [];
    /** Kills to come. @var list<array{float, string, int}> */
    private array $kills = [];
    /** All that was tried. @var list<Attempt> */
    public array $attempts = [];
    /** What happened, line by line. @var list<string> */
    public array $story = [];
    /** Pages that have answered, and when. @var list<array{float, Attempt}> */
    private array $answered = [];
    /** Who was killed how often. @var array<string, int> */
    public array $killed = ['child' => 0, 'there' => 0, 'worker' => 0, 'database' => 0];
    private readonly float $begun;

    /** @param list<Step> $steps */
    public function __construct(private readonly Scene $scene, private readonly array $steps)
    {
        $this->pages = curl_multi_init();
        $this->begun = microtime(true);
    }

    /** @return bool whether it became quiet */
    public function perform(): bool
    {
        $this->scene->proxy->set('forget');
        $this->scene->startWorker();
        foreach ($this->steps as $number => $step) {
            $this->pump($step->pause / 1000, fn () => false);
            if ($step->fault !== null) {
                $this->tell("B: $step->fault");
                $this->scene->proxy->set($step->fault);
            }
            if ($step->worker) {
                $this->scene->startWorker();
            }
            $this->begin($number + 1, $step);
            if ($step->kill !== null) {
                $this->kills[] = [microtime(true) + $step->after / 1000, $step->kill, $step->among];
            }
            if (!$step->together) {
                $this->pump(60, fn () => !isset($this->underWay[$number + 1]));
            }
        }
        $this->pump(60, fn () => $this->underWay === [] && $this->kills === []);
        $this->scene->proxy->set('pass');
        $this->scene->untilDatabase();
        $this->tell('all is well again');
        $quiet = $this->untilQuiet();
        $this->tell($quiet ? 'quiet' : 'NOT quiet');
        $this->scene->stopWorker();
        return $quiet;
    }

    private function begin(int $number, Step $step): void
    {
        $this->pump(60, fn () => count($this->underWay) < self::TOGETHER && !$this->isInTheWay($step));
        [$method, $path] = ['POST', 'wp-json/wp/v2/users'];
        if ($step->what !== 'create') {
            try {
                $found = $this->scene->sql("SELECT MAX(ID) id FROM {$this->scene->a->database}.wp_users WHERE user_login = ?", [$step->login]);
            } catch (\mysqli_sql_exception) {
                $this->tell("$number $step->what $step->login: the database is away");
                return;
            }
            if ($found[0]['id'] === null) {
                $this->tell("$number $step->what $step->login: nobody");
                return;
            }
            $path .= '/' . $found[0]['id'];
            $method = $step->what === 'delete' ? 'DELETE' : 'POST';
        }
        $attempt = $this->attempts[] = new Attempt($number, $step);
        $page = curl_init($this->scene->a->url($path));
        curl_setopt_array($page, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_POSTFIELDS => json_encode($step->values, JSON_THROW_ON_ERROR),
            CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'Authorization: Basic ' . base64_encode(Lab::ADMIN . ':' . $this->scene->key)],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 60,
        ]);
        curl_multi_add_handle($this->pages, $page);
        $this->underWay[$number] = [$page, $attempt];
        $this->tell("$number $method $path $step->login " . json_encode($step->values, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES));
    }

    /**
     * Two pages may change a user at once. But two that make the same login make two users on A itself, and one that changes a
     * user whom another removes leaves half a user there: that is no business of ours.
     */
    private function isInTheWay(Step $step): bool
    {
        $alone = static fn (Step $step): bool => in_array($step->what, ['create', 'delete'], true);
        foreach ($this->underWay as [, $other]) {
            if ($other->step->login === $step->login && ($alone($step) || $alone($other->step))) {
                return true;
            }
        }
        return false;
    }

    /** Lets pages and kills go on, for so many seconds or until something is so. */
    private function pump(float $seconds, callable $until): void
    {
        $end = microtime(true) + $seconds;
        do {
            curl_multi_exec($this->pages, $running);
            while ($done = curl_multi_info_read($this->pages)) {
                $this->answered($done['handle']);
            }
            $this->killDue();
            if ($until()) {
                return;
            }
            curl_multi_select($this->pages, 0.002) > 0 || usleep(1000);
        } while (microtime(true) < $end);
    }

    private function answered(\CurlHandle $page): void
    {
        foreach ($this->underWay as $number => [$its, $attempt]) {
            if ($its === $page) {
                unset($this->underWay[$number]);
                $this->answered[] = [microtime(true), $attempt];
                $attempt->status = curl_getinfo($page, CURLINFO_RESPONSE_CODE);
                $said = $attempt->status < 300 ? '' : ' ' . substr(strip_tags((string) curl_multi_getcontent($page)), 0, 120);
                $this->tell("  $attempt->number answered $attempt->status" . ($attempt->hit ? ', hit' : '') . str_replace("\n", ' ', $said));
            }
        }
        curl_multi_remove_handle($this->pages, $page);
    }

    private function killDue(): void
    {
        foreach ($this->kills as $at => [$time, $what, $among]) {
            if ($time > microtime(true)) {
                continue;
            }
            unset($this->kills[$at]);
            if (!$this->scene->kill($what, $among)) {
                continue;
            }
            $this->killed[$what]++;
            $this->tell("KILLED: $what");
            if ($what === 'child' || $what === 'database') {
                foreach ($this->underWay as [, $attempt]) {
                    $attempt->hit = true;
                }
                // A page that has just answered is settled after the response.
                foreach ($this->answered as [$when, $attempt]) {
                    $attempt->hit = $attempt->hit || microtime(true) - $when < self::SETTLING;
                }
            }
        }
        if ($this->scene->workerEnded()) {
            $this->tell('the worker has ended by itself');
            $this->scene->startWorker();
        }
    }

    private function untilQuiet(): bool
    {
        $a = $this->scene->a->database;
        $end = microtime(true) + self::PATIENCE;
        while (microtime(true) < $end) {
            if ($this->scene->workerEnded()) {
                $this->tell('the worker has ended by itself');
            }
            $this->scene->startWorker();
            $busy = (int) $this->scene->sql("SELECT COUNT(*) n FROM $a.wp_rudr_sync_links
                WHERE (revision <> synced_revision AND due_at IS NOT NULL) OR lease IS NOT NULL OR unsettled_until > UTC_TIMESTAMP()")[0]['n']
                + (int) $this->scene->sql("SELECT COUNT(*) n FROM $a.wp_users u LEFT JOIN $a.wp_rudr_sync_links l ON l.user_id = u.ID
                WHERE u.ID > 1 AND l.user_id IS NULL")[0]['n']
                + $this->scene->proxy->report()['at_work'];
            if ($busy === 0) {
                return true;
            }
            $this->pump(0.1, fn () => false);
        }
        return false;
    }

    private function tell(string $line): void
    {
        $this->story[] = sprintf('%8.3f  %s', microtime(true) - $this->begun, $line);
    }
}
