<?php

declare(strict_types=1);

namespace RudrSync\Tests;

require __DIR__ . '/../lab/Lab.php';
require __DIR__ . '/../phpt/fake.inc'; // a small WordPress, to be called
foreach (['Sapi', 'CommandLine', 'Server', 'Fpm', 'Apache', 'Load', 'SapiTestCase'] as $class) {
    require __DIR__ . "/$class.php";
}
