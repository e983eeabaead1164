<?php

declare(strict_types=1);

namespace RudrSync\Bench;

use RudrSync\Tests\Background;
use RudrSync\Tests\Site;

/** One turn of backfill.php by one way: seconds for all users of the turn. */
final class Fill
{
    /** Before it begins all have loaded WordPress. */
    private const LOADS = 2.0;

    private const WORK = 'time_sleep_until($args[0]);
        $begun = hrtime(true);
        RudrSync\Plugin::parts()->worker()->run(0, true);
        return [$begun / 1e9, hrtime(true) / 1e9];';

    public function __construct(private readonly Both $both)
    {
    }

    /** Ours, as a worker does it. */
    public function ours(string $way, int $workers): float
    {
        $this->both->go($way);
        $begin = microtime(true) + self::LOADS;
        return self::took(array_map(fn () => $this->both->a->background(self::WORK, [$begin]), range(1, $workers)));
    }

    /** What WordPress itself can do there. */
    public function limit(string $what, int $processes): float
    {
        $begin = microtime(true) + self::LOADS;
        $people = $this->people();
        $each = array_chunk($people, (int) ceil(count($people) / $processes));
        return self::took(array_map(fn (array $people) => $this->both->b->background(__DIR__ . '/limit.php', ['at' => $begin, 'what' => $what, 'people' => $people]), $each));
    }

    /** The tutorial's code; only what its requests take is counted. */
    public function tutorial(string $what): float
    {
        return $this->both->a->run(__DIR__ . '/tutorial-calls.php', ['what' => $what]);
    }

    /** @param list<Background> $processes seconds from the first's begin to the last's end */
    private static function took(array $processes): float
    {
        $times = [];
        foreach ($processes as $process) {
            [$status, $said] = $process->end(3600);
            $times[] = json_decode($said, true)['result'] ?? throw new \RuntimeException("it ended with $status: $said");
        }
        return max(array_column($times, 1)) - min(array_column($times, 0));
    }

    /** Those of the source, in the words of wp_insert_user(); with their ids there, where they are. */
    private function people(): array
    {
        $meta = static fn (string $key): string => "(SELECT meta_value FROM wp_usermeta m WHERE m.user_id = u.ID AND meta_key = '$key') AS $key";
        $people = $this->both->a->db()->query('SELECT user_login, user_email, user_url, display_name, user_pass, ' . implode(', ', array_map($meta, ['nickname', 'first_name', 'last_name', 'description']))
            . ', (SELECT remote_id FROM wp_rudr_sync_links l WHERE l.user_id = u.ID) AS ID FROM wp_users u WHERE ID > 1000')->fetch_all(MYSQLI_ASSOC);
        return array_map('array_filter', $people);
    }
}
