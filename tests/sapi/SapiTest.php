<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** The extension does in every process that runs PHP what it does on the command line. */
final class SapiTest extends SapiTestCase
{
    /** @dataProvider everySapi */
    public function testItCallsChecksAndFails(string $name): void
    {
        $answer = $this->call($this->start($name));
        self::assertSame(
            ['sapi' => $name, 'found' => 1, 'checks' => [true, true, true, true, true, false], 'refused' => 'incorrect_password', 'preloaded' => null],
            array_diff_key($answer, ['pid' => 0])
        );
    }

    /** @dataProvider everyServer */
    public function testAProcessKeepsItsConnectionFromOneRequestToTheNext(string $name): void
    {
        $php = $this->start($name);
        $processes = [];
        for ($i = 0; $i < 20; $i++) {
            $processes[] = $this->call($php)['pid'];
        }
        $connections = array_column($this->fake->log(), 'connection');
        self::assertSame(count(array_unique($processes)), count(array_unique($connections)));
    }

    /** @dataProvider everySapi */
    public function testOpcacheItsCompilerAndPreloading(string $name): void
    {
        $php = $this->start($name, [
            'opcache.enable' => 1,
            'opcache.enable_cli' => 1,
            'opcache.jit' => 'tracing',
            'opcache.jit_buffer_size' => '16M',
            'opcache.preload' => __DIR__ . '/pages/preload.php',
            'user_agent' => "{$this->fake->base}/wp", // for the script, of which nobody can ask anything
        ]);
        for ($i = 0; $i < 10; $i++) {
            self::assertSame([1, 1], [($answer = $this->call($php))['found'], $answer['preloaded']]);
        }
        self::assertSame('GET /wp/v2/users', $this->fake->asked()[0], 'the script has called before all pages');
    }

    /** @dataProvider everySapi */
    public function testWhatPhpTellsOfItselfHoldsNoSecret(string $name): void
    {
        $folder = Lab::sockets();
        $key = base64_encode(random_bytes(32));
        file_put_contents("$folder/key", $key);
        file_put_contents("$folder/sites.toml", "[sites.default]\nurl = \"{$this->fake->base}/wp\"\nusername = \"bot\"\npassword = \"file password\"\n");
        chmod("$folder/sites.toml", 0644);
        chmod("$folder/key", 0644);
        $php = $this->start($name, ['rudr_sync.sites' => "$folder/sites.toml", 'rudr_sync.key_file' => "$folder/key"]);

        $page = $php->get('information', ['remote' => $this->fake->base]);

        self::assertSame(['file password', 'page password'], array_slice(array_column($this->fake->log(), 'password'), 0, 2));
        // (A failed assertion shows the whole page, were these about it.)
        foreach (['RudrSync\Unauthorized', 'Unanswered requests of this process', "$folder/sites.toml"] as $shown) {
            self::assertTrue(str_contains($page, $shown), "$shown is shown");
        }
        foreach (['page password', 'file password'] as $password) {
            foreach ([$password, base64_encode("bot:$password"), rawurlencode($password)] as $secret) {
                self::assertFalse(str_contains($page, $secret), "$secret is not");
            }
        }
        self::assertFalse(str_contains($page, $key), 'nor is the key');
    }

    /** @dataProvider everySapi */
    public function testTheTimeLimitCountsComputingOnlyAndEndsCallsThatGoOn(string $name): void
    {
        $php = $this->start($name);
        self::assertSame("timeout\n", $php->get('limit', ['remote' => $this->fake->base, 'what' => 'wait']));
        self::assertStringContainsString('Maximum execution time', $php->get('limit', ['remote' => $this->fake->base, 'what' => 'compute']));
        self::assertSame(1, $this->call($php)['found']);
    }

    /** @dataProvider everySapi */
    public function testAPageThatExitsMayCallUntilItIsGone(string $name): void
    {
        $php = $this->start($name);
        for ($i = 0; $i < 4; $i++) {
            self::assertSame("ended 1\nshut down 1\ndestroyed 1\nshown 1\n", $php->get('exits', ['remote' => $this->fake->base]));
        }
    }

    public function testAPageThatHangsInACallIsEndedByPhpFpm(): void
    {
        $php = $this->keep(new Fpm([], ['request_terminate_timeout' => '1s']));
        $this->call($php);
        self::assertStringContainsString('502', $php->get('hang', ['remote' => $this->fake->base]));
        self::assertSame(1, $this->call($php)['found']);
        self::assertCount(1, $php->ended());
    }

    /** @dataProvider everyServer */
    public function testTheProcessThatServesNothingHoldsNothingOfOurs(string $name): void
    {
        $with = $this->start($name);
        $without = $this->start($name, ['extension' => '']);
        for ($i = 0; $i < 4; $i++) {
            $this->call($with);
        }
        self::assertCount(1, glob("/proc/{$with->parent()}/task/*"), 'one thread');
        self::assertSame(self::open($without), self::open($with));
    }

    private function call(Sapi $php): array
    {
        $page = $php->get('call', ['remote' => $this->fake->base]);
        return json_decode($page, true) ?? self::fail("It says: $page");
    }

    /** What the process that serves nothing has open. */
    private static function open(Server $php): array
    {
        $open = [];
        foreach (glob("/proc/{$php->parent()}/fd/*") as $file) {
            // Not which socket or temporary file.
            $open[] = preg_replace(['/\[\d+]/', '~^.*/(?=[^/]*$)~', '/^(php|\.ZendSem\.)\w{6}(?= \(deleted)/'], ['', '', '$1'], (string) @readlink($file));
        }
        sort($open);
        return $open;
    }
}
