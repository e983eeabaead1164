<?php

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Lab;
use RudrSync\Tests\Shell;
use RudrSync\Tests\Site;

/**
 * Has a site's nginx say that it keeps its connections to php-fpm, and keep as many: then a child may be handed the next page
 * while it still delivers.
 */
final class KeptConnections
{
    /** @param int|null $kept null: each connection is for one page */
    public static function at(Site $site, ?int $kept): void
    {
        $file = "$site->folder/nginx.conf";
        $plain = "$file.plain";
        if (!is_file($plain)) {
            copy($file, $plain);
        }
        $text = (string) file_get_contents($plain);
        if ($kept !== null) {
            $pool = $kept > 0 ? "keepalive $kept;" : '';
            preg_match('/fastcgi_pass (unix:[^;]+);/', $text, $socket);
            $text = str_replace($socket[0], 'fastcgi_pass php; fastcgi_keep_conn on;', $text);
            $text = preg_replace('/^\s*http \{/m', "http {\nupstream php { server $socket[1]; $pool }", $text, 1);
        }
        $site->stop();
        file_put_contents($file, $text);
        $site->restart();
        Shell::run([Lab::cache() . '/tools/nginx', '-e', "$site->folder/nginx.log", '-c', $file]);
    }
}
