<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * One person at a site: cookies, and WordPress's own forms, filled in and sent as a browser would.
 * What a form refuses is thrown as Refused, with the text that the person sees.
 */
final class Browser
{
    /** By this name Site::requests() leaves out the test's own requests. */
    public const AGENT = 'RudrLab';

    private readonly \CurlHandle $curl;

    public function __construct(private readonly string $url, private readonly ?string $ca = null)
    {
        $this->curl = curl_init();
    }

    /** @param list<string> $headers */
    public function request(
        string $method,
        string $path,
        ?string $body = null,
        array $headers = [],
        bool $follow = true,
    ): Answer {
        $answered = [];
        $options = [
            CURLOPT_URL => str_starts_with($path, 'http') ? $path : $this->url . '/' . ltrim($path, '/'),
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_USERAGENT => self::AGENT,
            CURLOPT_FOLLOWLOCATION => $follow,
            CURLOPT_MAXREDIRS => 5,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 120,
            CURLOPT_HEADERFUNCTION => static function ($curl, string $line) use (&$answered): int {
                if (str_starts_with($line, 'HTTP/')) {
                    $answered = []; // of the answer before, a redirect
                } elseif (str_contains($line, ':')) {
                    [$name, $value] = explode(':', $line, 2);
                    $answered[strtolower(trim($name))] = trim($value);
                }
                return strlen($line);
            },
        ];
        // A redirected POST goes on as GET, as browsers do; a method set by name would stay.
        $options += match (true) {
            $method === 'GET' => [CURLOPT_HTTPGET => true],
            $method === 'POST' => [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $body ?? ''],
            default => [CURLOPT_CUSTOMREQUEST => $method, CURLOPT_POSTFIELDS => $body ?? ''],
        };
        if ($this->ca !== null) {
            $options[CURLOPT_CAINFO] = $this->ca;
        }
        curl_reset($this->curl); // options only: connections and cookies stay
        curl_setopt($this->curl, CURLOPT_COOKIEFILE, ''); // no file, but cookies are kept in memory
        curl_setopt_array($this->curl, $options);
        $content = curl_exec($this->curl);
        if ($content === false) {
            throw new LabError("$method {$options[CURLOPT_URL]}: " . curl_error($this->curl));
        }
        return new Answer(
            curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE),
            $answered,
            (string) $content,
            curl_getinfo($this->curl, CURLINFO_EFFECTIVE_URL),
        );
    }

    public function get(string $path): Answer
    {
        return $this->request('GET', $path);
    }

    /**
     * Opens a page, fills in one of its forms and sends it.
     *
     * @param array<string, string|null> $values
     */
    public function submit(string $path, string $form, array $values): Answer
    {
        return $this->send($this->get($path), $form, $values);
    }

    public function login(string $login, string $password): bool
    {
        $this->submit('wp-login.php', 'loginform', ['log' => $login, 'pwd' => $password]);
        return $this->isLoggedIn();
    }

    public function isLoggedIn(): bool
    {
        // Netscape's cookie format: name and value are the last two of the tab-separated fields.
        return (bool) preg_grep('/\twordpress_logged_in_\w+\t\S+$/', $this->cookies());
    }

    /** The public registration form. */
    public function register(string $login, string $email): void
    {
        $answer = $this->submit('wp-login.php?action=register', 'registerform', [
            'user_login' => $login,
            'user_email' => $email,
        ]);
        if (!str_contains($answer->url, 'checkemail=registered')) {
            throw new Refused(self::errors($answer));
        }
    }

    /** Asks for the mail with a link, by the form for a lost password. */
    public function lostPassword(string $loginOrEmail): void
    {
        $answer = $this->submit('wp-login.php?action=lostpassword', 'lostpasswordform', ['user_login' => $loginOrEmail]);
        if (!str_contains($answer->url, 'checkemail=confirm')) {
            throw new Refused(self::errors($answer));
        }
    }

    /** Follows a mailed link and sets the password there. The link's key goes into a cookie on the way. */
    public function setPasswordByLink(string $link, string $password): void
    {
        $page = $this->get($link);
        if (!str_contains($page->body, 'id="resetpassform"')) {
            throw new Refused(self::errors($page));
        }
        $answer = $this->send($page, 'resetpassform', ['pass1' => $password, 'pass2' => $password]);
        if (!str_contains($answer->body, 'reset-pass') || str_contains($answer->body, 'id="resetpassform"')) {
            throw new Refused(self::errors($answer));
        }
    }

    /**
     * The own profile screen.
     *
     * @param array<string, string|null> $values first_name, last_name, nickname, display_name, email, url,
     *        description, locale, or any field of the form; `password` fills both of its password fields
     */
    public function profile(array $values): void
    {
        $this->save('wp-admin/profile.php', 'your-profile', $values, 'updated=');
    }

    /** Another user's screen; also has `role`. */
    public function userEdit(int $id, array $values): void
    {
        $this->save("wp-admin/user-edit.php?user_id=$id", 'your-profile', $values, 'updated=');
    }

    /** "Add New User": user_login, email, password, role, first_name, last_name, url, send_user_notification. */
    public function userNew(array $values): int
    {
        $answer = $this->save('wp-admin/user-new.php', 'createuser', $values, 'update=');
        // "?update=add&id=7"
        parse_str((string) parse_url($answer->url, PHP_URL_QUERY), $query);
        return (int) ($query['id'] ?? 0);
    }

    /** Removal on the users screen; what the user wrote goes to $reassign, or is deleted too. */
    public function userDelete(int $id, ?int $reassign = null): void
    {
        // The list's form has no id; its nonce is that of the "Delete" links too.
        $list = $this->get('wp-admin/users.php');
        if (!preg_match('/name="_wpnonce" value="(\w+)"/', $list->body, $nonce)) {
            throw new Refused(self::errors($list));
        }
        $page = $this->get("wp-admin/users.php?action=delete&user=$id&_wpnonce=$nonce[1]");
        // 7.1 asks for each user singly.
        $each = str_contains($page->body, "delete_option[$id]") ? "[$id]" : '';
        $answer = $this->send($page, 'updateusers', $reassign === null
            ? ["delete_option$each" => 'delete']
            : ["delete_option$each" => 'reassign', "reassign_user$each" => (string) $reassign]);
        if (!str_contains($answer->url, 'delete_count=1')) {
            throw new Refused(self::errors($answer));
        }
    }

    /** The text of a page or a part of it, in one line. */
    public static function text(string $html): string
    {
        $html = preg_replace('~<(script|style|head)\b.*?</\1>~is', '', $html);
        return substr(trim(preg_replace('/\s+/u', ' ', html_entity_decode(strip_tags($html)))), 0, 1000);
    }

    private function save(string $path, string $form, array $values, string $sign): Answer
    {
        if (array_key_exists('password', $values)) {
            $values += ['pass1' => $values['password'], 'pass2' => $values['password'], 'pw_weak' => 'on'];
            unset($values['password']);
        }
        $answer = $this->submit($path, $form, $values);
        if (!str_contains($answer->url, $sign)) {
            throw new Refused(self::errors($answer));
        }
        return $answer;
    }

    private function send(Answer $page, string $form, array $values): Answer
    {
        $filled = Form::in($page, $form)->with($values);
        return $this->request('POST', self::target($page->url, $filled->action), $filled->body(), [
            'Content-Type: application/x-www-form-urlencoded',
            'Referer: ' . $page->url,
        ]);
    }

    /** A form's action, which may be relative, seen from its page. */
    private static function target(string $page, string $action): string
    {
        if ($action === '') {
            return $page;
        }
        if (preg_match('~^https?://~', $action)) {
            return $action;
        }
        preg_match('~^(https?://[^/]+)([^?#]*/)?~', $page, $parts);
        return str_starts_with($action, '/') ? $parts[1] . $action : $parts[1] . ($parts[2] ?? '/') . $action;
    }

    private static function errors(Answer $answer): string
    {
        $document = new \DOMDocument();
        @$document->loadHTML('<?xml encoding="UTF-8">' . $answer->body);
        $said = [];
        $boxes = "//*[@id='login_error' or contains(concat(' ', @class, ' '), ' error ') "
            . "or contains(@class, 'notice-error') or contains(@class, 'wp-die-message')]";
        foreach ((new \DOMXPath($document))->query($boxes) as $box) {
            $said[] = trim(preg_replace('/\s+/u', ' ', $box->textContent));
        }
        return implode(' / ', array_filter(array_unique($said)))
            ?: "$answer->url ($answer->status): " . self::text($answer->body);
    }

    /** @return list<string> */
    private function cookies(): array
    {
        return curl_getinfo($this->curl, CURLINFO_COOKIELIST) ?: [];
    }
}
