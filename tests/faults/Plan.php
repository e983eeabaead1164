<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/**
 * All that is done in a run: made from its seed alone, before anything is done, so that a run that failed can be done again.
 * What the clock and the machine add to it no seed repeats: a failure may need a few replays.
 */
final class Plan
{
    private const OPERATIONS = ['create' => 25, 'edit' => 25, 'password' => 17, 'role' => 10, 'delete' => 12, 'again' => 11];
    private const FAULTS = [
        'pass' => 35, 'mix' => 30, 'drop' => 10, 'late' => 5,
        'refuse' => 5, 'reset' => 4, 'hang' => 3, '500' => 3, '503' => 2, '429' => 3,
    ];
    private const KILLS = ['child' => 12, 'worker' => 10, 'there' => 4, 'database' => 3, 'nobody' => 71];
    private const ROLES = ['subscriber', 'contributor', 'author', 'editor'];

    /** Who should be on A by now, with their addresses, if nobody was cut off. @var array<string, string> */
    private array $here = [];
    /** Who was removed. @var array<string, string> */
    private array $gone = [];
    private int $people = 0;
    private int $addresses = 0;
    /** Who is to be made again next. */
    private ?string $next = null;
    /** Who was changed last. */
    private string $last = '';
    private readonly Dice $dice;

    public function __construct(private readonly int $seed)
    {
        $this->dice = new Dice($seed);
    }

    /** @return list<Step> */
    public function steps(int $number): array
    {
        $steps = [];
        while (count($steps) < $number) {
            $steps[] = $this->step();
        }
        return $steps;
    }

    private function step(): Step
    {
        [$what, $login, $values] = $this->operation();
        $kill = $this->dice->weighed(self::KILLS);
        $fault = $this->dice->happens(30) ? (string) $this->dice->weighed(self::FAULTS) : null;
        return new Step(
            what: $what,
            login: $login,
            values: $values,
            pause: $this->dice->happens(15) ? $this->dice->between(0, 800) : $this->dice->between(0, 60),
            together: $this->dice->happens(35),
            fault: $fault === 'mix' ? 'mix ' . $this->dice->between(1, 1 << 30) : $fault,
            kill: $kill === 'nobody' ? null : $kill,
            after: $this->dice->between(0, $kill === 'child' ? 250 : 600),
            among: $this->dice->between(0, 11),
            worker: $this->dice->happens(12),
        );
    }

    /** @return array{string, string, array<string, mixed>} */
    private function operation(): array
    {
        $what = match (true) {
            $this->next !== null => 'again',
            count($this->here) < 3 => 'create',
            default => $this->dice->weighed(self::OPERATIONS),
        };
        if ($what === 'again' && $this->gone === []) {
            $what = 'create';
        }
        if ($what === 'create' || $what === 'again') {
            return $this->creation($what === 'again');
        }
        $same = isset($this->here[$this->last]) && $this->dice->happens(25);
        $login = $this->last = $same ? $this->last : (string) $this->dice->one(array_keys($this->here));
        return match ($what) {
            'edit' => ['edit', $login, $this->fields($login)],
            'password' => ['password', $login, ['password' => $this->password()]],
            'role' => ['role', $login, ['roles' => [$this->dice->one(self::ROLES)]]],
            'delete' => $this->removal($login),
        };
    }

    private function creation(bool $again): array
    {
        $login = $again ? ($this->next ?? (string) $this->dice->one(array_keys($this->gone))) : "s{$this->seed}u" . ++$this->people;
        $this->next = null;
        // The address may be the one that they had, or that somebody else had who was removed.
        $email = match (true) {
            $again && $this->dice->happens(60) => $this->gone[$login],
            $this->gone !== [] && $this->dice->happens(15) => $this->dice->one($this->gone),
            default => $this->address($login),
        };
        if (in_array($email, $this->here, true)) {
            $email = $this->address($login);
        }
        unset($this->gone[$login]);
        $this->here[$login] = $email;
        return ['create', $login, [
            'username' => $login,
            'email' => $email,
            'password' => $this->password(),
            'roles' => [$this->dice->one(self::ROLES)],
        ] + ($this->dice->happens(50) ? $this->fields(null) : [])];
    }

    private function removal(string $login): array
    {
        $this->gone[$login] = $this->here[$login];
        unset($this->here[$login]);
        $this->next = $this->dice->happens(35) ? $login : null;
        return ['delete', $login, ['force' => true, 'reassign' => 1]];
    }

    /** Some fields, never none. */
    private function fields(?string $login): array
    {
        $fields = ['description' => $this->words()];
        foreach (['first_name', 'last_name', 'nickname', 'name'] as $field) {
            if ($this->dice->happens(40)) {
                $fields[$field] = $this->words();
            }
        }
        if ($this->dice->happens(25)) {
            $fields['url'] = 'https://' . $this->dice->text(8) . '.example/' . $this->dice->text(4);
        }
        if ($login !== null && $this->dice->happens(15)) {
            $fields['email'] = $this->here[$login] = $this->address($login);
        }
        return $fields;
    }

    private function words(): string
    {
        return $this->dice->text($this->dice->between(3, 9), "abcdefghijklmnopäöüß🦀'\"&") . ' ' . $this->dice->text(4);
    }

    private function password(): string
    {
        return $this->dice->text(14, "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789 äé€'\"<>&%+");
    }

    private function address(string $login): string
    {
        return $login . '.' . ++$this->addresses . '@example.org';
    }
}
