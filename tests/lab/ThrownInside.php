<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Code that a test ran inside a site threw an exception there. */
final class ThrownInside extends LabError
{
    public function __construct(
        /** The class of what was thrown. */
        public readonly string $class,
        public readonly string $said,
        public readonly string $trace,
    ) {
        parent::__construct("$class: $said\n$trace");
    }
}
