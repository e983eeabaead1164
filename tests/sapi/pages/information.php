<?php
// All that PHP tells of itself, after calls with a password of the site file and one of the page's own.

declare(strict_types=1);

require __DIR__ . '/asked.php';

rudr_sync_find('bot@b.example');
rudr_sync_find('bot@b.example', site('wp'));
try {
    rudr_sync_find('bot@b.example', site('denied'));
} catch (RudrSync\Unauthorized $e) {
    echo $e, "\n";
}
phpinfo();
