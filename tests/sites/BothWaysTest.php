<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * Sites that follow each other: a pair, a chain, a star, a ring. Workers deliver on all ends while people edit on all of them, some
 * the same at the same moment, one end alters what it gets, and requests fail in between: in the end all have the same.
 *
 *     EDITS=1000 SEED=7 phpunit -c tests/sites --group both-ways       more and other ones; each failure says its seed
 *
 * Why that is so, and every order of things that can be thought of: tests/converge.
 *
 * @group both-ways
 */
final class BothWaysTest extends SitesTestCase
{
    private const CONFIG = "define('RUDR_SYNC_META', ['phone']); define('RUDR_SYNC_RECEIVER', ['meta' => ['phone']]);
        define('RUDR_SYNC_DELIVERY', 'cron'); define('RUDR_SYNC_TIME_SCALE', 60);";
    /** An end that alters what it gets, as a plugin might; and one that fails when it is told to: before it does anything, or after. */
    private const ALTERS = '<?php add_filter("pre_user_first_name", fn ($name) => str_replace("<b>", "", $name));';
    private const FAILS = '<?php
        $fault = dirname(WP_CONTENT_DIR) . "/fault";
        if (str_contains($_SERVER["REQUEST_URI"] ?? "", "rudr-sync/v1/jobs") && is_file($fault)) {
            $when = file_get_contents($fault);
            unlink($fault);
            if ("before" === $when) {
                http_response_code(503);
                exit;
            }
            add_filter("rest_pre_echo_response", function () { exit; });
        }';
    private const PEOPLE = 12;
    /** Who of them is edited at a time. */
    private const AT_ONCE = 4;
    /** Whatever is changed, by how often; each is PHP that sees $user, $value and $number. */
    private const EDITS = [
        'first_name' => [5, 'wp_update_user(["ID" => $user->ID, "first_name" => $value]);'],
        'altered' => [2, 'update_user_meta($user->ID, "first_name", "<b>$value");'],
        'last_name' => [4, 'update_user_meta($user->ID, "last_name", "O\'$value \\\\ \u{1F642}");'],
        'phone' => [3, '$number % 3 ? update_user_meta($user->ID, "phone", ["home" => $value]) : delete_user_meta($user->ID, "phone");'],
        'display_name' => [2, 'wp_update_user(["ID" => $user->ID, "display_name" => $value]);'],
        'role' => [3, '$user->set_role(["subscriber", "contributor", "author"][$number % 3]);'],
        'email' => [1, 'wp_update_user(["ID" => $user->ID, "user_email" => "mail$number@example.org"]);'],
        'password' => [2, 'wp_set_password($value, $user->ID);'],
    ];
    private const ROW = ['user_login', 'user_email', 'user_url', 'display_name', 'user_pass'];
    private const META = ['nickname', 'first_name', 'last_name', 'description', 'phone', 'wp_capabilities'];

    /** @var list<Site> */
    private array $ends;
    /** @var list<Background> */
    private array $workers = [];
    /** @var list<string> what was done, for whoever looks for a fault */
    private array $story = [];
    private int $seed;
    private Dice $dice;

    /** Pairs that follow each other; of two the one that is named first is right. No circle in that: a ring has its last end too. */
    public static function shapes(): array
    {
        return [
            'two' => ['two', 2, [[0, 1]]],
            'chain' => ['chain', 3, [[0, 1], [1, 2]]],
            'star' => ['star', 4, [[0, 1], [0, 2], [0, 3]]],
            'ring' => ['ring', 3, [[0, 1], [1, 2], [0, 2]]],
        ];
    }

    /** @dataProvider shapes */
    public function testAllComeToTheSame(string $name, int $number, array $pairs): void
    {
        $this->seed = (int) (getenv('SEED') ?: 4);
        $this->dice = new Dice($this->seed);
        $this->makeEnds($name, $number, $pairs);
        try {
            $edits = $this->edit((int) (getenv('EDITS') ?: 20));
            $this->untilQuiet();
            $this->assertSameEverywhere();
            $requests = array_sum(array_map(self::requests(...), $this->ends));
            if (getenv('EDITS')) {
                fwrite(STDERR, sprintf("%s, seed %d: %d changes at %d ends, %d requests, %.2f for each change\n", $name, $this->seed, $edits, $number, $requests, $requests / $edits));
            }
            // Of few changes hardly two share a request, and each has so many other ends to reach.
            $most = getenv('EDITS') ? 2 * $edits : 2 * $edits * ($number - 1);
            $this->check($requests <= $most, "$requests requests for $edits changes at $number ends");
            $this->remove();
        } finally {
            array_map(static fn (Background $worker) => $worker->signal(SIGTERM), $this->workers);
            array_map(static fn (Background $worker) => $worker->end(120), $this->workers);
        }
        foreach ($this->ends as $end) {
            self::assertSame([], array_values(array_filter($end->errors(), static fn ($line) => !str_contains($line, 'WordPress.org'))));
        }
    }

    private function makeEnds(string $name, int $number, array $pairs): void
    {
        $this->ends = array_map(static fn (int $i) => End::make("$name$i", 'newest', ['config' => self::CONFIG]), range(0, $number - 1));
        foreach ($this->ends as $i => $end) {
            file_put_contents("$end->folder/wp-content/mu-plugins/fails.php", self::FAILS);
            $to = $options = [];
            foreach ($pairs as $pair) {
                if (in_array($i, $pair, true)) {
                    $other = array_sum($pair) - $i;
                    $to["end$other"] = $this->ends[$other];
                    $options["end$other"] = ['adopt' => 'any', 'authority' => $pair[0] === $i ? 'here' : 'there'];
                }
            }
            End::follow($end, $to, $options);
        }
        file_put_contents("{$this->ends[$number - 1]->folder}/wp-content/mu-plugins/alters.php", self::ALTERS);
        foreach ($this->ends as $end) {
            $this->workers[] = $end->background('return RudrSync\Plugin::parts()->worker()->run();');
        }
        for ($person = 1; $person <= self::PEOPLE; $person++) {
            $end = $this->ends[$person % $number];
            $end->createUser("p$person", "p$person@example.org", 'subscriber', "first of $person");
        }
        $this->untilQuiet();
        $this->assertSameEverywhere();
        End::forget(...$this->ends);
    }

    /** Several people are edited at a time, each at one end or at all of them. How many edits were done. */
    private function edit(int $number): int
    {
        $kinds = array_map(static fn (array $edit) => $edit[0], self::EDITS);
        for ($n = $done = 0; $n < $number;) {
            if ($this->dice->happens(12)) {
                $end = $this->dice->between(0, count($this->ends) - 1);
                $when = $this->dice->happens(50) ? 'before' : 'after';
                $this->story[] = "end$end fails $when the next request";
                file_put_contents("{$this->ends[$end]->folder}/fault", $when);
            }
            $all = [];
            $first = $this->dice->between(1, self::PEOPLE);
            for ($i = 0; $i < self::AT_ONCE && $n < $number; $i++) {
                $person = ($first + $i) % self::PEOPLE + 1;
                $kind = $this->dice->weighed($kinds);
                $at = $this->dice->happens(30) ? array_keys($this->ends) : [$this->dice->between(0, count($this->ends) - 1)];
                $n++;
                foreach ($at as $end) {
                    $this->story[] = "$n: $kind of p$person at end$end";
                    $all[] = $this->ends[$end]->background(
                        '$user = get_user_by("login", $args["login"]); $number = $args["number"]; $value = $args["value"];' . self::EDITS[$kind][1],
                        ['login' => "p$person", 'number' => 10 * $n + $end, 'value' => "v$n at $end"]
                    );
                }
            }
            foreach ($all as $one) {
                [$status, $said] = $one->end(120);
                $this->check($status === 0, "an edit failed: $said");
            }
            $done += count($all);
        }
        foreach ($this->ends as $end) {
            @unlink("$end->folder/fault");
        }
        return $done;
    }

    /** Who was made at an end is removed there, and then nowhere else. */
    private function remove(): void
    {
        $person = 1;
        $this->ends[$person % count($this->ends)]->run('require_once ABSPATH . "wp-admin/includes/user.php"; wp_delete_user(get_user_by("login", $args[0])->ID);', ["p$person"]);
        $this->untilQuiet();
        foreach ($this->ends as $i => $end) {
            $this->check($end->user("p$person") === null, "p$person is still at end$i");
        }
    }

    private function assertSameEverywhere(): void
    {
        for ($person = 1; $person <= self::PEOPLE; $person++) {
            $first = self::state($this->ends[0], "p$person");
            foreach ($this->ends as $i => $end) {
                $state = self::state($end, "p$person");
                $this->check($first === $state, "p$person at end$i: " . json_encode([array_diff_assoc($first, $state), array_diff_assoc($state, $first)]) . "\n" . self::links($this->ends));
            }
        }
    }

    /** @return array<string, ?string> */
    private static function state(Site $end, string $login): array
    {
        $row = $end->user($login) ?? [];
        $meta = static fn (string $key) => $end->meta((int) $row['ID'], $key);
        return array_intersect_key($row, array_flip(self::ROW)) + ($row ? array_combine(self::META, array_map($meta, self::META)) : []);
    }

    /** All links of all ends are in step, and stay so for as long as somebody could have something under way. */
    private function untilQuiet(): void
    {
        $end = microtime(true) + 300;
        for ($quiet = 0; $quiet < 10; usleep(200_000)) {
            $dirty = 0;
            foreach ($this->ends as $site) {
                $sql = "SELECT COUNT(*) FROM wp_rudr_sync_links l LEFT JOIN wp_users u ON u.ID = l.user_id
                    WHERE l.revision <> l.synced_revision AND NOT (COALESCE(u.user_login, '') = 'admin')";
                $dirty += (int) $site->db()->query($sql)->fetch_row()[0];
            }
            $quiet = $dirty ? 0 : $quiet + 1;
            $this->check(microtime(true) < $end, "never quiet\n" . self::links($this->ends));
        }
    }

    /** @param list<Site> $ends */
    private static function links(array $ends): string
    {
        $all = '';
        foreach ($ends as $i => $end) {
            foreach ($end->db()->query("SELECT site, user_id, remote_id, trust, revision, synced_revision, due_at, code, message, received, base FROM wp_rudr_sync_links ORDER BY user_id")->fetch_all(MYSQLI_ASSOC) as $row) {
                $all .= "end$i " . json_encode($row, JSON_UNESCAPED_SLASHES) . "\n";
            }
        }
        return $all;
    }

    /** How often somebody sent users to this end, and was answered. */
    private static function requests(Site $end): int
    {
        return count(array_filter($end->requests(), static fn (array $request) => $request['method'] === 'POST' && $request['status'] === 200));
    }

    private function check(bool $is, string $what): void
    {
        self::assertTrue($is, "SEED=$this->seed: $what\n" . implode("\n", $this->story));
    }
}
