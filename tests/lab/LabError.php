<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Something in the laboratory, or in a site of it, went wrong; the message says what the site said. */
class LabError extends \RuntimeException
{
}
