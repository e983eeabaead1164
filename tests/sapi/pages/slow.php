<?php
// A page that spends its time in a call. Without the extension it only takes that time.

declare(strict_types=1);

require __DIR__ . '/asked.php';

if (extension_loaded('rudr_sync')) {
    $found = rudr_sync_find('bot@b.example', site('late'));
} else {
    usleep(20000);
    $found = null;
}
echo json_encode(['pid' => getmypid(), 'found' => $found]);
