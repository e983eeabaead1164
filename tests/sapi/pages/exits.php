<?php
// A page that ends before its last line, and calls while it ends.

declare(strict_types=1);

require __DIR__ . '/asked.php';

final class Last
{
    public function __destruct()
    {
        echo 'destroyed ', rudr_sync_find('bot@b.example', site('wp')), "\n";
    }
}

$last = new Last();
ob_start(static fn (string $text): string => $text . 'shown ' . rudr_sync_find('bot@b.example', site('wp')) . "\n");
register_shutdown_function(static function (): void {
    echo 'shut down ', rudr_sync_find('bot@b.example', site('wp')), "\n";
    exit;
});
exit('ended ' . rudr_sync_find('bot@b.example', site('wp')) . "\n");
