<?php
/**
 * A small WordPress for the phpt tests: one process, kept connections, a few accounts in memory.
 *
 * The first part of the path chooses how it behaves, the rest is the REST route: http://127.0.0.1:PORT/wp/wp-json/wp/v2/users.
 * It prints its port, and ends when its standard input is closed, which the end of the test does.
 */

$server = stream_socket_server('tcp://127.0.0.1:0', $code, $why) or exit("$why\n");
echo stream_socket_get_name($server, false), "\n";

$accounts = [1 => ['id' => 1, 'username' => 'bot', 'email' => 'bot@b.example', 'roles' => ['administrator'], 'capabilities' => ['edit_users' => true]]];
$requests = [];
$connections = [];
$buffers = [];
$late = []; // connection, answer and when it is to be sent, in that order

while (true) {
    $read = [STDIN, $server, ...$connections];
    $none = null;
    stream_select($read, $none, $none, $late === [] ? 3600 : 0, 1000);
    while ($late !== [] && $late[0][2] <= microtime(true)) {
        [$stream, $answer] = array_shift($late);
        if (is_resource($stream)) {
            fwrite($stream, $answer);
        }
    }
    foreach ($read as $stream) {
        if ($stream === STDIN) {
            exit;
        }
        if ($stream === $server) {
            $new = stream_socket_accept($server);
            stream_set_blocking($new, false);
            $connections[(int) $new] = $new;
            $buffers[(int) $new] = '';
            continue;
        }
        $id = (int) $stream;
        $bytes = fread($stream, 65536);
        if ($bytes === '' || $bytes === false) {
            if (feof($stream)) {
                fclose($stream);
                unset($connections[$id], $buffers[$id]);
            }
            continue;
        }
        $buffers[$id] .= $bytes;
        while (($request = take($buffers[$id])) !== null) {
            $request['connection'] = $id;
            $answer = answer($request);
            if ($request['mode'] === 'late') {
                $late[] = [$stream, $answer, microtime(true) + 0.02];
            } elseif ($answer !== null) {
                // All of it, however long it is.
                stream_set_blocking($stream, true);
                fwrite($stream, $answer);
                stream_set_blocking($stream, false);
            }
            // The tests' own question for the log is asked by PHP's stream wrapper, which keeps nothing.
            if (($request['headers']['connection'] ?? '') === 'close') {
                fclose($stream);
                unset($connections[$id], $buffers[$id]);
                break;
            }
        }
    }
}

/** One whole request from the front of a buffer, or null. */
function take(string &$buffer): ?array {
    $end = strpos($buffer, "\r\n\r\n");
    if ($end === false) {
        return null;
    }
    $lines = explode("\r\n", substr($buffer, 0, $end));
    [$method, $target] = explode(' ', array_shift($lines));
    $headers = [];
    foreach ($lines as $line) {
        [$name, $value] = explode(':', $line, 2);
        $headers[strtolower($name)] = trim($value);
    }
    $length = (int) ($headers['content-length'] ?? 0);
    if (strlen($buffer) < $end + 4 + $length) {
        return null;
    }
    $body = substr($buffer, $end + 4, $length);
    $buffer = substr($buffer, $end + 4 + $length);
    $url = parse_url($target);
    parse_str($url['query'] ?? '', $query);
    [, $mode, $route] = preg_match('~^/([^/]*)(?:/wp-json)?(/.*)?$~', $url['path'], $found) ? $found + [2 => '/'] : ['', '', '/'];
    return ['method' => $method, 'mode' => $mode, 'route' => $route, 'query' => $query, 'headers' => $headers, 'body' => $body];
}

function reply(int $status, $body, array $headers = []): string {
    $body = is_string($body) ? $body : json_encode($body);
    $head = "HTTP/1.1 $status X\r\nContent-Type: application/json\r\nContent-Length: " . strlen($body) . "\r\n";
    foreach ($headers as $name => $value) {
        $head .= "$name: $value\r\n";
    }
    return "$head\r\n$body";
}

function error(int $status, string $code, string $message, array $headers = []): string {
    return reply($status, ['code' => $code, 'message' => $message, 'data' => $status === 500 ? null : ['status' => $status]], $headers);
}

function answer(array $request): ?string {
    global $requests;
    if ($request['mode'] === 'log') {
        $whose = $request['query']['user'] ?? null;
        return reply(200, $whose === null ? $requests : array_values(array_filter($requests, fn ($asked) => $asked['user'] === $whose)));
    }
    $requests[] = [
        'connection' => $request['connection'],
        'asked' => "{$request['method']} {$request['route']}",
        'query' => $request['query'],
        'user' => explode(':', base64_decode(substr($request['headers']['authorization'] ?? '', 6)))[0],
        'password' => explode(':', base64_decode(substr($request['headers']['authorization'] ?? '', 6)), 2)[1] ?? null,
        'body' => json_decode($request['body'], true),
    ];
    return match (true) {
        in_array($request['mode'], ['wp', 'late'], true) => wordpress($request),
        $request['mode'] === 'hang' => null,
        $request['mode'] === 'html' => reply(200, '<html>hello</html>'),
        $request['mode'] === 'busy' => error(503, 'busy', 'Come back later.', ['Retry-After' => '7']),
        $request['mode'] === 'denied' => error(401, 'incorrect_password', 'The provided password is an invalid application password.'),
        $request['mode'] === 'forbidden' => error(403, 'rest_cannot_edit', 'Sorry, you are not allowed to edit this user.'),
        // What a site should never do: say back everything that it was sent.
        $request['mode'] === 'parrot' => error(400, 'parrot', json_encode([$request['headers'], $request['body']], JSON_UNESCAPED_SLASHES)),
        default => error(404, 'rest_no_route', 'No route was found.'),
    };
}

function wordpress(array $request): string {
    global $accounts;
    $given = json_decode($request['body'], true) ?? [];
    if ($request['route'] === '/') {
        return reply(200, ['name' => 'Fake', 'namespaces' => ['wp/v2'], 'authentication' => ['application-passwords' => []]]);
    }
    if (!preg_match('~^/wp/v2/users(?:/(me|\d+))?$~', $request['route'], $found)) {
        return error(404, 'rest_no_route', 'No route was found.');
    }
    $id = $found[1] ?? '';
    if ($id === '') {
        if ($request['method'] === 'GET') {
            $search = strtolower($request['query']['search']);
            $matches = array_values(array_filter($accounts, fn ($a) => str_contains(strtolower($a['email']), $search)));
            return reply(200, $request['query']['page'] > 1 ? [] : $matches, ['X-WP-Total' => count($matches), 'X-WP-TotalPages' => 1]);
        }
        foreach ($accounts as $account) {
            if ($account['username'] === $given['username']) {
                return error(500, 'existing_user_login', 'Sorry, that username already exists!');
            }
            if (strcasecmp($account['email'], $given['email']) === 0) {
                return error(500, 'existing_user_email', 'Sorry, that email address is already used!');
            }
        }
        $id = max(array_keys($accounts)) + 1;
        $accounts[$id] = ['id' => $id, 'roles' => ['subscriber'], 'capabilities' => ['read' => true], 'registered_date' => gmdate('c')] + $given;
        $accounts[$id]['roles'] = $given['roles'] ?? ['subscriber'];
        return reply(201, $accounts[$id]);
    }
    $id = $id === 'me' ? 1 : (int) $id;
    if (!isset($accounts[$id])) {
        return error(404, 'rest_user_invalid_id', 'Invalid user ID.');
    }
    if ($request['method'] === 'DELETE') {
        $gone = $accounts[$id];
        unset($accounts[$id]);
        return reply(200, ['deleted' => true, 'previous' => $gone]);
    }
    if ($request['method'] === 'POST') {
        if (isset($given['username']) && $given['username'] !== $accounts[$id]['username']) {
            return error(400, 'rest_user_invalid_argument', 'Username is not editable.');
        }
        $accounts[$id] = $given + $accounts[$id];
    }
    return reply(200, $accounts[$id]);
}
