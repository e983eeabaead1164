<?php
/**
 * The extension as the plugin sees it, without a network: writes down each call, and answers as a test has scripted, else as
 * a site that makes an account for everybody. Only for what a real site cannot be brought to say at the right moment.
 */

declare(strict_types=1);

namespace {
    /** Answers scripted by Fake::script() come first, one for each job. */
    function rudr_sync_deliver(array $jobs, RudrSync\Site|string|null $site = null, array $call = []): array
    {
        $folder = dirname($_SERVER['LAB_SITE_CONFIG'] ?? getenv('LAB_SITE_CONFIG'));
        $script = is_file("$folder/script.json") ? json_decode((string) file_get_contents("$folder/script.json"), true) : [];
        file_put_contents("$folder/calls.jsonl", json_encode(['site' => is_string($site) ? $site : null, 'jobs' => count($jobs)] + $call, JSON_THROW_ON_ERROR) . "\n", FILE_APPEND);
        $outcomes = [];
        $allowed = $call['destructive'] ?? PHP_INT_MAX;
        foreach ($jobs as $job) {
            $destructive = RudrSync\is_destructive($job);
            if ($destructive && $allowed-- <= 0) {
                $outcomes[] = ['status' => 'retry', 'code' => 'held', 'message' => "held: {$job['op']}", 'destructive' => true, 'http' => null] + RudrSync\no_outcome($job);
                continue;
            }
            file_put_contents("$folder/jobs.jsonl", json_encode($job, JSON_THROW_ON_ERROR) . "\n", FILE_APPEND);
            $answer = array_shift($script) ?? [];
            if (isset($answer['php'])) {
                eval($answer['php']); // what happens meanwhile
                unset($answer['php']);
            }
            if (isset($answer['foreign'])) {
                throw new DomainException($answer['foreign']); // a signal handler's, say
            }
            if (isset($answer['throw'])) {
                file_put_contents("$folder/script.json", json_encode($script));
                throw ($answer['retryable'] ?? false) ? new RudrSync\Unreachable($answer['throw']) : new RudrSync\Exception($answer['throw']);
            }
            $known = $job['op'] === 'put' && isset($job['trust']);
            $done = ['status' => $known ? 'updated' : 'created', 'base' => 'base ' . json_encode([$job['password_mark'] ?? '', $job['user']['user_email'] ?? '', $job['user']['roles'] ?? []])];
            $usual = match (true) {
                $job['op'] === 'delete' => ['status' => 'deleted'],
                in_array($answer['status'] ?? 'updated', ['created', 'updated', 'unchanged', 'found'], true) => $done + [
                    'id' => $job['remote_id'] ?? 1000 + $job['user_id'],
                    'login' => $job['user']['user_login'],
                    'trust' => ($job['trust'] ?? 'own') === 'named' ? 'adopted' : ($job['trust'] ?? 'own'),
                ],
                // What goes wrong says no more of the account than the job did.
                $known => ['id' => $job['remote_id'], 'login' => $job['remote_login'], 'trust' => $job['trust']],
                default => [],
            };
            $outcome = $answer + $usual + RudrSync\no_outcome($job);
            $made = in_array($outcome['status'], ['deleted', 'updated'], true) || $outcome['doubt'] === 'now';
            $outcomes[] = ['destructive' => $destructive && $made] + $outcome;
        }
        file_put_contents("$folder/script.json", json_encode($script));
        return $outcomes;
    }

    /**
     * One failure of the whole site pauses it for as long as that asks, but 100 s at least; one answer opens it. What an outcome's
     * `site` says, in JSON, is what it speaks.
     */
    function rudr_sync_judge(?string $state, array $outcomes): array
    {
        $failed = array_filter($outcomes, static fn (array $outcome) => ($outcome['scope'] ?? '') === 'site');
        [$was, $known] = explode(' ', "$state ", 2);
        $is = $failed ? 'failed' : ($outcomes ? 'fine' : ($was ?: 'fine'));
        $said = array_filter(array_column($outcomes, 'site'));
        $known = $said ? end($said) : trim($known);
        $about = (json_decode($known, true) ?? []) + ['wire' => null, 'uuid' => null, 'hashes' => [], 'version' => null];
        return ['state' => "$is $known"] + $about + ($is === 'failed'
            ? ['status' => 'paused', 'hold' => max([100, ...array_map('intval', array_column($failed, 'due'))])]
            : ['status' => 'ok', 'hold' => null]);
    }

    /** The sites of php.ini's file: what SITES_FILE says, in JSON; "broken" is a file that can't be read. */
    function rudr_sync_sites(): array
    {
        $file = (string) getenv('SITES_FILE');
        if ($file === 'broken') {
            throw new RudrSync\Exception('the site file /etc/sites.toml cannot be used');
        }
        return $file === '' ? [] : json_decode($file, true, 512, JSON_THROW_ON_ERROR);
    }

    /** Not sealed at all, but readable for tests. */
    function rudr_sync_seal(#[SensitiveParameter] string $plain, array $bound, #[SensitiveParameter] string $key = ''): string
    {
        return 'sealed ' . implode(' ', $bound) . ' ' . md5($plain) . ' ' . md5($key);
    }

    /** What a probe asks; the next line of the script answers, if it is one for a probe. */
    function rudr_sync_find(string $email, RudrSync\Site|string|null $site = null): ?int
    {
        $folder = dirname($_SERVER['LAB_SITE_CONFIG'] ?? getenv('LAB_SITE_CONFIG'));
        file_put_contents("$folder/probes.log", "$email\n", FILE_APPEND);
        $script = is_file("$folder/script.json") ? json_decode((string) file_get_contents("$folder/script.json"), true) : [];
        if (isset($script[0]['probe'])) {
            $answer = array_shift($script);
            file_put_contents("$folder/script.json", json_encode($script));
            throw new RudrSync\Exception($answer['probe']);
        }
        return null;
    }
}

namespace RudrSync {
    /** An outcome that says nothing yet. */
    function no_outcome(array $job): array
    {
        return [
            'scope' => 'job', 'id' => null, 'login' => null, 'trust' => null, 'base' => null, 'refused' => [], 'http' => 200,
            'code' => null, 'message' => '', 'due' => null, 'spent' => false, 'doubt' => null, 'forget' => false, 'ref' => $job['ref'],
            'site' => null, 'destructive' => false,
        ];
    }

    /** A removal, another address, or no role any more; by the base that was made here. */
    function is_destructive(array $job): bool
    {
        [, $email, $roles] = json_decode(substr((string) ($job['base'] ?? ''), 5), true) ?? ['', '', []];
        $loses = isset($job['trust']) && ($email !== ($job['user']['user_email'] ?? $email) || ($roles && ($job['user']['roles'] ?? $roles) === []));
        return !$job['released'] && isset($job['remote_id']) && ($job['op'] === 'delete' || ($email !== '' && $loses));
    }

    class Exception extends \RuntimeException
    {
        public function getErrorCode(): string
        {
            return 'fake';
        }

        public function isRetryable(): bool
        {
            return false;
        }

        public function getRetryAfter(): ?int
        {
            return null;
        }
    }

    class Unauthorized extends Exception
    {
    }

    class Unreachable extends Exception
    {
        public function isRetryable(): bool
        {
            return true;
        }
    }

    final class Site
    {
        public function __construct(
            string $url,
            string $username,
            #[\SensitiveParameter] string $password,
            array $options = [],
        ) {
            if ($url === 'nonsense') {
                throw new \ValueError('url: is no address');
            }
        }
    }
}
