<?php

declare(strict_types=1);

namespace RudrSync\Tests;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/Pair.php';
require __DIR__ . '/End.php';
require __DIR__ . '/SitesTestCase.php';
require __DIR__ . '/../receiver/Sender.php';
require __DIR__ . '/../faults/Dice.php';
