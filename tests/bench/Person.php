<?php

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Answer;
use RudrSync\Tests\Form;
use RudrSync\Tests\Site;

/** Somebody at the measured site, whose browser says of each page how long it took. */
final class Person
{
    private readonly \CurlHandle $curl;
    private int $number = 0;
    private ?Form $profile = null;

    public function __construct(private readonly Site $site, private readonly Ways $ways)
    {
        $this->curl = curl_init();
        curl_setopt_array($this->curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_COOKIEFILE => '', CURLOPT_TIMEOUT => 60]);
    }

    /**
     * A user is made by code: nanoseconds of `wp_insert_user()`, and of the page around it.
     *
     * @return array{float, float}
     */
    public function insert(string $way): array
    {
        $login = $this->newcomer($way);
        [$page, $body] = $this->post('', ['user_login' => $login, 'user_email' => "$login@example.org", 'user_pass' => 'a password of some length', 'first_name' => 'Some', 'last_name' => 'One', 'role' => 'subscriber'], $way, ['X-Do: insert']);
        return [(float) (json_decode($body, true)['took'] ?? throw new \RuntimeException("no user: $body")), $page];
    }

    /** Somebody registers by the form. */
    public function register(string $way): float
    {
        $login = $this->newcomer($way);
        return $this->post('wp-login.php?action=register', ['user_login' => $login, 'user_email' => "$login@example.org", 'redirect_to' => '', 'wp-submit' => 'Register'], $way, [], 'checkemail=registered')[0];
    }

    /** The same, and then how long until they are on the remote, from sending the form and from having its answer. */
    public function follows(Site $remote): array
    {
        $begun = hrtime(true);
        $took = $this->register(Ways::OURS);
        $login = 'ours' . $this->number;
        while ($remote->db()->query("SELECT 1 FROM wp_users WHERE user_login = '$login'")->fetch_row() === null) {
            if (hrtime(true) - $begun > 60e9) {
                throw new \RuntimeException("$login is not on the remote after a minute");
            }
            usleep(1000);
        }
        $there = (float) (hrtime(true) - $begun);
        $this->ways->wait(Ways::OURS);
        return [$took, $there];
    }

    /** They log in, and have their profile open. */
    public function logIn(string $login, string $password): void
    {
        $this->post('wp-login.php', ['log' => $login, 'pwd' => $password, 'testcookie' => '1', 'wp-submit' => 'Log In', 'redirect_to' => ''], Ways::NONE, ['Cookie: wordpress_test_cookie=WP%20Cookie%20check'], 'profile.php');
        curl_setopt($this->curl, CURLOPT_HTTPHEADER, $this->ways->headers(Ways::NONE));
        curl_setopt_array($this->curl, [CURLOPT_HTTPGET => true, CURLOPT_URL => $this->site->url('wp-admin/profile.php')]);
        $page = (string) curl_exec($this->curl);
        $this->profile = Form::in(new Answer(curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE), [], $page, 'profile.php'), 'your-profile');
    }

    /** They save their profile. */
    public function profile(string $way): float
    {
        $form = $this->profile->with(['description' => 'Saved for the ' . ++$this->number . 'th time.', 'last_name' => "One$this->number"]);
        return $this->post('wp-admin/profile.php', $form->body(), $way, [], 'updated=')[0];
    }

    private function newcomer(string $way): string
    {
        return $way . ++$this->number;
    }

    /** @return array{float, string} nanoseconds, and the page */
    private function post(string $path, array|string $fields, string $way, array $headers = [], string $sign = ''): array
    {
        curl_setopt_array($this->curl, [
            CURLOPT_URL => $this->site->url($path),
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => is_array($fields) ? http_build_query($fields) : $fields,
            CURLOPT_HTTPHEADER => [...$this->ways->headers($way), ...$headers],
        ]);
        $begun = hrtime(true);
        $body = curl_exec($this->curl);
        $took = hrtime(true) - $begun;
        if ($body === false || ($sign !== '' && !str_contains((string) curl_getinfo($this->curl, CURLINFO_REDIRECT_URL), $sign))) {
            throw new \RuntimeException("$path as $way: " . curl_error($this->curl) . ' ' . curl_getinfo($this->curl, CURLINFO_REDIRECT_URL) . substr(strip_tags((string) $body), 0, 1000));
        }
        return [(float) $took, (string) $body];
    }
}
