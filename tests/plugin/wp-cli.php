<?php
/**
 * What the plugin's commands use of WP-CLI, by its documented interface, and as strict as it is: a command gets only words and
 * options that its doc comment lists, with the defaults that stand there. For tests: what is printed is kept.
 */

declare(strict_types=1);

namespace {
    define('WP_CLI', true);

    final class WP_CLI
    {
        /** @var array<string, object> */
        private static array $commands = [];
        /** @var list<array{string, mixed}> what was printed: how, and what */
        public static array $said = [];

        public static function add_command(string $name, object|string $callable, array $args = []): bool
        {
            self::$commands[$name] = is_string($callable) ? new $callable() : $callable;
            return true;
        }

        public static function log(string $message): void
        {
            self::$said[] = ['log', $message];
        }

        public static function success(string $message): void
        {
            self::$said[] = ['success', $message];
        }

        public static function warning(string $message): void
        {
            self::$said[] = ['warning', $message];
        }

        public static function error(string $message, bool|int $exit = true): void
        {
            self::$said[] = ['error', $message];
            if ($exit) {
                throw new WP_CLI\Ended(1);
            }
        }

        public static function halt(int $code): void
        {
            throw new WP_CLI\Ended($code);
        }

        /**
         * `wp rudr-sync WORDS`; the first may be a command with commands of its own
         *
         * @return array{exit: int, said: list<array{string, mixed}>}
         */
        public static function run(array $words): array
        {
            self::$said = [];
            $exit = 0;
            try {
                $name = 'rudr-sync';
                if (isset(self::$commands["$name $words[0]"])) {
                    $name .= ' ' . array_shift($words);
                }
                $method = self::method(self::$commands[$name], (string) array_shift($words));
                [$args, $options] = WP_CLI\Synopsis::of($method)->read($words);
                $method->invoke(self::$commands[$name], $args, $options);
            } catch (WP_CLI\Ended $end) {
                $exit = $end->getCode();
            }
            return ['exit' => $exit, 'said' => self::$said];
        }

        /** The method of that name, or that is called so by the tag that WP-CLI has for words which PHP does not allow. */
        private static function method(object $command, string $word): ReflectionMethod
        {
            foreach ((new ReflectionClass($command))->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
                $called = preg_match('/^\s*\* @subcommand (\S+)/m', (string) $method->getDocComment(), $tag) ? $tag[1] : $method->name;
                if ($called === $word && !$method->isStatic() && !str_starts_with($method->name, '__')) {
                    return $method;
                }
            }
            throw new WP_CLI\Ended(1);
        }
    }
}

namespace WP_CLI {
    final class Ended extends \RuntimeException
    {
        public function __construct(int $code)
        {
            parent::__construct('', $code);
        }
    }

    /** What the section OPTIONS of a command's doc comment allows. */
    final class Synopsis
    {
        /** @param array<string, array{flag: bool, needed: bool, default: ?string, options: list<string>}> $options */
        private function __construct(private readonly int $least, private readonly int $most, private readonly array $options)
        {
        }

        public static function of(\ReflectionMethod $method): self
        {
            $text = preg_replace('/^\s*\* ?/m', '', (string) $method->getDocComment());
            $section = preg_match('/^## OPTIONS\n(.*?)(?=^## |^@|\z)/ms', $text, $found) ? $found[1] : '';
            [$least, $most, $options] = [0, 0, []];
            foreach (preg_split('/\n(?=\[?(?:--|<))/', trim($section)) as $part) {
                $head = explode("\n", $part)[0];
                if (preg_match('/^(\[?)<([\w-]+)>(\.\.\.)?(\]?)$/m', $head, $word)) {
                    $least += $word[1] === '' ? 1 : 0;
                    $most = $word[3] === '' ? $most + 1 : PHP_INT_MAX;
                } elseif (preg_match('/^(\[?)--([\w-]+)(=<[\w-]+>)?(\]?)$/m', $head, $option)) {
                    preg_match('/^default: (.*)$/m', $part, $default);
                    preg_match_all('/^  - (.*)$/m', $part, $choices);
                    $options[$option[2]] = [
                        'flag' => $option[3] === '',
                        'needed' => $option[1] === '',
                        'default' => $default[1] ?? null,
                        'options' => $choices[1],
                    ];
                }
            }
            return new self($least, $most, $options);
        }

        /** @return array{list<string>, array<string, string|bool>} */
        public function read(array $words): array
        {
            $args = $options = [];
            foreach ($words as $word) {
                if (!preg_match('/^--([\w-]+)(?:=(.*))?$/s', $word, $found)) {
                    $args[] = $word;
                    continue;
                }
                $known = $this->options[$found[1]] ?? null;
                $value = $found[2] ?? true;
                if (!$known || $known['flag'] !== ($value === true) || ($known['options'] && !in_array($value, $known['options'], true))) {
                    \WP_CLI::error("Parameter errors: $word");
                }
                $options[$found[1]] = $value;
            }
            if (count($args) < $this->least || count($args) > $this->most) {
                \WP_CLI::error('usage: wp rudr-sync');
            }
            foreach ($this->options as $name => $option) {
                if ($option['default'] !== null) {
                    $options += [$name => $option['default']];
                }
            }
            return [$args, $options];
        }
    }
}

namespace WP_CLI\Utils {
    function format_items(string $format, iterable $items, array|string $fields): void
    {
        $rows = [];
        foreach ($items as $item) {
            $rows[] = array_combine($fields, array_map(static fn (string $field) => $item[$field], $fields));
        }
        \WP_CLI::$said[] = [$format, $rows];
    }

    function get_flag_value(array $assoc_args, string $flag, mixed $default = null): mixed
    {
        return $assoc_args[$flag] ?? $default;
    }

    function make_progress_bar(string $message, int $count): object
    {
        return new class ($message, $count) {
            private int $done = 0;

            public function __construct(private string $message, private int $count)
            {
            }

            public function tick(int $increment = 1, ?string $msg = null): void
            {
                $this->done += $increment;
            }

            public function finish(): void
            {
                \WP_CLI::$said[] = ['bar', "$this->message: $this->done of $this->count"];
            }
        };
    }
}
