<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** Sites whose plugins hash or check passwords their own way: a hash logs its owner in, or is refused; never a broken login. */
final class PasswordPluginsTest extends ReceiverTestCase
{
    /** What plugins do, and which kinds of hash can be checked then. */
    public static function plugins(): array
    {
        return [
            'both its own' => [[], '
                function wp_hash_password($password) { return "own:" . hash("sha256", "pepper" . $password); }
                function wp_check_password($password, $hash, $user_id = "") { return hash_equals($hash, "own:" . hash("sha256", "pepper" . $password)); }'],
            'hashes its own way, checks as core' => [['$P$', '$wp$2y$', '$2y$', '$argon2id$', 'md5'], '
                function wp_hash_password($password) { return password_hash(trim($password), PASSWORD_ARGON2ID, ["memory_cost" => 64, "time_cost" => 1]); }'],
            'checks what PHP knows' => [['$2y$', '$argon2id$'], '
                function wp_hash_password($password) { return password_hash($password, PASSWORD_BCRYPT, ["cost" => 4]); }
                function wp_check_password($password, $hash, $user_id = "") { return password_verify($password, $hash); }'],
            'a filter that has the last word' => [['$P$'], '
                add_filter("check_password", fn ($check, $password, $hash) => $check && str_starts_with($hash, "\$P\$"), 10, 3);
                function wp_hash_password($password) { require_once ABSPATH . WPINC . "/class-phpass.php"; return (new PasswordHash(8, true))->HashPassword($password); }'],
            'takes anything' => [[], '
                add_filter("check_password", fn ($check, $password) => $check || str_starts_with($password, "rudr-sync"), 10, 2);'],
            'throws at what it does not know' => [[], '
                function wp_hash_password($password) { return "own:" . md5("pepper" . $password); }
                function wp_check_password($password, $hash, $user_id = "") {
                    if (!str_starts_with($hash, "own:")) { throw new UnexpectedValueException("What is $hash?"); }
                    return $hash === "own:" . md5("pepper" . $password); }'],
        ];
    }

    /** @dataProvider plugins */
    public function testAHashLogsInOrIsRefused(array $kinds, string $plugin): void
    {
        $sender = self::sender('newest');
        $site = $sender->site;
        $file = "$site->folder/wp-content/mu-plugins/passwords.php";
        file_put_contents($file, "<?php $plugin");
        try {
            $about = $sender->request('GET', 'rudr-sync/v1/');
            self::assertSame([200, $kinds], [$about->status, $about->json()['hashes'] ?? $about->body]);
            $hashes = [
                '$P$' => Sender::phpass('secret'), '$wp$2y$' => Sender::bcrypt('secret'), '$2y$' => password_hash('secret', PASSWORD_BCRYPT, ['cost' => 4]),
                '$argon2id$' => password_hash('secret', PASSWORD_ARGON2ID, ['memory_cost' => 64, 'time_cost' => 1]), 'md5' => md5('secret'),
            ];
            $jobs = array_map(static fn ($hash) => Sender::somebody(['user_pass_hash' => $hash]), array_values($hashes));
            $refused = [];
            foreach ($sender->jobs($jobs) as $number => $made) {
                $kind = array_keys($hashes)[$number];
                self::assertSame('created', $made['status']);
                if (in_array($kind, $kinds, true)) {
                    self::assertSame([], $made['refused'], $kind);
                    self::assertTrue($site->login($made['login'], 'secret'), $kind);
                    continue;
                }
                self::assertSame(['user_pass_hash' => 'hash_unsupported'], $made['refused'], $kind);
                self::assertStringStartsWith('!rudr-sync ', $site->user($made['id'])['user_pass'], 'also past its own way of hashing');
                $refused[] = ['remote_id' => $made['id']] + $jobs[$number];
            }
            // Who has a password keeps it.
            $sender->jobs(array_map(static fn ($job) => ['user' => ['user_pass' => 'typed']] + $job, $refused));
            foreach ($sender->jobs($refused) as $number => $done) {
                self::assertSame(['user_pass_hash' => 'hash_unsupported'], $done['refused']);
                self::assertTrue($number > 0 || $site->login($done['login'], 'typed'));
            }
            $made = $sender->job(Sender::somebody(['user_pass_hash' => null, 'user_pass' => 'in the clear']));
            self::assertTrue($site->login($made['login'], 'in the clear'));
        } finally {
            unlink($file);
        }
    }
}
