<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What a batch costs beside wp_insert_user() alone. In queries: times are for measure.php. */
final class CostTest extends ReceiverTestCase
{
    /** @dataProvider versions */
    public function testAnOrdinaryPageLoadsOneFileAndAsksNothing(string $version): void
    {
        $site = self::site($version);
        $file = "$site->folder/wp-content/mu-plugins/weigh.php";
        file_put_contents($file, '<?php
            add_filter("query", function ($query) { $GLOBALS["asked"][] = $query; return $query; });
            add_action("shutdown", fn () => file_put_contents(__DIR__ . "/../../weighed.json", json_encode([get_included_files(), $GLOBALS["asked"]])));');
        try {
            $weigh = function (callable $visit) use ($site): array {
                $visit();
                [$files, $queries] = json_decode(file_get_contents("$site->folder/weighed.json"), true);
                $files = array_map('basename', preg_grep('~/src/receiver/~', $files));
                return [array_values($files), array_values(preg_grep('/rudr_sync_rece/', $queries))];
            };
            $ordinary = [['class-receiver.php'], []];
            $admin = $site->asAdmin();
            self::assertSame($ordinary, $weigh(fn () => $site->browser()->get('')));
            self::assertSame($ordinary, $weigh(fn () => $admin->get('wp-admin/index.php')));
            self::assertSame([['class-receiver.php', 'class-receiver-routes.php'], []], $weigh(fn () => $site->rest('GET', 'wp/v2/posts')), "others' routes");
        } finally {
            unlink($file);
        }
    }

    /** @dataProvider versions */
    public function testABatchAsksTheDatabaseMuchLessThanAPlainLoop(string $version): void
    {
        [$plain, $batch] = self::site($version)->run(__DIR__ . '/both-ways.php', self::people(50));
        self::assertLessThan(0.75 * $plain['queries'], $batch['queries']);
        self::assertSame(['created' => 50], $batch['outcomes']);
    }

    /** @dataProvider versions */
    public function testUsersAreCountedOnceAfterABatch(string $version): void
    {
        [$counts, $kept, $real] = self::site($version)->run('
            global $wpdb;
            $counts = 0;
            add_filter("query", function ($query) use (&$counts) { $counts += (int) str_contains($query, "COUNT(ID) as c"); return $query; });
            $request = RudrSync\Received_Request::read(["source" => $args["source"], "jobs" => $args["jobs"]]);
            RudrSync\Receiver_Batch::of($request, new RudrSync\Receiver_Settings())->run();
            return [$counts, get_user_count(), (int) $wpdb->get_var("SELECT COUNT(*) FROM $wpdb->users")];
        ', self::people(5));
        self::assertSame([1, $real], [$counts, $kept]);
    }

    /** @dataProvider versions */
    public function testNothingIsHashed(string $version): void
    {
        $site = self::site($version);
        $people = self::people(1);
        $hashed = $site->run('
            add_filter("wp_hash_password_algorithm", function ($a) { $GLOBALS["hashed"][] = "bcrypt"; return $a; });
            require_once ABSPATH . WPINC . "/class-phpass.php";
            class Counting extends PasswordHash { function HashPassword($p) { $GLOBALS["hashed"][] = "phpass"; return parent::HashPassword($p); } }
            if (version_compare($GLOBALS["wp_version"], "6.8", "<")) { $GLOBALS["wp_hasher"] = new Counting(8, true); }
            $GLOBALS["hashed"] = [];
            $request = RudrSync\Received_Request::read(["source" => $args["source"], "jobs" => $args["jobs"]]);
            $out = RudrSync\Receiver_Batch::of($request, new RudrSync\Receiver_Settings())->run();
            $during = $GLOBALS["hashed"];
            wp_hash_password("x");
            return [$out[0]["status"], $during, $GLOBALS["hashed"]];
        ', $people);
        self::assertSame(['created', [], [$version === '6.1' ? 'phpass' : 'bcrypt']], $hashed, 'and afterwards all is as it was');
    }

    private static function people(int $count): array
    {
        $people = fn () => array_map(static fn () => Sender::somebody(), range(1, $count));
        return ['source' => Sender::uuid(), 'jobs' => $people(), 'plain' => array_column($people(), 'user')];
    }
}
