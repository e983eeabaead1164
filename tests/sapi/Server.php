<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** PHP in processes that serve many requests, children of one that serves none. */
abstract class Server extends Sapi
{
    protected int $port;

    /** Has it read its settings again and renew its children, which end what they are at. */
    abstract public function reload(): void;

    /** What its log says of children that did not end well. */
    abstract public function crashes(): array;

    /** What its log says of children that did not end by themselves. */
    abstract public function ended(): array;

    public function get(string $page, array $asked): string
    {
        return (string) file_get_contents($this->address($page, $asked), false, stream_context_create(['http' => ['ignore_errors' => true, 'timeout' => 300]]));
    }

    public function address(string $page, array $asked): string
    {
        return "http://127.0.0.1:$this->port/$page.php?" . http_build_query($asked);
    }

    /** The process that serves none. */
    public function parent(): int
    {
        return (int) file_get_contents("$this->folder/php.pid");
    }

    /** @return list<int> those that serve */
    public function children(): array
    {
        $parent = $this->parent();
        return array_map('intval', explode(' ', trim((string) @file_get_contents("/proc/$parent/task/$parent/children"))));
    }

    public function stop(): void
    {
        foreach (glob("$this->folder/*.pid") ?: [] as $file) {
            Shell::run(['bash', '-c', 'source "$1/stop.sh"; stop_by "$2" TERM', 'stop', Lab::root() . '/tests/lab', $file], [
                'LAB_RUN' => Lab::run(),
            ]);
        }
    }

    protected function tool(string $name): string
    {
        return Lab::cache() . "/tools/$name";
    }

    /** @return list<string> */
    protected function logged(string $pattern): array
    {
        return array_values(preg_grep($pattern, (array) file("$this->folder/php.log", FILE_IGNORE_NEW_LINES)));
    }
}
