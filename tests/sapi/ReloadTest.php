<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * A server that reads its settings again while eight visitors ask for pages that call a site: nobody sees anything of it.
 *
 * RELOADS=10 DURING=60 are so many within so many seconds; WITHOUT=1 leaves the extension out, to see how the server itself does.
 */
final class ReloadTest extends SapiTestCase
{
    /** Seconds in which a process must have ended that was told to. */
    private const PATIENCE = 100;

    /** @dataProvider everyServer */
    public function testNoPageFailsWhileTheServerReloads(string $name): void
    {
        $reloads = (int) (getenv('RELOADS') ?: 3);
        $pause = (float) (getenv('DURING') ?: 6) / $reloads;
        $without = (bool) getenv('WITHOUT');
        $php = $this->start($name, $without ? ['extension' => ''] : []);
        $load = new Load($php->address('slow', ['remote' => $this->fake->base]), static fn (array $page) => $page['found'] === ($without ? null : 1));

        $done = 0;
        $old = [];
        $last = microtime(true);
        $load->while(function () use ($php, $load, $reloads, $pause, &$done, &$old, &$last): bool {
            // The next not before all of those are gone that served before the last, and others have served since.
            $isOver = array_intersect($old, $php->children()) === [] && array_diff(array_keys($load->servers), $old) !== [];
            $since = microtime(true) - $last;
            if (!$isOver || $since < $pause) {
                return $since < self::PATIENCE;
            }
            if ($done === $reloads) {
                return false;
            }
            $old = $php->children();
            $load->servers = [];
            $last = microtime(true);
            $done++;
            $php->reload();
            return true;
        });

        if (getenv('DURING')) {
            fwrite(STDERR, "\n$name: $load->served pages, $done reloads, " . count($load->failed) . " failed\n");
        }
        self::assertSame([], $load->failed);
        self::assertSame($reloads, $done);
        self::assertSame([], array_intersect($old, $php->children()), 'all end that were told to');
        self::assertSame([], $php->ended(), 'and by themselves');
        self::assertGreaterThan(0, $load->served);
    }
}
