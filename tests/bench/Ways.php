<?php

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Lab;
use RudrSync\Tests\Site;

/**
 * One site as four: a header says for each request whether it has no plugin, one that does nothing, ours, or the tutorial's code. So what they cost
 * is compared on the same tables, in the same processes, a moment apart.
 */
final class Ways
{
    public const NONE = 'none';
    /** A plugin that does nothing: what WordPress itself takes to load one. */
    public const IDLE = 'idle';
    public const OURS = 'ours';
    /** Ours, with a clock around each of our callbacks. */
    public const CLOCKED = 'clocked';
    public const TUTORIAL = 'tutorial';

    private readonly string $done;

    public function __construct(private readonly Site $site, Site $remote)
    {
        $folder = $site->folder;
        $code = strtr((string) file_get_contents(__DIR__ . '/../lab/wp/tutorial.php'), [
            'https://WEBSITE-DOMAIN' => $remote->url,
            "\$login = '';" => "\$login = 'admin';",
            "\$pwd = '';" => "\$pwd = '" . $remote->applicationPassword('admin', 'tutorial') . "';",
        ]);
        file_put_contents("$folder/tutorial.php", $code);
        $this->done = "$folder/done";
        $idle = "$folder/wp-content/plugins/idle";
        is_dir($idle) || mkdir($idle);
        // With the headers of ours, which WordPress reads.
        file_put_contents("$idle/idle.php", strstr((string) file_get_contents(Lab::root() . '/php/rudr-sync/rudr-sync.php'), 'declare(', true));
        copy(__DIR__ . '/ways-plugin.php', "$folder/wp-content/mu-plugins/ways.php");
        $site->config("define('BENCH_FOLDER', " . var_export($folder, true) . ');');
    }

    /** The headers of a request of that way. */
    public function headers(string $way): array
    {
        @unlink($this->done);
        return ["X-Way: $way"];
    }

    /** Until what a request does after its response is done: it is not to disturb the next one. */
    public function wait(string $way): void
    {
        while (in_array($way, [self::OURS, self::CLOCKED], true) && !is_file($this->done)) {
            clearstatcache();
            usleep(500);
        }
    }

    /** Nanoseconds inside our callbacks during the last request that was clocked, until the visitor had the answer. */
    public function inside(): int
    {
        return (int) file_get_contents("{$this->site->folder}/inside");
    }
}
