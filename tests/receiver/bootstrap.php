<?php
/** A lab of these tests' own, which ends with them. */

declare(strict_types=1);

namespace RudrSync\Tests;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/Sender.php';
require __DIR__ . '/Source.php';
require __DIR__ . '/ReceiverTestCase.php';

register_shutdown_function(static fn () => Shell::run([__DIR__ . '/../lab/lab.sh', 'down'], ['LAB' => (string) getenv('LAB')]));
