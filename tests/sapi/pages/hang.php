<?php
// A page that hangs in a call for as long as it is let.

declare(strict_types=1);

require __DIR__ . '/asked.php';

rudr_sync_find('bot@b.example', site('hang', ['timeout' => 300]));
