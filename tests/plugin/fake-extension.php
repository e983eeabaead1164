<?php
/**
 * The extension as the plugin sees it, without a network: writes down each call, and answers as a test has scripted, else as
 * a site that makes an account for everybody. Only for what a real site cannot be brought to say at the right moment.
 */

declare(strict_types=1);

namespace {
    /** Answers scripted by Fake::script() come first, one for each job. */
    function rudr_sync_deliver(array $jobs, RudrSync\Site|string|null $site = null): array
    {
        $folder = dirname($_SERVER['LAB_SITE_CONFIG'] ?? getenv('LAB_SITE_CONFIG'));
        $script = is_file("$folder/script.json") ? json_decode((string) file_get_contents("$folder/script.json"), true) : [];
        $outcomes = [];
        foreach ($jobs as $job) {
            file_put_contents("$folder/jobs.jsonl", json_encode($job, JSON_THROW_ON_ERROR) . "\n", FILE_APPEND);
            $answer = array_shift($script) ?? [];
            if (isset($answer['php'])) {
                eval($answer['php']); // what happens meanwhile
                unset($answer['php']);
            }
            if (isset($answer['throw'])) {
                file_put_contents("$folder/script.json", json_encode($script));
                throw new RudrSync\Exception($answer['throw']);
            }
            $usual = $job['op'] === 'delete' ? ['status' => 'deleted'] : [
                'status' => $job['remote_id'] ? 'updated' : 'created',
                'id' => $job['remote_id'] ?? 1000 + $job['user_id'],
                'login' => $job['user']['user_login'],
                'trust' => $job['trust'] ?? 'own',
                'base' => 'base ' . $job['password_mark'],
            ];
            $outcomes[] = $answer + $usual + [
                'scope' => 'job', 'id' => null, 'login' => null, 'trust' => null, 'base' => null, 'refused' => [], 'http' => 200,
                'code' => null, 'message' => '', 'due' => null, 'spent' => false, 'ref' => $job['ref'],
            ];
        }
        file_put_contents("$folder/script.json", json_encode($script));
        return $outcomes;
    }
}

namespace RudrSync {
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
