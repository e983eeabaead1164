<?php
// Waits longer than max_execution_time, or computes longer.

declare(strict_types=1);

require __DIR__ . '/asked.php';

set_time_limit(1);
while ($_GET['what'] === 'compute') {
    rudr_sync_find('bot@b.example', site('wp'));
    hash_pbkdf2('sha256', 'computes', 'for some', 5000); // the call itself only waits, mostly
}
try {
    rudr_sync_find('bot@b.example', site('hang', ['timeout' => 1.5]));
} catch (RudrSync\Unreachable $e) {
    echo $e->getErrorCode(), "\n";
}
