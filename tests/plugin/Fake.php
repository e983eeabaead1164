<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A site with the plugin over the fake extension. */
final class Fake
{
    private function __construct(public readonly Site $site)
    {
    }

    /**
     * @param string $config further lines for its wp-config.php
     * @param array<string, mixed> $options as SiteMaker takes them
     */
    public static function site(string $name, string $version, string $config = '', array $options = []): self
    {
        $config .= "\nrequire_once " . var_export(__DIR__ . '/fake-extension.php', true) . ";\n"
            . "defined('RUDR_SYNC_SITES') || define('RUDR_SYNC_SITES', ['url' => 'https://b.example', 'username' => 'u', 'password' => 'p']);";
        return new self(Lab::site($name, $version, ['plugin' => true, 'config' => $config] + $options));
    }

    /** The jobs of what happens in $do. */
    public function jobs(callable $do): array
    {
        @unlink("{$this->site->folder}/jobs.jsonl");
        $do();
        $lines = @file("{$this->site->folder}/jobs.jsonl", FILE_IGNORE_NEW_LINES) ?: [];
        return array_map(static fn (string $line) => json_decode($line, true), $lines);
    }

    /** The terms of the deliveries of what happens in $do. */
    public function calls(callable $do): array
    {
        @unlink("{$this->site->folder}/calls.jsonl");
        $do();
        $lines = @file("{$this->site->folder}/calls.jsonl", FILE_IGNORE_NEW_LINES) ?: [];
        return array_map(static fn (string $line) => json_decode($line, true), $lines);
    }

    /** What is answered to the next jobs; `php` runs inside the site at that moment. */
    public function script(array ...$answers): void
    {
        file_put_contents("{$this->site->folder}/script.json", json_encode($answers));
    }

    /** A site that failed as a whole is left alone for a while: that while is over. */
    public function endHold(): void
    {
        $this->site->db()->query("UPDATE {$this->site->prefix}rudr_sync_sites SET hold_until = UTC_TIMESTAMP()");
    }

    /** The row of a user's link. */
    public function link(int $user, string $site = 'default'): ?array
    {
        return $this->site->db()->execute_query(
            "SELECT * FROM {$this->site->prefix}rudr_sync_links WHERE user_id = ? AND site = ?",
            [$user, $site]
        )->fetch_assoc() ?: null;
    }

    /** Sets columns of the rows of a user's links. */
    public function set(int $user, string $set): void
    {
        $this->site->db()->query("UPDATE {$this->site->prefix}rudr_sync_links SET $set WHERE user_id = $user");
    }

    /** A uuid that no site has. */
    public static function uuid(): string
    {
        return preg_replace('/^(.{8})(.{4})(.{4})(.{4})(.{12})$/', '$1-$2-$3-$4-$5', bin2hex(random_bytes(16)));
    }

    /** PHP for a script: keeps the row of the user as it is at that moment, for kept(). */
    public const KEEP = 'global $wpdb; file_put_contents("$folder/kept.json", json_encode($wpdb->get_row(
        "SELECT *, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), lease_until) AS lease_left FROM {$wpdb->prefix}rudr_sync_links WHERE user_id = {$job[\'user_id\']}")));';

    /** @return array<string, ?string> */
    public function kept(): array
    {
        return json_decode((string) file_get_contents("{$this->site->folder}/kept.json"), true);
    }

    public function isInStep(int $user, string $site = 'default'): bool
    {
        $link = $this->link($user, $site);
        return $link !== null && $link['revision'] === $link['synced_revision'] && $link['due_at'] === null && $link['lease'] === null;
    }
}
