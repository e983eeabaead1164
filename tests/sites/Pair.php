<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** A source with the plugin, and the remote that its users follow to. */
final class Pair
{
    /** @var array<string, self> */
    private static array $made = [];
    private static int $people = 0;

    /** `$name`: what the remote is called at the source. */
    public function __construct(public readonly Site $a, public readonly Site $b, public readonly string $name = 'default')
    {
    }

    /** The pair of these versions; made once in a run. What B is has been asked, as it is once an hour: the requests of a change are its own. */
    public static function of(string $source, string $remote): self
    {
        if (!isset(self::$made["$source $remote"])) {
            $pair = self::make(self::nameOf('a', $source, $remote), $source, self::nameOf('b', $source, $remote), $remote);
            $pair->person();
            self::$made["$source $remote"] = $pair;
        }
        return self::$made["$source $remote"];
    }

    /** Meta `phone` follows; the remote has it registered, as its owner must. */
    public static function make(string $nameA, string $source, string $nameB, string $remote, array $options = []): self
    {
        $b = Lab::site($nameB, $remote);
        file_put_contents("$b->folder/wp-content/mu-plugins/meta.php", '<?php
            add_action("init", fn () => register_meta("user", "phone", ["type" => "string", "single" => true, "show_in_rest" => true]));');
        $a = Lab::site($nameA, $source, $options + [
            'plugin' => true,
            'extension' => true,
            'source' => $b,
            'config' => "define('RUDR_SYNC_META', ['phone']);",
        ]);
        return new self($a, $b);
    }

    /** A login that nobody has had. */
    public static function login(): string
    {
        return 'person' . ++self::$people;
    }

    /** Somebody who is on both sites already. */
    public function person(string $role = 'subscriber', string $password = 'first-Password'): Person
    {
        $login = self::login();
        $id = $this->a->createUser($login, "$login@example.org", $role, $password);
        $account = $this->b->user($login) ?? throw new LabError("$login did not follow: " . json_encode($this->link($id)));
        return new Person($login, "$login@example.org", $id, (int) $account['ID']);
    }

    /**
     * Does it and gives the requests that it cost the remote.
     *
     * @return list<string> such as "POST /wp-json/wp/v2/users"
     */
    public function requests(callable $do): array
    {
        $this->a->mark();
        $this->b->mark();
        $do();
        return array_map(
            static fn (array $request) => $request['method'] . ' ' . strtok($request['uri'], '?'),
            $this->b->requests()
        );
    }

    /** Code inside the source; it sees $id and $args. */
    public function run(int $id, string $code, array $args = []): mixed
    {
        return $this->a->run('$id = $args["id"];' . $code, ['id' => $id] + $args);
    }

    public function link(int $id): ?array
    {
        return $this->a->db()->execute_query(
            "SELECT * FROM {$this->a->prefix}rudr_sync_links WHERE user_id = ? AND site = ?",
            [$id, $this->name]
        )->fetch_assoc() ?: null;
    }

    /** The remote did not answer and is left alone for a while: that while is over. */
    public function endHold(): void
    {
        $this->a->db()->query("UPDATE {$this->a->prefix}rudr_sync_sites SET hold_until = UTC_TIMESTAMP()");
    }

    /** All of an account that a stranger must not be able to change, password hash and roles included; not what logging in changes. */
    public function account(int $id): ?array
    {
        $user = $this->b->user($id);
        if ($user === null) {
            return null;
        }
        $meta = $this->b->db()->execute_query(
            "SELECT meta_key, meta_value FROM {$this->b->prefix}usermeta WHERE user_id = ? AND meta_key NOT IN ('session_tokens', '_application_passwords') ORDER BY meta_key",
            [$id]
        )->fetch_all();
        unset($user['user_activation_key']);
        return [$user, $meta];
    }

    private static function nameOf(string $side, string $source, string $remote): string
    {
        return preg_replace('/\W/', '', "$side$source$remote");
    }
}

/** A user of the source and their account on the remote. */
final class Person
{
    public function __construct(
        public readonly string $login,
        public readonly string $email,
        public readonly int $id,
        public readonly int $there,
    ) {
    }
}
