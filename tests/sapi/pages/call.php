<?php
// A call that works, a look at the connection, and a site that refuses.

declare(strict_types=1);

require __DIR__ . '/asked.php';

try {
    rudr_sync_update(1, ['first_name' => 'Bo'], site('denied'));
    $refused = null;
} catch (RudrSync\Unauthorized $e) {
    $refused = $e->getErrorCode();
}
echo json_encode([
    'sapi' => PHP_SAPI,
    'pid' => getmypid(),
    'found' => rudr_sync_find('bot@b.example', site('wp')),
    'checks' => array_column(rudr_sync_check(site('wp')), 'ok'), // the last is false: this agent may not do all
    'refused' => $refused,
    'preloaded' => class_exists('Preloaded', false) ? (new Preloaded(site('wp')))->find() : null,
]);
