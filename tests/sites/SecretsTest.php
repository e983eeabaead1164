<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** What must not be found afterwards, wherever one looks on the source. */
final class SecretsTest extends SitesTestCase
{
    public static function sources(): array
    {
        return ['6.1' => ['6.1'], 'newest' => ['newest']];
    }

    /** @dataProvider sources */
    public function testNoPasswordIsInTheDatabaseOrALogWhetherOrNotItArrived(string $source): void
    {
        $b = Lab::site('bsecret' . $source[0], 'newest');
        $key = $b->applicationPassword();
        $a = Lab::site('asecret' . $source[0], $source, [
            'plugin' => 'copy',
            'extension' => true,
            'config' => "define('RUDR_SYNC_SITES', ['url' => '$b->url', 'username' => 'admin', 'password' => '$key']); define('SAVEQUERIES', true);",
        ]);
        $id = $a->createUser('sue', 'sue@example.org', 'subscriber', 'secret-Word-1');
        self::assertTrue($b->login('sue', 'secret-Word-1'));
        $a->resetPassword('sue', 'sue@example.org', 'secret-Word-2');
        $a->asAdmin()->userEdit($id, ['password' => 'secret-Word-3']);
        $b->stop();
        $a->run('wp_set_password("secret-Word-4", $args[0]);', [$id]);
        $a->createUser('tom', 'tom@example.org', 'subscriber', 'secret-Word-5');
        $b->start();
        $a->resetPassword('sue', 'sue@example.org', 'secret-Word-6\\');
        // Whoever dies loudly while it is delivered shows no argument that matters.
        $died = $a->run('
            add_action("update_user_meta", function ($meta_id, $user, $key) { if ("_rudr_sync_password" === $key) { throw new Exception("loud"); } }, 10, 3);
            wp_set_password("secret-Word-7", $args[0]);
            return 1;
        ', [$id]);
        self::assertSame(1, $died);

        $all = '';
        foreach ($a->db()->query('SHOW TABLES')->fetch_all() as [$table]) {
            $all .= json_encode($a->db()->query("SELECT * FROM $table")->fetch_all(), JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE);
        }
        foreach (['errors.log', 'php-fpm.log', 'nginx.log'] as $log) {
            $all .= (string) @file_get_contents("$a->folder/$log");
        }
        $all .= $a->asAdmin()->get('wp-admin/users.php')->body;
        self::assertStringContainsString('loud', $all, 'the log was read');
        self::assertStringNotContainsString('secret-Word', $all);
        self::assertStringNotContainsString($key, $all);
        self::assertStringNotContainsString(base64_encode("admin:$key"), $all);
    }
}
