<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** The README's own words, so that what it shows is what is tested. */
final class Readme
{
    /** What stands in the fence of that language in which $part is. */
    public static function example(string $language, string $part): string
    {
        $text = (string) file_get_contents(Lab::root() . '/README.md');
        preg_match_all("/^( *)```$language\\n(.*?)^\\1```\$/ms", $text, $found);
        $examples = array_values(array_filter($found[2], static fn (string $code): bool => str_contains($code, $part)));
        if (count($examples) !== 1) {
            throw new LabError('The README has ' . count($examples) . " examples of $language with '$part'");
        }
        return $examples[0];
    }
}
