<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * Compares what A has with what B has, table by table. A's own tables are the truth, since nobody can say what a page did that
 * was killed; but every password that A takes and that was ever sent must be taken by B.
 */
final class Judge
{
    private const ROW = ['user_email', 'user_url', 'display_name'];
    private const META = ['nickname', 'first_name', 'last_name', 'description', 'locale'];

    /** Users whose password nobody can say: see unknown(). */
    public int $unknown = 0;
    /** @var list<string> */
    private array $wrong = [];

    public function __construct(private readonly Scene $scene)
    {
    }

    /**
     * @param list<Attempt> $attempts
     * @return list<string> what is wrong
     */
    public function judge(array $attempts): array
    {
        $here = self::byLogin($this->people($this->scene->a));
        $there = self::byLogin($this->people($this->scene->b));
        $links = array_column($this->scene->sql("SELECT * FROM {$this->scene->a->database}.wp_rudr_sync_links"), null, 'user_id');
        $passwords = $this->passwords($here, $there, $attempts);
        foreach ($here as $login => $people) {
            if (count($people) > 1) {
                $this->wrong("$login is on A " . count($people) . ' times: the test is wrong');
            }
            $this->compare($people[0], $there[$login] ?? [], $links[$people[0]['ID']] ?? null, $passwords[$login]);
            unset($links[$people[0]['ID']]);
        }
        foreach (array_diff_key($there, $here) as $login => $accounts) {
            $this->wrong("$login is gone on A and on B still, as account {$accounts[0]['ID']}");
        }
        foreach ($links as $link) {
            $this->wrong('a link of nobody is left: ' . self::told($link));
        }
        $this->errors();
        return $this->wrong;
    }

    /**
     * One user, who is to be there once.
     *
     * @param array<string, string> $here
     * @param list<array<string, string>> $accounts
     * @param array{Attempt|null, bool} $password which operation set it, and whether B takes it
     */
    private function compare(array $here, array $accounts, ?array $link, array $password): void
    {
        $login = $here['user_login'];
        $wrong = count($accounts) === 1 ? [] : ['is on B ' . count($accounts) . ' times'];
        if ($link === null) {
            $this->wrong("$login: " . implode('; ', [...$wrong, 'has no link']));
            return;
        }
        $unknown = false;
        if ($accounts !== []) {
            // Of a user who was cut off while being made there may be none; core, on B, fills in the login.
            $here['nickname'] = $here['nickname'] === '' ? $login : $here['nickname'];
            foreach ([...self::ROW, ...self::META, 'roles'] as $field) {
                if ($here[$field] !== $accounts[0][$field]) {
                    $wrong[] = "$field is '{$here[$field]}' on A and '{$accounts[0][$field]}' on B";
                }
            }
            [$set, $works] = $password;
            $unknown = !$works && $this->isUnknown($link, $set);
            if (!$works && !$unknown) {
                $by = $set === null ? 'nobody knows which' : "set by operation $set->number, answered $set->status" . ($set->hit ? ', hit' : '');
                $wrong[] = "the password is not taken on B ($by)";
            }
            $this->unknown += (int) $unknown;
        }
        $is = [
            'in step' => $link['revision'] === $link['synced_revision'],
            'present' => $link['want'] === 'present',
            'nobody\'s' => $link['lease'] === null && $link['lease_until'] === null,
            'not due' => $link['due_at'] === null,
            'without a secret' => $link['secret'] === null,
            'without doubt' => $link['tried_at'] === null && $link['tried_last'] === null,
            'without trouble' => $unknown || $link['code'] === null,
            'linked' => $accounts === [] || $link['remote_id'] === $accounts[0]['ID'] && $link['trust'] === 'own',
        ];
        foreach (array_keys(array_filter($is, static fn (bool $so) => !$so)) as $what) {
            $wrong[] = "the link is not $what";
        }
        if ($wrong !== []) {
            $this->wrong("$login: " . implode('; ', $wrong) . '; ' . self::told($link));
        }
    }

    /**
     * The one exception. A plain site takes nothing but plaintext, and nobody has that any more where the page that was given it,
     * or its database, was killed between the hash's write and the seal's. The link says so.
     */
    private function isUnknown(array $link, ?Attempt $set): bool
    {
        return $link['code'] === 'refused' && str_contains((string) $link['message'], 'password_unknown') && $set?->hit === true;
    }

    /**
     * Which operation set the password that A takes, and whether B takes it too, by login.
     *
     * @param list<Attempt> $attempts
     * @return array<string, array{Attempt|null, bool}>
     */
    private function passwords(array $here, array $there, array $attempts): array
    {
        $sent = [];
        foreach (array_reverse($attempts) as $attempt) {
            if (isset($attempt->step->values['password'])) {
                $sent[$attempt->step->login][] = $attempt;
            }
        }
        $asked = [];
        foreach ($here as $login => $people) {
            $asked[$login] = [$people[0]['user_pass'], $there[$login][0]['user_pass'] ?? '', array_map(
                static fn (Attempt $attempt) => $attempt->step->values['password'],
                $sent[$login] ?? []
            )];
        }
        // REST hashes the slashed password without spaces around it, and the login form does the same with what is typed.
        $answers = $this->scene->a->run('
            foreach ($args as $login => [$here, $there, $passwords]) {
                $set = null;
                foreach ($passwords as $place => $password) {
                    if (wp_check_password(trim(wp_slash($password)), $here)) {
                        $set = $place;
                        break;
                    }
                }
                $answers[] = [$login, $set, null !== $set && wp_check_password(trim(wp_slash($passwords[$set])), $there)];
            }
            return $answers ?? [];
        ', $asked);
        $passwords = [];
        foreach ($answers as [$login, $set, $works]) {
            $passwords[$login] = [$set === null ? null : $sent[$login][$set], $works];
        }
        return $passwords;
    }

    /** @return list<array<string, string>> everybody but the administrator */
    private function people(Site $site): array
    {
        $people = [];
        foreach ($this->scene->sql("SELECT * FROM $site->database.wp_users WHERE ID > 1 ORDER BY ID") as $row) {
            $people[$row['ID']] = array_fill_keys(self::META, '') + ['roles' => ''] + $row;
        }
        foreach ($this->scene->sql("SELECT * FROM $site->database.wp_usermeta WHERE user_id > 1") as $meta) {
            $id = $meta['user_id'];
            if (isset($people[$id]) && in_array($meta['meta_key'], self::META, true)) {
                $people[$id][$meta['meta_key']] = (string) $meta['meta_value'];
            } elseif (isset($people[$id]) && $meta['meta_key'] === 'wp_capabilities') {
                $people[$id]['roles'] = implode(' ', array_keys(array_filter((array) unserialize((string) $meta['meta_value']))));
            }
        }
        return array_values($people);
    }

    /** Pages of ours may end in the middle, but not by a mistake of ours. */
    private function errors(): void
    {
        foreach (file("{$this->scene->a->folder}/errors.log", FILE_IGNORE_NEW_LINES) as $line) {
            if (preg_match('~PHP (Fatal error|Warning|Notice|Deprecated).*rudr-sync~', $line)) {
                $this->wrong("an error on A: $line");
            }
        }
    }

    private function wrong(string $what): void
    {
        $this->wrong[] = $what;
    }

    private static function byLogin(array $people): array
    {
        $by = [];
        foreach ($people as $person) {
            $by[$person['user_login']][] = $person;
        }
        return $by;
    }

    private static function told(?array $link): string
    {
        if ($link === null) {
            return 'no link';
        }
        unset($link['base'], $link['site'], $link['priority'], $link['unsettled_by']);
        return 'link ' . json_encode(array_filter($link, static fn (?string $value) => $value !== null), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }
}
