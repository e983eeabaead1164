<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A site with the plugin and the extension, which others may send users to, and which may send its own. */
final class End
{
    /** Also read by whoever records: what it was sent. */
    private const RECORDER = '<?php
        if (str_contains($_SERVER["REQUEST_URI"] ?? "", "rudr-sync/v1/jobs")) {
            file_put_contents(dirname(WP_CONTENT_DIR) . "/wire.jsonl", file_get_contents("php://input") . "\n", FILE_APPEND);
        }';

    public static function make(string $name, string $version, array $options = []): Site
    {
        $site = Lab::site($name, $version, $options + [
            'plugin' => true,
            'extension' => true,
            'config' => "define('RUDR_SYNC_META', ['phone']); define('RUDR_SYNC_RECEIVER', ['meta' => ['phone']]);",
        ]);
        file_put_contents("$site->folder/wp-content/mu-plugins/recorder.php", self::RECORDER);
        $key = "$site->folder/key";
        file_put_contents($key, base64_encode(random_bytes(32)));
        $site->ini(['rudr_sync.key_file' => $key]);
        return $site;
    }

    /**
     * The users of $from follow to these, by agents that may do nothing else.
     *
     * @param array<string, Site> $to by name
     * @param array<string, array<string, mixed>> $options of those sites, by name
     */
    public static function follow(Site $from, array $to, array $options = []): void
    {
        $sites = [];
        foreach ($to as $name => $site) {
            $sites[$name] = self::agent($site, $from->name) + ($options[$name] ?? []);
        }
        $from->sitesFile($sites);
    }

    /** What was sent to a site since forget(): all jobs. */
    public static function jobs(Site $site): array
    {
        $lines = @file("$site->folder/wire.jsonl", FILE_IGNORE_NEW_LINES) ?: [];
        return array_merge([], ...array_map(static fn (string $line) => json_decode($line, true, 512, JSON_THROW_ON_ERROR)['jobs'], $lines));
    }

    public static function forget(Site ...$sites): void
    {
        foreach ($sites as $site) {
            @unlink("$site->folder/wire.jsonl");
            $site->mark();
        }
    }

    /** Where it is and how to get in. */
    private static function agent(Site $site, string $for): array
    {
        $made = $site->run('return RudrSync\Agent::make($args[0]);', [$for]);
        return ['url' => $site->url, 'username' => $made['login'], 'password' => $made['password']];
    }
}
