<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Values as TOML writes them. */
final class Toml
{
    public static function value(mixed $value): string
    {
        if (is_array($value)) {
            if (array_is_list($value)) {
                return '[' . implode(', ', array_map(self::value(...), $value)) . ']';
            }
            $pairs = [];
            foreach ($value as $key => $item) {
                $pairs[] = self::value((string) $key) . ' = ' . self::value($item);
            }
            return '{' . implode(', ', $pairs) . '}';
        }
        // TOML's basic strings, numbers and booleans are JSON's.
        return json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }
}
