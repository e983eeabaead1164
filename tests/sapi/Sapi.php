<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A way in which PHP runs. What it runs is in pages/. */
abstract class Sapi
{
    public const NAMES = ['cli', 'fpm-fcgi', 'apache2handler'];

    protected readonly string $folder;

    /** @param array<string, string|int> $settings of php.ini */
    protected function __construct(array $settings)
    {
        $this->folder = Lab::run() . '/' . bin2hex(random_bytes(4));
        mkdir($this->folder);
        $settings += [
            'extension' => Lab::extension(),
            'date.timezone' => 'UTC',
            'display_errors' => 1,
            'html_errors' => 0,
            'zend.exception_ignore_args' => 0,
            'opcache.preload_user' => posix_getpwuid(posix_getuid())['name'],
        ];
        $lines = array_map(static fn ($name, $value) => "$name = \"$value\"\n", array_keys($settings), $settings);
        file_put_contents("$this->folder/php.ini", implode('', array_filter($lines, static fn ($line) => !str_ends_with($line, "\"\"\n"))));
    }

    /** @param array<string, string|int> $settings of php.ini; `extension` => '' leaves ours out */
    public static function start(string $name, array $settings = []): self
    {
        return match ($name) {
            'cli' => new CommandLine($settings),
            'fpm-fcgi' => new Fpm($settings),
            'apache2handler' => new Apache($settings),
        };
    }

    /**
     * What a page says.
     *
     * @param array<string, string> $asked what is asked of it
     */
    abstract public function get(string $page, array $asked): string;

    public function stop(): void
    {
    }

    protected static function page(string $page): string
    {
        return __DIR__ . "/pages/$page.php";
    }

    /** @return array<string, string> */
    protected static function environment(): array
    {
        return ['PHP_INI_SCAN_DIR' => Lab::cache() . '/php.d'];
    }
}
