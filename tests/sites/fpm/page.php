<?php
// A page that calls a site, as any PHP program may. Answers with who served it and how much memory that process holds.

declare(strict_types=1);

$site = new RudrSync\Site($_SERVER['REMOTE_SITE'], 'agent', 'application password');
echo json_encode([
    'id' => rudr_sync_update(5, ['first_name' => 'Ann'], $site),
    'pid' => getmypid(),
    'pages' => (int) explode(' ', (string) file_get_contents('/proc/self/statm'))[1],
]);
