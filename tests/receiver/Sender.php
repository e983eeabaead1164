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
        return vsprintf('%s%s-%s-4%s-a%s-%s%s%s', array_map(
            static fn (string $part) => $part,
            [...str_split(bin2hex(random_bytes(6)), 4), substr(bin2hex(random_bytes(2)), 1), substr(bin2hex(random_bytes(2)), 1), ...str_split(bin2hex(random_bytes(6)), 4)]
        ));
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

    /** What was claimed by a request that was killed is free again. */
    public function endClaims(): void
    {
        $this->site->db()->query("UPDATE {$this->site->prefix}rudr_sync_received SET lease_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE lease IS NOT NULL");
    }
}
