<?php

/**
 * A site that stands in for WordPress where it must be known how long an answer takes and what was under way at once: as much
 * of wp/v2/users as a source needs, in memory, in one process that counts.
 *
 * Says where it listens in a line of JSON, then takes orders as lines of JSON on standard input, and answers each with one:
 * {"late": seconds, "say": null or {"status", "headers", "body"}, "close": bool, "forget": bool}; the answer is what was asked
 * of it so far. It ends when its standard input does.
 */

declare(strict_types=1);

namespace RudrSync\Bench;

final class StandInSite
{
    /** Seconds that an answer takes. */
    private float $late = 0.0;
    /** What is said instead of the right thing. */
    private ?array $say = null;
    /** Nothing is said: the connection ends. */
    private bool $close = false;

    /** @var array<int, array> accounts */
    private array $accounts = [];
    /** @var array<string, int> ids by login and by address, in small letters */
    private array $known = [];
    private int $next = 1;

    /** @var list<array{float, string, string, string}> when, method, path, login or address */
    private array $log = [];
    private int $open = 0;
    private int $most = 0;

    /** @var array<int, resource> */
    private array $connections = [];
    /** @var array<int, string> what came in and is no whole request yet */
    private array $heard = [];
    /** @var \SplPriorityQueue<array, array{int, string}> answers that wait for their time */
    private \SplPriorityQueue $waiting;

    public function __construct()
    {
        $this->waiting = new \SplPriorityQueue();
        $this->waiting->setExtractFlags(\SplPriorityQueue::EXTR_BOTH);
        $this->add(['username' => 'agent', 'email' => 'agent@stand-in.example', 'roles' => ['administrator']]);
    }

    public function run(): void
    {
        $server = stream_socket_server('tcp://127.0.0.1:0');
        echo json_encode(['url' => 'http://' . stream_socket_get_name($server, false)]), "\n";
        $orders = '';
        while (true) {
            $read = ['server' => $server, 'orders' => STDIN] + $this->connections;
            $none = null;
            $wait = $this->waiting->isEmpty() ? 3600.0 : max(0.0, -$this->waiting->top()['priority'] - self::now());
            stream_select($read, $none, $none, (int) $wait, (int) (fmod($wait, 1) * 1e6));
            $this->sayWhatIsDue();
            foreach ($read as $name => $stream) {
                if ($name === 'server') {
                    $connection = stream_socket_accept($server);
                    stream_set_blocking($connection, false);
                    $this->connections[(int) $connection] = $connection;
                    $this->heard[(int) $connection] = '';
                } elseif ($name === 'orders') {
                    $line = fgets(STDIN);
                    if ($line === false) {
                        return;
                    }
                    echo json_encode($this->order(json_decode($line, true))), "\n";
                } else {
                    $this->hear((int) $name, $stream);
                }
            }
        }
    }

    private function order(array $order): array
    {
        if ($order['forget'] ?? false) {
            [$this->log, $this->most] = [[], 0];
        }
        $this->late = (float) ($order['late'] ?? $this->late);
        $this->close = (bool) ($order['close'] ?? $this->close);
        if (array_key_exists('say', $order)) {
            $this->say = $order['say'];
        }
        return ['most' => $this->most, 'now' => self::now(), 'log' => $this->log];
    }

    private function hear(int $name, mixed $stream): void
    {
        $more = fread($stream, 65536);
        if ($more === '' || $more === false) {
            $this->hangUp($name);
            return;
        }
        $this->heard[$name] .= $more;
        while (isset($this->heard[$name]) && ($end = strpos($this->heard[$name], "\r\n\r\n")) !== false) {
            $head = substr($this->heard[$name], 0, $end);
            $length = preg_match('/^content-length: *(\d+)/mi', $head, $found) ? (int) $found[1] : 0;
            if (strlen($this->heard[$name]) < $end + 4 + $length) {
                return;
            }
            $body = substr($this->heard[$name], $end + 4, $length);
            $this->heard[$name] = substr($this->heard[$name], $end + 4 + $length);
            [$method, $target] = explode(' ', strtok($head, "\r\n"));
            $this->asked($name, $method, $target, (array) json_decode($body, true));
        }
    }

    private function asked(int $name, string $method, string $target, array $given): void
    {
        [$path, $query] = explode('?', $target, 2) + [1 => ''];
        parse_str($query, $query);
        $this->log[] = [self::now(), $method, $path, (string) ($given['username'] ?? $query['search'] ?? '')];
        $this->most = max($this->most, ++$this->open);
        if ($this->close) {
            $answer = '';
        } elseif ($this->say !== null) {
            $answer = self::answer($this->say['status'], $this->say['headers'] ?? [], $this->say['body'] ?? '');
        } else {
            [$status, $body] = $this->does($method, $path, $query, $given);
            $answer = self::answer($status, ['Content-Type: application/json; charset=UTF-8', 'X-WP-TotalPages: 1'], json_encode($body));
        }
        $this->waiting->insert([$name, $answer], -(self::now() + $this->late));
        $this->sayWhatIsDue();
    }

    private function sayWhatIsDue(): void
    {
        while (!$this->waiting->isEmpty() && -$this->waiting->top()['priority'] <= self::now()) {
            [$name, $answer] = $this->waiting->extract()['data'];
            $this->open--;
            if (!isset($this->connections[$name])) {
                continue;
            }
            if ($answer === '') {
                $this->hangUp($name);
            } else {
                fwrite($this->connections[$name], $answer);
            }
        }
    }

    private function hangUp(int $name): void
    {
        fclose($this->connections[$name]);
        unset($this->connections[$name], $this->heard[$name]);
    }

    /** @return array{int, array} */
    private function does(string $method, string $path, array $query, array $given): array
    {
        $at = strpos($path, '/wp/v2/users');
        if ($at === false) {
            return [200, ['name' => 'A stand-in', 'namespaces' => ['wp/v2'], 'authentication' => ['application-passwords' => (object) []]]];
        }
        $which = trim(substr($path, $at + strlen('/wp/v2/users')), '/');
        $id = $which === 'me' ? 1 : (int) $which;
        if ($which === '' && $method === 'GET') {
            $found = $this->known[strtolower($query['search'] ?? '')] ?? null;
            return [200, $found === null ? [] : [$this->shown($found)]];
        }
        if ($which === '') {
            foreach (['username' => 'login', 'email' => 'email'] as $field => $word) {
                if (isset($this->known[strtolower($given[$field])])) {
                    return [500, ['code' => "existing_user_$word", 'message' => 'Taken.', 'data' => null]];
                }
            }
            return [201, $this->shown($this->add($given))];
        }
        if (!isset($this->accounts[$id])) {
            return [404, ['code' => 'rest_user_invalid_id', 'message' => 'Invalid user ID.', 'data' => ['status' => 404]]];
        }
        if ($method === 'DELETE') {
            $previous = $this->shown($id);
            unset($this->known[strtolower($previous['username'])], $this->known[strtolower($previous['email'])], $this->accounts[$id]);
            return [200, ['deleted' => true, 'previous' => $previous]];
        }
        if ($method === 'POST') {
            $this->accounts[$id] = array_diff_key($given, ['password' => 0]) + $this->accounts[$id];
        }
        return [200, $this->shown($id)];
    }

    private function add(array $given): int
    {
        $id = $this->next++;
        $this->known[strtolower($given['username'])] = $this->known[strtolower($given['email'])] = $id;
        $this->accounts[$id] = array_diff_key($given, ['password' => 0]) + ['registered_date' => gmdate('Y-m-d\TH:i:s+00:00')];
        return $id;
    }

    private function shown(int $id): array
    {
        $roles = $this->accounts[$id]['roles'] ?? ['subscriber'];
        $can = ['read' => true] + ($id === 1 ? ['edit_users' => true, 'create_users' => true, 'delete_users' => true, 'promote_users' => true, 'list_users' => true] : []);
        return ['id' => $id, 'roles' => $roles, 'capabilities' => $can + array_fill_keys($roles, true)] + $this->accounts[$id];
    }

    private static function answer(int $status, array $headers, string $body): string
    {
        $lines = ["HTTP/1.1 $status Said", 'Date: ' . gmdate('D, d M Y H:i:s') . ' GMT', 'Content-Length: ' . strlen($body), ...$headers];
        return implode("\r\n", $lines) . "\r\n\r\n$body";
    }

    private static function now(): float
    {
        return hrtime(true) / 1e9;
    }
}

(new StandInSite())->run();
