<?php

declare(strict_types=1);

namespace RudrSync\Tests;

/** One operation on A, and what goes wrong around it. */
final class Step
{
    /**
     * @param string $what create, edit, password, role or delete
     * @param array<string, mixed> $values what REST is sent
     * @param int $pause milliseconds before it
     * @param bool $together whether it begins while those before it are still at work
     * @param string|null $fault what the proxy does from now on; null: what it does already
     * @param string|null $kill who is killed: child (of A), there (a child of B), worker or database
     * @param int $after milliseconds after the operation began
     * @param int $among picks one of several children
     * @param bool $worker whether a worker is to be there, if none is
     */
    public function __construct(
        public readonly string $what,
        public readonly string $login,
        public readonly array $values,
        public readonly int $pause,
        public readonly bool $together,
        public readonly ?string $fault,
        public readonly ?string $kill,
        public readonly int $after,
        public readonly int $among,
        public readonly bool $worker,
    ) {
    }
}
