<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A source as the receiver sees it: an application password, a uuid, and jobs. */
final class Sender
{
    /** Ids and names that nobody has had. */
    private static int $people = 0;

    private function __construct(
        public readonly Site $site,
        public readonly string $login,
        public readonly string $password,
        public readonly int $agent,
        public readonly string $source,
    ) {
    }

    /** A source with an agent there. */
    public static function to(Site $site, ?string $source = null): self
    {
        $source ??= self::uuid();
        $made = $site->run('return RudrSync\Agent::make("test");');
        return new self($site, $made['login'], $made['password'], $made['user_id'], $source);
    }

    public static function uuid(): string
    {
        $digits = bin2hex(random_bytes(16));
        return preg_replace('/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/', '$1-$2-4$3-a$4-$5', $digits);
    }

    /** The same password with another uuid. */
    public function as(string $source): self
    {
        return new self($this->site, $this->login, $this->password, $this->agent, $source);
    }

    public function request(string $method, string $route, ?array $body = null, ?string $password = null): Answer
    {
        return $this->site->rest($method, $route, $body, $this->login, $password ?? $this->password);
    }

    public function post(array $jobs, array $options = []): Answer
    {
        return $this->request('POST', 'rudr-sync/v1/jobs', ['source' => $this->source, 'jobs' => $jobs, 'options' => (object) $options]);
    }

    /** @return list<array<string, mixed>> outcomes */
    public function jobs(array $jobs, array $options = []): array
    {
        $answer = $this->post($jobs, $options);
        if ($answer->status !== 200 || !isset($answer->json()['outcomes'])) {
            throw new LabError("The receiver answered $answer->status: " . substr($answer->body, 0, 2000));
        }
        return $answer->json()['outcomes'];
    }

    /** One job, one outcome. */
    public function job(array $job, array $options = []): array
    {
        return $this->jobs([$job], $options)[0];
    }

    /**
     * Several requests at once.
     *
     * @param list<list<array>> $batches
     * @return list<list<array<string, mixed>>> outcomes of each
     */
    public function together(array $batches): array
    {
        $multi = curl_multi_init();
        $calls = [];
        foreach ($batches as $jobs) {
            $calls[] = $call = curl_init($this->site->url('wp-json/rudr-sync/v1/jobs'));
            curl_setopt_array($call, [CURLOPT_POSTFIELDS => json_encode(['source' => $this->source, 'jobs' => $jobs]), CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
                CURLOPT_USERPWD => "$this->login:$this->password", CURLOPT_RETURNTRANSFER => true, CURLOPT_USERAGENT => Browser::AGENT]);
            curl_multi_add_handle($multi, $call);
        }
        do {
            curl_multi_exec($multi, $running);
            curl_multi_select($multi, 0.1);
        } while ($running);
        return array_map(static fn ($call) => json_decode(curl_multi_getcontent($call), true)['outcomes'], $calls);
    }

    /** A put of somebody whom nobody has heard of yet, as a source would send it. */
    public static function somebody(array $user = [], array $job = []): array
    {
        $number = ++self::$people;
        $login = "someone$number";
        return $job + ['op' => 'put', 'user_id' => 1000 + $number, 'ref' => $number, 'user' => $user + [
            'user_login' => $login,
            'user_email' => "$login@example.org",
            'user_url' => "https://$login.example",
            'display_name' => "Some One $number",
            'nickname' => "One$number",
            'first_name' => 'Some',
            'last_name' => "One $number",
            'description' => 'Knows nobody.',
            'roles' => ['subscriber'],
            'user_pass_hash' => self::phpass("secret of $login"),
        ]];
    }

    /** A hash that every WordPress can check. */
    public static function phpass(string $password): string
    {
        require_once Lab::tree('newest') . '/wp-includes/class-phpass.php';
        return (new \PasswordHash(8, true))->HashPassword($password);
    }

    /** A hash as WordPress 6.8 and later makes it, but cheap. */
    public static function bcrypt(string $password): string
    {
        return '$wp' . password_hash(base64_encode(hash_hmac('sha384', $password, 'wp-sha384', true)), PASSWORD_BCRYPT, ['cost' => 4]);
    }

    /** The receiver's row of a user. */
    public function row(int $userId): ?array
    {
        return $this->site->db()->execute_query(
            "SELECT * FROM {$this->site->prefix}rudr_sync_received WHERE source = ? AND user_id = ?",
            [$this->source, $userId]
        )->fetch_assoc() ?: null;
    }

    /** Does something while that site has one more rule. */
    public function ruled(string $rule, mixed $value, callable $do): void
    {
        $this->site->run('update_option("rudr_sync_receiver", [$args[0] => $args[1]]);', [$rule, $value]);
        try {
            $do();
        } finally {
            $this->site->run('delete_option("rudr_sync_receiver");');
        }
    }

    /** What was claimed by a request that was killed is free again. */
    public function endClaims(): void
    {
        $this->site->db()->query("UPDATE {$this->site->prefix}rudr_sync_received SET lease_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE lease IS NOT NULL");
    }

    /** Makes its site one whose requests can be killed. */
    public function deadly(): void
    {
        file_put_contents("{$this->site->folder}/wp-content/mu-plugins/deadly.php", '<?php
            if (is_file(__DIR__ . "/../../kill") && strpos($_SERVER["REQUEST_URI"], "rudr-sync/v1/jobs")) {
                [$left, $cacheToo] = json_decode(file_get_contents(__DIR__ . "/../../kill"));
                $ours = false;
                $write = function () use (&$left, &$ours) {
                    if ($ours && --$left <= 0) {
                        posix_kill(getmypid(), 9);
                    }
                };
                $GLOBALS["lab_uncached"] = $cacheToo ? $write : null;
                add_filter("query", function ($query) use (&$ours, $write) {
                    $ours = $ours || str_contains($query, "rudr_sync_received");
                    if (preg_match("/^\s*(INSERT|UPDATE|DELETE|REPLACE)/i", $query)) {
                        $write();
                    }
                    return $query;
                });
            }');
    }

    /** Whether the request was killed before so many writes were done; $cacheToo: what is taken out of the object cache counts too. */
    public function isKilled(array $jobs, int $write, array $options = [], bool $cacheToo = false): bool
    {
        $site = $this->site;
        file_put_contents("$site->folder/kill", json_encode([$write, $cacheToo]));
        $site->mark();
        $answer = $this->post($jobs, $options);
        @unlink("$site->folder/kill");
        // php-fpm says that a child was killed, but the visitor may have heard of it before.
        for ($try = 0; $answer->status === 502 && $try < 1000 && !preg_grep('/signal 9/', $site->errors()); $try++) {
            usleep(10_000);
        }
        $site->mark();
        if (!in_array($answer->status, [200, 502], true)) {
            throw new LabError("The receiver answered $answer->status: $answer->body");
        }
        return $answer->status === 502;
    }
}
