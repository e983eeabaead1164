<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A form of WordPress was sent and answered with an error; the message is what it shows to the person. */
final class Refused extends LabError
{
}
