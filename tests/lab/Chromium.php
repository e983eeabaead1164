<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * A person at a real browser: headless Chromium, spoken to through chromedriver's WebDriver interface. For what only a browser
 * can tell: what is seen, at which width, and by keyboard; with JavaScript on or off.
 */
final class Chromium
{
    private const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // WebDriver's own key

    /** Keys that are no characters, as WebDriver writes them. */
    public const TAB = "\u{E004}";
    public const ENTER = "\u{E007}";
    public const SPACE = "\u{E00D}";

    private readonly \CurlHandle $curl;
    /** @var resource */
    private $driver;
    private readonly string $folder;
    private readonly string $session;
    private readonly string $address;

    public function __construct(bool $javascript = true)
    {
        $this->curl = curl_init();
        $this->folder = Shell::temporary('chromium');
        $this->address = $this->startDriver();
        $this->session = $this->startSession($javascript);
    }

    public function __destruct()
    {
        $this->quit();
    }

    // --- pages ---

    public function open(string $url): void
    {
        $this->ask('POST', '/url', ['url' => $url]);
    }

    public function url(): string
    {
        return $this->ask('GET', '/url');
    }

    /** Logs in by the form. */
    public function login(Site $site, string $login = Lab::ADMIN, string $password = Lab::PASSWORD): void
    {
        $this->open($site->url('wp-login.php'));
        // Not typed: core's own script moves the focus to the first field at some moment, in the middle of a password too.
        $this->js('document.querySelector("#user_login").value = ' . json_encode($login)
            . '; document.querySelector("#user_pass").value = ' . json_encode($password));
        $this->click('#wp-submit');
        $this->waitFor('#wpadminbar');
    }

    public function resize(int $width, int $height): void
    {
        $this->ask('POST', '/window/rect', ['width' => $width, 'height' => $height]);
    }

    /** A picture of the window, or of the whole page. */
    public function screenshot(string $file, bool $whole = false): void
    {
        if ($whole) {
            $shot = $this->ask('POST', '/goog/cdp/execute', [
                'cmd' => 'Page.captureScreenshot',
                'params' => ['captureBeyondViewport' => true, 'format' => 'png'],
            ])['data'];
        } else {
            $shot = $this->ask('GET', '/screenshot');
        }
        @mkdir(dirname($file), 0777, true);
        file_put_contents($file, base64_decode($shot));
    }

    // --- what is on a page ---

    public function text(string $css = 'body'): string
    {
        return $this->ask('GET', '/element/' . $this->find($css) . '/text');
    }

    /** @return list<string> */
    public function texts(string $css): array
    {
        return array_map(fn (string $id) => $this->ask('GET', "/element/$id/text"), $this->findAll($css));
    }

    public function has(string $css): bool
    {
        return $this->findAll($css) !== [];
    }

    public function isSeen(string $css): bool
    {
        return $this->has($css) && $this->ask('GET', '/element/' . $this->find($css) . '/displayed');
    }

    public function value(string $css): string
    {
        return (string) $this->ask('GET', '/element/' . $this->find($css) . '/property/value');
    }

    /** What a script returns. It runs for the test even where the page's own scripts do not. */
    public function js(string $script): mixed
    {
        return $this->ask('POST', '/execute/sync', ['script' => $script, 'args' => []]);
    }

    // --- what is done ---

    public function click(string $css): void
    {
        $this->ask('POST', '/element/' . $this->find($css) . '/click', (object) []);
    }

    /** Replaces what is in a field. */
    public function fill(string $css, string $text): void
    {
        $id = $this->find($css);
        $this->ask('POST', "/element/$id/clear", (object) []);
        $this->ask('POST', "/element/$id/value", ['text' => $text]);
    }

    /** Types, wherever the focus is. */
    public function press(string $keys): void
    {
        $actions = [];
        foreach (mb_str_split($keys) as $key) {
            $actions[] = ['type' => 'keyDown', 'value' => $key];
            $actions[] = ['type' => 'keyUp', 'value' => $key];
        }
        $this->ask('POST', '/actions', ['actions' => [['type' => 'key', 'id' => 'keyboard', 'actions' => $actions]]]);
    }

    /** Until it is there; a page that does not bring it within half a minute never will. */
    public function waitFor(string $css): void
    {
        for ($try = 0; $try < 300; $try++) {
            if ($this->has($css)) {
                return;
            }
            usleep(100_000);
        }
        throw new LabError("No $css at {$this->url()}: " . substr($this->text(), 0, 2000));
    }

    public function quit(): void
    {
        if (!isset($this->driver)) {
            return;
        }
        if (isset($this->session)) {
            try {
                $this->ask('DELETE', '');
            } catch (LabError) {
                // It is gone already.
            }
        }
        proc_terminate($this->driver);
        proc_close($this->driver);
        unset($this->driver);
        Shell::run(['rm', '-rf', $this->folder]);
    }

    // --- how ---

    private function find(string $css): string
    {
        return $this->findAll($css)[0] ?? throw new LabError("No $css at {$this->url()}: " . substr($this->text(), 0, 2000));
    }

    /** @return list<string> */
    private function findAll(string $css): array
    {
        return array_column($this->ask('POST', '/elements', ['using' => 'css selector', 'value' => $css]), self::ELEMENT);
    }

    private function ask(string $method, string $path, array|object|null $body = null): mixed
    {
        return $this->request($method, "/session/$this->session$path", $body);
    }

    private function request(string $method, string $path, array|object|null $body): mixed
    {
        curl_setopt_array($this->curl, [
            CURLOPT_URL => $this->address . $path,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_POSTFIELDS => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
            CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_PROXY => '',
            CURLOPT_TIMEOUT => 120,
        ]);
        $answer = curl_exec($this->curl);
        if ($answer === false) {
            throw new LabError("chromedriver: $method $path: " . curl_error($this->curl));
        }
        $answer = json_decode((string) $answer, true, 512, JSON_THROW_ON_ERROR);
        if (is_array($answer['value']) && isset($answer['value']['error'])) {
            throw new LabError("chromedriver: $method $path: {$answer['value']['error']}: {$answer['value']['message']}");
        }
        return $answer['value'];
    }

    /** @return string its address */
    private function startDriver(): string
    {
        // It picks a port itself and says which.
        $said = "$this->folder/driver.log";
        $driver = proc_open(
            ['chromedriver', '--port=0'],
            [['file', '/dev/null', 'r'], ['file', $said, 'w'], ['file', $said, 'a']],
            $pipes
        );
        if ($driver === false) {
            throw new LabError('Cannot start chromedriver');
        }
        $this->driver = $driver;
        for ($try = 0; $try < 300; $try++) {
            if (preg_match('/started successfully on port (\d+)/', (string) file_get_contents($said), $found)) {
                return "http://127.0.0.1:$found[1]";
            }
            usleep(100_000);
        }
        throw new LabError('chromedriver did not start: ' . file_get_contents($said));
    }

    private function startSession(bool $javascript): string
    {
        $arguments = [
            '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
            '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
            '--hide-scrollbars', "--user-data-dir=$this->folder/profile", '--window-size=1280,900', '--lang=en-US',
            // Nothing goes out: whatever is not this machine has no address.
            '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
        ];
        $options = ['args' => $arguments];
        if (!$javascript) {
            $options['prefs'] = ['profile.managed_default_content_settings.javascript' => 2];
        }
        return $this->request('POST', '/session', [
            'capabilities' => ['alwaysMatch' => ['browserName' => 'chrome', 'goog:chromeOptions' => $options]],
        ])['sessionId'];
    }
}
