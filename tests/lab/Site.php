<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A real WordPress of the lab. */
final class Site
{
    private ?\mysqli $db = null;

    public function __construct(
        public readonly string $name,
        public readonly string $version,
        public readonly string $folder,
        public readonly string $url,
        public readonly string $database,
        public readonly string $prefix,
    ) {
    }

    public static function load(string $folder): self
    {
        if (!is_file("$folder/site.json")) {
            throw new LabError('No site ' . basename($folder) . ' in this lab');
        }
        $about = json_decode((string) file_get_contents("$folder/site.json"), true);
        return new self(
            $about['name'],
            $about['version'],
            $folder,
            $about['url'],
            $about['database'],
            $about['prefix'],
        );
    }

    public function url(string $path = ''): string
    {
        return $this->url . ($path === '' ? '' : '/' . ltrim($path, '/'));
    }

    // --- PHP inside it ---

    /**
     * Runs PHP inside this WordPress, on the command line. $code is a file, or PHP that may `return` what JSON
     * can hold; it sees $args. An exception in it is thrown here as ThrownInside, a fatal error as LabError.
     *
     * @param array<string, string> $environment
     */
    public function run(string $code, array $args = [], array $environment = []): mixed
    {
        return $this->order($code, $args, $environment, false);
    }

    /** The same without WordPress being loaded first. */
    public function php(string $code, array $args = [], array $environment = []): mixed
    {
        return $this->order($code, $args, $environment, true);
    }

    /** The same in a process that goes on by itself. */
    public function background(string $code, array $args = [], array $environment = []): Background
    {
        return new Background($this->orderCommand(), $environment + $this->environment(), $this->orderText($code, $args, false));
    }

    /** The same inside a php-fpm request: what happens there at its end, happens. */
    public function web(string $code, array $args = []): mixed
    {
        $answer = $this->browser()->request('POST', 'lab-run', self::encode(self::piece($code) + ['args' => $args]), [
            'Content-Type: application/json',
            'X-Lab: ' . sha1_file("$this->folder/config.php"),
        ]);
        if ($answer->status !== 200) {
            throw new LabError("Site $this->name answered $answer->status: " . Browser::text($answer->body)
                . "\n" . implode("\n", $this->errors()));
        }
        return self::result($answer->body);
    }

    /** The environment in which `php` and `php-fpm` are this site's. */
    public function environment(): array
    {
        return [
            'PHP_INI_SCAN_DIR' => Lab::cache() . "/php.d:$this->folder/ini",
            'LAB_SITE_CONFIG' => "$this->folder/config.php",
            'LAB_TREE' => Lab::tree($this->version),
        ];
    }

    /** The start of a command line that runs PHP as this site does (with environment()). */
    public function phpCommand(): array
    {
        return [PHP_BINARY, '-c', Lab::root() . '/tests/lab/php.ini', '-d', 'display_errors=stderr'];
    }

    // --- its settings ---

    /** Adds PHP to its config.php, before all else that is there. */
    public function config(string $lines): void
    {
        file_put_contents("$this->folder/config-more.php", "$lines\n", FILE_APPEND);
    }

    /** Sets php.ini settings (null takes one away); php-fpm sees them after restart(). */
    public function ini(array $settings): void
    {
        $file = "$this->folder/ini/settings.json";
        $kept = is_file($file) ? json_decode((string) file_get_contents($file), true) : [];
        $kept = array_filter($settings + $kept, static fn ($value) => $value !== null);
        file_put_contents($file, json_encode((object) $kept));

        $lines = '';
        $about = json_decode((string) file_get_contents("$this->folder/site.json"), true);
        if ($about['extension']) {
            $lines .= 'extension = "' . Lab::extension() . "\"\n";
        }
        $lines .= 'sendmail_path = "\'' . __DIR__ . "/sendmail.sh' '$this->folder/mails'\"\n"
            . "error_log = \"$this->folder/errors.log\"\n";
        foreach ($kept as $name => $value) {
            $lines .= "$name = \"$value\"\n";
        }
        file_put_contents("$this->folder/ini/lab.ini", $lines);
    }

    /** Sets php-fpm pool settings and restarts it. */
    public function pool(array $settings): void
    {
        $file = "$this->folder/site.json";
        $about = json_decode((string) file_get_contents($file), true);
        $about['pool'] = (object) ($settings + $about['pool']);
        file_put_contents($file, json_encode($about, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES));
        $this->restart();
    }

    /**
     * Writes the file of remote sites that `rudr_sync.sites` names, and restarts php-fpm.
     *
     * @param array<string, Site|array<string, mixed>> $remotes by name; a Site stands for its address, its first
     *        administrator and a new application password; an array may have `site` and any further option
     */
    public function sitesFile(array $remotes): string
    {
        $file = "$this->folder/sites.toml";
        $toml = '';
        foreach ($remotes as $name => $settings) {
            $settings = is_array($settings) ? $settings : ['site' => $settings];
            if (isset($settings['site'])) {
                $remote = $settings['site'];
                unset($settings['site']);
                $settings += ['url' => $remote->url, 'username' => Lab::ADMIN];
                $settings += ['password' => $remote->applicationPassword($settings['username'], "$this->name $name")];
            }
            $toml .= "[sites.$name]\n";
            foreach ($settings as $key => $value) {
                $toml .= "$key = " . Toml::value($value) . "\n";
            }
        }
        touch($file);
        chmod($file, 0600);
        file_put_contents($file, $toml);
        $this->ini(['rudr_sync.sites' => $file]);
        $this->restart();
        return $file;
    }

    // --- start and stop ---

    public function stop(): void
    {
        (new Servers($this))->stop();
    }

    public function start(): void
    {
        (new Servers($this))->start();
    }

    /** php-fpm anew; nginx and its connections stay. */
    public function restart(): void
    {
        (new Servers($this))->restartPhp();
    }

    public function destroy(): void
    {
        $this->stop();
        $this->db()->query("DROP DATABASE IF EXISTS $this->database");
        Shell::run(['rm', '-rf', $this->folder]);
    }

    // --- what is in it ---

    /** With this site's database selected, once it is there. */
    public function db(): \mysqli
    {
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        try {
            $this->db?->set_charset('utf8mb4');
        } catch (\mysqli_sql_exception) {
            $this->db = null; // a test has stopped the server since
        }
        $this->db ??= new \mysqli('localhost', 'root', '', '', 0, Lab::sockets() . '/db');
        $this->db->set_charset('utf8mb4');
        try {
            $this->db->select_db($this->database);
        } catch (\mysqli_sql_exception $e) {
            if ($e->getCode() !== 1049) { // unknown database
                throw $e;
            }
        }
        return $this->db;
    }

    /** @return array<string, string>|null the row of wp_users, by login, email or id */
    public function user(string|int $who): ?array
    {
        $column = is_int($who) ? 'ID' : (str_contains($who, '@') ? 'user_email' : 'user_login');
        return $this->db()->execute_query("SELECT * FROM {$this->prefix}users WHERE $column = ?", [$who])
            ->fetch_assoc() ?: null;
    }

    public function meta(int $user, string $key): ?string
    {
        return $this->db()->execute_query(
            "SELECT meta_value FROM {$this->prefix}usermeta WHERE user_id = ? AND meta_key = ?",
            [$user, $key]
        )->fetch_row()[0] ?? null;
    }

    /** @return list<string> */
    public function roles(int $user): array
    {
        return array_keys(array_filter((array) unserialize($this->meta($user, "{$this->prefix}capabilities") ?? 'a:0:{}')));
    }

    public function createUser(string $login, string $email, string $role = 'subscriber', ?string $password = null): int
    {
        return $this->run('return wp_insert_user(wp_slash($args));', [
            'user_login' => $login,
            'user_email' => $email,
            'role' => $role,
            'user_pass' => $password ?? Lab::PASSWORD,
        ]);
    }

    /** A new application password, as core would show it, without its spaces. */
    public function applicationPassword(string $login = Lab::ADMIN, string $name = 'lab'): string
    {
        return $this->run('
            $user = get_user_by("login", $args["login"]);
            $made = WP_Application_Passwords::create_new_application_password(
                $user->ID,
                array("name" => $args["name"] . " " . wp_generate_password(6, false))
            );
            if (is_wp_error($made)) {
                throw new RuntimeException($made->get_error_message());
            }
            return $made[0];
        ', ['login' => $login, 'name' => $name]);
    }

    // --- what it did ---

    /** From here on count requests(), mails() and errors(). */
    public function mark(): void
    {
        $this->fence();
        file_put_contents("$this->folder/mark.json", json_encode([
            'access' => (int) @filesize("$this->folder/access.log"),
            'errors' => (int) @filesize("$this->folder/errors.log"),
            'fpm' => (int) @filesize("$this->folder/php-fpm.log"),
            'mails' => glob("$this->folder/mails/*.eml") ?: [],
        ]));
    }

    /**
     * The requests that it answered since the last mark(), without those of the tests' own browsers.
     *
     * @return list<array{connection: int, method: string, uri: string, status: int, agent: string, user: string, time: float, took: float}>
     */
    public function requests(bool $browsersToo = false): array
    {
        $this->fence();
        $log = (string) @file_get_contents("$this->folder/access.log", false, null, $this->marked('access'));
        $requests = [];
        foreach (array_filter(explode("\n", $log)) as $line) {
            $request = json_decode($line, true, 512, JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);
            if (!str_starts_with($request['uri'], '/lab-fence')
                && ($browsersToo || $request['agent'] !== Browser::AGENT)) {
                $requests[] = $request;
            }
        }
        return $requests;
    }

    /** @return list<Mail> mails that it sent since the last mark(), oldest first */
    public function mails(?string $to = null): array
    {
        $files = array_diff(glob("$this->folder/mails/*.eml") ?: [], $this->marked('mails') ?: []);
        sort($files);
        $mails = array_map(static fn (string $file) => Mail::parse((string) file_get_contents($file)), $files);
        return array_values(array_filter(
            $mails,
            static fn (Mail $mail) => $to === null || str_contains($mail->to, $to)
        ));
    }

    /** @return list<string> what PHP, WordPress and php-fpm logged as errors since the last mark(); tests want none */
    public function errors(): array
    {
        $php = (string) @file_get_contents("$this->folder/errors.log", false, null, $this->marked('errors'));
        $fpm = (string) @file_get_contents("$this->folder/php-fpm.log", false, null, $this->marked('fpm'));
        // php-fpm: a child that crashed, too few children, what workers wrote; not its coming and going.
        $fpm = preg_grep('/\b(WARNING|ERROR|ALERT)\b/', explode("\n", $fpm)) ?: [];
        // What core does that PHP 8 deprecates is core's.
        $core = '~PHP Deprecated: .* in ' . preg_quote(Lab::tree($this->version) . '/wp-', '~') . '~';
        return array_values(array_filter(
            array_merge(explode("\n", $php), $fpm),
            static fn (string $line) => $line !== '' && !preg_match($core, $line)
        ));
    }

    /** The mailed link for setting a password, from the newest mail to that address. */
    public function resetLink(string $to): string
    {
        foreach (array_reverse($this->mails($to)) as $mail) {
            if ($link = $mail->resetLink()) {
                return $link;
            }
        }
        throw new LabError("Site $this->name has mailed no link to $to");
    }

    // --- people at it ---

    /** Somebody who is not logged in. */
    public function browser(): Browser
    {
        return new Browser($this->url, str_starts_with($this->url, 'https:') ? Tls::authority() : null);
    }

    /** Somebody who logged in by the form. */
    public function as(string $login, string $password): Browser
    {
        $browser = $this->browser();
        if (!$browser->login($login, $password)) {
            throw new Refused("$login can't log in on site $this->name");
        }
        return $browser;
    }

    public function asAdmin(): Browser
    {
        return $this->as(Lab::ADMIN, Lab::PASSWORD);
    }

    /** Whether that password logs in by the form. */
    public function login(string $login, string $password): bool
    {
        return $this->browser()->login($login, $password);
    }

    public function register(string $login, string $email): void
    {
        $this->browser()->register($login, $email);
    }

    public function setPasswordByLink(string $link, string $password): void
    {
        $this->browser()->setPasswordByLink($link, $password);
    }

    /** Forgets the password and sets another, all by form and mail. */
    public function resetPassword(string $login, string $email, string $password): void
    {
        $before = count($this->mails($email));
        $this->browser()->lostPassword($login);
        $mail = $this->mails($email)[$before] ?? throw new LabError("No mail to $email");
        $this->setPasswordByLink((string) $mail->resetLink(), $password);
    }

    /** A REST request; $body goes as JSON. */
    public function rest(
        string $method,
        string $route,
        ?array $body = null,
        ?string $login = null,
        ?string $applicationPassword = null,
    ): Answer {
        $headers = ['Content-Type: application/json'];
        if ($login !== null) {
            $headers[] = 'Authorization: Basic ' . base64_encode("$login:$applicationPassword");
        }
        return $this->browser()->request(
            $method,
            'wp-json/' . ltrim($route, '/'),
            $body === null ? null : self::encode($body),
            $headers,
        );
    }

    // --- how ---

    private function order(string $code, array $args, array $environment, bool $bare): mixed
    {
        [$output, $result] = Shell::run(
            $this->orderCommand(),
            $environment + $this->environment(),
            $this->orderText($code, $args, $bare)
        );
        if ($result === '') {
            throw new LabError("The code ended without a result on site $this->name: " . trim($output));
        }
        return self::result($result);
    }

    private function orderCommand(): array
    {
        return [...$this->phpCommand(), __DIR__ . '/wp/run.php'];
    }

    private function orderText(string $code, array $args, bool $bare): string
    {
        $parts = parse_url($this->url);
        $host = $parts['host'] . ':' . $parts['port'];
        return self::encode(self::piece($code) + ['args' => $args, 'bare' => $bare, 'server' => [
            'HTTP_HOST' => $host,
            'SERVER_NAME' => $parts['host'],
            'SERVER_PORT' => (string) $parts['port'],
            'REQUEST_URI' => '/',
            'REQUEST_METHOD' => 'GET',
            'SERVER_PROTOCOL' => 'HTTP/1.1',
            'REMOTE_ADDR' => '127.0.0.1',
        ] + ($parts['scheme'] === 'https' ? ['HTTPS' => 'on'] : [])]);
    }

    private static function piece(string $code): array
    {
        return !str_contains($code, "\n") && is_file($code) ? ['file' => realpath($code)] : ['code' => $code];
    }

    private static function encode(mixed $value): string
    {
        return json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }

    private static function result(string $json): mixed
    {
        $answer = json_decode($json, true);
        if (!is_array($answer)) {
            throw new LabError("No result but: $json");
        }
        if (isset($answer['thrown'])) {
            throw new ThrownInside($answer['thrown'], $answer['message'], $answer['trace']);
        }
        return $answer['result'];
    }

    private function marked(string $what): mixed
    {
        $marks = json_decode((string) @file_get_contents("$this->folder/mark.json"), true);
        return $marks[$what] ?? 0;
    }

    /** nginx logs a request after it has answered; once a later one is in the log, so are all before it. */
    private function fence(): void
    {
        $token = bin2hex(random_bytes(6));
        try {
            $this->browser()->get("lab-fence?$token");
        } catch (LabError) {
            return; // it is stopped: its log is whole
        }
        for ($try = 0; $try < 200; $try++) {
            clearstatcache();
            $log = "$this->folder/access.log";
            if (str_contains((string) file_get_contents($log, false, null, max(0, (int) filesize($log) - 20000)), $token)) {
                return;
            }
            usleep(2000);
        }
        throw new LabError("The access log of site $this->name does not go on");
    }
}
