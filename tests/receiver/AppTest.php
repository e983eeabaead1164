<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** The users of an app that is no WordPress, by the script that the README shows. */
final class AppTest extends ReceiverTestCase
{
    private const DATABASE = 'laravel';
    /** As a new Laravel makes it, with soft removal. */
    private const TABLE = 'CREATE TABLE users (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL,
        email VARCHAR(255) NOT NULL UNIQUE, email_verified_at TIMESTAMP NULL, password VARCHAR(255) NOT NULL, remember_token VARCHAR(100) NULL,
        created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL, deleted_at TIMESTAMP NULL)';

    private static \mysqli $app;

    public function testTheReadmesScriptKeepsALaravelsUsersOnAWordPress(): void
    {
        $sender = self::sender('newest');
        $site = $sender->site;
        self::app($site);
        $ann = self::insert('Ann', 'ann@app.example', 'first');
        $ben = self::insert('Ben', 'ben@app.example', 'secret of Ben');
        $cleo = $site->createUser('cleo', 'cleo@app.example');
        self::insert('Cleo', 'cleo@app.example', 'Cleo in the app');
        self::$app->query('UPDATE users SET email_verified_at = UTC_TIMESTAMP() WHERE name = "Cleo"');

        self::script($sender);
        $user = $site->user("app-$ann");
        self::assertSame(['ann@app.example', 'Ann'], [$user['user_email'], $user['display_name']]);
        self::assertSame(['subscriber'], $site->roles((int) $user['ID']));
        self::assertTrue($site->login("app-$ann", 'first'), 'the password that the app has works there');
        self::assertTrue($site->login("app-$ben", 'secret of Ben'));
        self::assertSame((string) $user['ID'], self::row($ann)['remote_id']);
        self::assertNull(self::row($ann)['due_at']);
        // Whose address the app has proved, has the account that was there.
        self::assertSame([(string) $cleo, 'adopted'], [self::row(3)['remote_id'], self::row(3)['trust']]);
        self::assertTrue(self::until($sender, static fn () => $site->user($cleo)['display_name'] === 'Cleo'));
        self::assertTrue($site->login('cleo', Lab::PASSWORD), 'with the password of that account, until the app has another');

        $site->mark();
        self::script($sender);
        self::assertSame([], $site->requests(), 'what is in step needs no request');

        self::update($ann, ['name' => 'Ann B.', 'email' => 'ann.b@app.example']);
        self::script($sender);
        $user = $site->user("app-$ann");
        self::assertSame(['ann.b@app.example', 'Ann B.'], [$user['user_email'], $user['display_name']]);
        self::assertTrue($site->login("app-$ann", 'first'));

        self::update($ann, ['password' => self::hash('second')]);
        self::script($sender);
        self::assertTrue($site->login("app-$ann", 'second'));
        self::assertFalse($site->login("app-$ann", 'first'));
        self::assertTrue($site->login("app-$ben", 'secret of Ben'), 'another user is as before');

        // While the site is away the change waits, and what is known of the account is kept.
        $site->stop();
        self::update($ben, ['name' => 'Ben C.']);
        self::script($sender);
        self::assertNotNull(self::row($ben)['due_at']);
        self::assertSame("app-$ben", self::row($ben)['remote_login']);
        $site->start();
        self::assertTrue(self::until($sender, static fn () => $site->user("app-$ben")['display_name'] === 'Ben C.'));

        self::update($ann, ['deleted_at' => gmdate('Y-m-d H:i:s')]);
        self::script($sender);
        self::assertNull($site->user("app-$ann"));
        self::assertNotNull($site->user("app-$ben"));
    }

    public function testItIsTenLinesLong(): void
    {
        self::assertLessThanOrEqual(10, substr_count(rtrim(self::code(), "}\n"), "\n") + 1);
    }

    private static function code(): string
    {
        return Readme::example('php', 'new PDO');
    }

    private static function app(Site $site): void
    {
        self::$app = new \mysqli('localhost', 'root', '', '', 0, Lab::sockets() . '/db');
        self::$app->query('DROP DATABASE IF EXISTS ' . self::DATABASE);
        self::$app->query('CREATE DATABASE ' . self::DATABASE);
        self::$app->select_db(self::DATABASE);
        self::$app->query("SET time_zone = '+00:00'");
        self::$app->query(self::TABLE);
        self::$app->query(Readme::example('sql', 'ALTER TABLE users'));
    }

    /** What cron does each minute. */
    private static function script(Sender $sender): void
    {
        $file = Lab::run() . '/app.php';
        file_put_contents($file, "<?php\n" . self::code());
        [$said] = Shell::run([PHP_BINARY, '-d', 'extension=' . Lab::extension(), '-d', 'error_reporting=-1', '-d', 'display_errors=1', $file], [
            'APP_DB' => 'mysql:unix_socket=' . Lab::sockets() . '/db;user=root;dbname=' . self::DATABASE,
            'APP_UUID' => $sender->source,
            'BLOG_URL' => $sender->site->url(),
            'BLOG_AGENT' => $sender->login,
            'BLOG_PASSWORD' => $sender->password,
        ]);
        self::assertSame('', $said);
    }

    /** Runs it at the times that it has noted itself, without waiting for them. */
    private static function until(Sender $sender, callable $isSo): bool
    {
        for ($minutes = 0; $minutes < 5 && !$isSo(); $minutes++) {
            self::$app->query("UPDATE users SET due_at = '2000-01-01' WHERE due_at IS NOT NULL");
            self::script($sender);
        }
        return $isSo();
    }

    private static function insert(string $name, string $email, string $password): int
    {
        $sql = 'INSERT INTO users (name, email, password, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(), UTC_TIMESTAMP())';
        self::$app->execute_query($sql, [$name, $email, self::hash($password)]);
        return self::$app->insert_id;
    }

    /** As Laravel's Hash::make(). */
    private static function hash(string $password): string
    {
        return password_hash($password, PASSWORD_BCRYPT, ['cost' => 4]);
    }

    /** As Eloquent saves. */
    private static function update(int $id, array $values): void
    {
        $set = implode(', ', array_map(static fn (string $column): string => "$column = ?", array_keys($values)));
        self::$app->execute_query("UPDATE users SET $set, updated_at = UTC_TIMESTAMP() WHERE id = ?", [...array_values($values), $id]);
    }

    private static function row(int $id): array
    {
        return array_map(static fn ($value) => $value === null ? null : (string) $value, self::$app->execute_query('SELECT * FROM users WHERE id = ?', [$id])->fetch_assoc());
    }
}
