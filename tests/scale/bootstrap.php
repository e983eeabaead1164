<?php

declare(strict_types=1);

namespace RudrSync\Tests;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/../bench/StandIn.php';
require __DIR__ . '/../bench/Crowd.php';
require __DIR__ . '/ScaleTestCase.php';
