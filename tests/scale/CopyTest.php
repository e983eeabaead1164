<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use RudrSync\Bench\StandIn;

/** A copy of a source, as people make them: it says nothing to anybody until a person has said what it is. */
final class CopyTest extends ScaleTestCase
{
    private const MOVED = 'RudrSync\Plugin::parts()->identity->moved();';
    private const COPY = 'RudrSync\Plugin::parts()->identity->copy();';
    private const ELSEWHERE = 'http://staging.example';

    private StandIn $stored;

    protected function setUp(): void
    {
        parent::setUp();
        // One site in php.ini's file, one that was added in wp-admin, with its password sealed in the database.
        $this->stored = new StandIn();
        $this->a->run('global $wpdb; (new RudrSync\Site_Store($wpdb))->put("stored", $args[0], "agent", "its application password", []);', [$this->stored->url]);
    }

    protected function config(): string
    {
        return "
            foreach (['HOME_IS' => 'WP_HOME', 'TYPE_IS' => 'WP_ENVIRONMENT_TYPE', 'DATABASE_IS' => 'DB_NAME'] as \$given => \$constant) {
                getenv(\$given) && define(\$constant, getenv(\$given));
            }";
    }

    /** How it was copied. */
    public static function ways(): array
    {
        return [
            'to another address' => ['address'],
            'as another environment' => ['environment'],
            'into another database' => ['database'],
            'and every address in it replaced' => ['replaced'],
        ];
    }

    /** @dataProvider ways */
    public function testItDeliversNothingAndMarksAndGoesOnWhereItMoved(string $way): void
    {
        $this->a->createUser('before', 'before@example.org');
        $this->deliver([]);
        self::assertSame([1, 1], $this->made('before'));
        $old = (int) $this->a->user('before')['ID'];
        // What waits when the copy is made.
        $this->a->run('wp_update_user(["ID" => $args[0], "first_name" => "Waits"]);', [$old]);
        $waiting = $this->a->createUser('waiting', 'waiting@example.org');
        $there = $this->copied($way);

        $this->stored->forget();
        $new = $this->a->run('wp_set_password("another password", $args[0]); return wp_insert_user(["user_login" => "new", "user_email" => "new@example.org", "user_pass" => "a password"]);', [$old], $there);
        self::assertSame([], $this->asked(fn () => $this->deliver($there)));
        self::assertSame([], $this->stored->log());
        $links = $this->links($there);
        foreach ([$old, $waiting, $new] as $id) {
            foreach (['default', 'stored'] as $site) {
                self::assertNotSame($links["$site $id"]['revision'], $links["$site $id"]['synced_revision'], "$site $id");
                self::assertNotNull($links["$site $id"]['secret'], "$site $id");
            }
        }

        $this->a->run(self::MOVED, [], $there);
        $this->deliver($there);
        foreach (['waiting', 'new'] as $login) {
            self::assertSame([1, 1], $this->made($login));
        }
        foreach ($this->links($there) as $name => $link) {
            self::assertSame([$link['revision'], null], [$link['synced_revision'], $link['secret']], "$name: " . json_encode($link));
        }
        // And the original, if it is at work still where it was, is now the one that does not know itself.
        if ($way !== 'database') {
            $this->a->createUser('after', 'after@example.org');
            self::assertSame([], $this->asked(fn () => $this->deliver([])));
        }
    }

    /** @dataProvider ways */
    public function testACopyIsCutOffAndHasNoPasswordOfTheOriginal(string $way): void
    {
        $this->a->createUser('before', 'before@example.org');
        $this->deliver([]);
        $old = (int) $this->a->user('before')['ID'];
        $this->a->run('wp_set_password("waits for it", $args[0]);', [$old]);
        $secrets = [...array_column($this->links([]), 'secret'), json_decode($this->sql("SELECT settings FROM wp_rudr_sync_sites WHERE name = 'stored'")[0]['settings'], true)['password']];
        self::assertCount(3, array_filter($secrets));
        $there = $this->copied($way);
        $uuid = $this->a->run('return RudrSync\Plugin::parts()->identity->uuid();', [], $there);

        $this->a->run(self::COPY, [], $there);
        self::assertNotSame($uuid, $this->a->run('return RudrSync\Plugin::parts()->identity->uuid();', [], $there));
        $everything = $this->dump($there);
        foreach ($secrets as $secret) {
            self::assertStringNotContainsString($secret, $everything);
        }
        $this->stored->forget();
        self::assertSame([], $this->asked(function () use ($old, $there): void {
            $this->a->run('wp_set_password("new here", $args[0]); wp_insert_user(["user_login" => "here", "user_email" => "here@example.org", "user_pass" => "a password"]);', [$old], $there);
            $this->deliver($there);
        }));
        self::assertSame([], $this->stored->log());
        self::assertSame([], array_filter(array_column($this->links($there), 'secret')), 'nor does it keep any for them');
    }

    /** The copy's environment, once it is made. */
    private function copied(string $way): array
    {
        if ($way === 'database') {
            $copy = $this->a->database . '_copy';
            $this->sql("DROP DATABASE IF EXISTS $copy");
            $this->sql("CREATE DATABASE $copy");
            foreach ($this->tables() as $table) {
                $this->sql("CREATE TABLE $copy.$table LIKE {$this->a->database}.$table");
                $this->sql("INSERT INTO $copy.$table SELECT * FROM {$this->a->database}.$table");
            }
            return ['DATABASE_IS' => $copy];
        }
        if ($way === 'replaced') {
            $this->replace($this->a->url, self::ELSEWHERE);
            $this->replace(substr($this->a->url, strlen('http://')), substr(self::ELSEWHERE, strlen('http://')));
        }
        return $way === 'environment' ? ['TYPE_IS' => 'staging'] : ['HOME_IS' => self::ELSEWHERE];
    }

    /** In every column that can hold a text, also as JSON and in addresses' own way, as the usual tools do. */
    private function replace(string $from, string $to): void
    {
        $ways = ['strval', static fn (string $text) => str_replace('/', '\\/', $text), 'rawurlencode'];
        foreach ($this->tables() as $table) {
            foreach ($this->sql("SHOW COLUMNS FROM $table") as $column) {
                if (preg_match('/char|text/', $column['Type'])) {
                    foreach ($ways as $way) {
                        $this->a->db()->execute_query("UPDATE $table SET `{$column['Field']}` = REPLACE(`{$column['Field']}`, ?, ?)", [$way($from), $way($to)]);
                    }
                }
            }
        }
    }

    /** @return list<string> */
    private function tables(): array
    {
        return array_map(static fn (array $row) => array_values($row)[0], $this->sql('SHOW TABLES'));
    }

    /** All that can deliver has its turn. */
    private function deliver(array $environment): void
    {
        $this->a->run(self::CRON, [], $environment);
        $this->a->run(self::WORK, [0, true], $environment);
    }

    /** How often either site was told to make them. */
    private function made(string $login): array
    {
        return array_map(static fn (StandIn $site) => count(array_keys($site->created(), $login, true)), [$this->remote, $this->stored]);
    }

    /** @return array<string, array<string, ?string>> by site and user */
    private function links(array $environment): array
    {
        $database = $environment['DATABASE_IS'] ?? $this->a->database;
        $links = [];
        foreach ($this->sql("SELECT * FROM $database.wp_rudr_sync_links") as $link) {
            $links["{$link['site']} {$link['user_id']}"] = $link;
        }
        return $links;
    }

    private function dump(array $environment): string
    {
        $database = $environment['DATABASE_IS'] ?? $this->a->database;
        $all = '';
        foreach ($this->tables() as $table) {
            $all .= implode("\n", array_map(static fn (array $row) => implode("\n", array_map('strval', $row)), $this->sql("SELECT * FROM $database.$table")));
        }
        return $all;
    }
}
