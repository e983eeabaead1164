--TEST--
Parameters have names, types and defaults, and those that may hold a secret are sensitive
--FILE--
<?php
function show(ReflectionFunctionAbstract $f): void {
    $parameters = array_map(
        fn ($p) => ($p->getAttributes('SensitiveParameter') ? '#' : '') . $p->getType() . ' $' . $p->getName()
            . ($p->isDefaultValueAvailable() ? ' = ' . json_encode($p->getDefaultValue()) : ''),
        $f->getParameters()
    );
    echo $f->getName(), '(', implode(', ', $parameters), ')', $f->hasReturnType() ? ': ' . $f->getReturnType() : '', "\n";
}
foreach (get_extension_funcs('rudr_sync') as $name) {
    show(new ReflectionFunction($name));
}
foreach ((new ReflectionExtension('rudr_sync'))->getClasses() as $class) {
    echo implode(' ', Reflection::getModifierNames($class->getModifiers())), ' ', $class->getName(), ' < ', $class->getParentClass()->name ?? '', "\n";
    foreach ($class->getMethods() as $method) {
        if ($method->isInternal() && $method->getDeclaringClass()->getExtensionName() === 'rudr_sync' && $method->class === $class->name) {
            show($method);
        }
    }
}
?>
--EXPECT--
rudr_sync_create(#array $user, RudrSync\Site|string|null $site = null): int
rudr_sync_update(int $remote_id, #array $user, RudrSync\Site|string|null $site = null): int
rudr_sync_delete(int $remote_id, ?int $reassign = null, RudrSync\Site|string|null $site = null): bool
rudr_sync_find(string $email, RudrSync\Site|string|null $site = null): ?int
rudr_sync_deliver(#array $jobs, RudrSync\Site|string|null $site = null, array $call = []): array
rudr_sync_check(RudrSync\Site|string|null $site = null): array
rudr_sync_judge(?string $state, array $outcomes): array
rudr_sync_sites(): array
rudr_sync_seal(#string $plain, array $bound, #string $key = ""): string
 RudrSync\Exception < RuntimeException
getStatus(): int
getErrorCode(): string
isRetryable(): bool
getRetryAfter(): ?int
 RudrSync\Unreachable < RudrSync\Exception
 RudrSync\Unauthorized < RudrSync\Exception
 RudrSync\Rejected < RudrSync\Exception
 RudrSync\Conflict < RudrSync\Exception
getRemoteId(): ?int
final RudrSync\Site < 
__construct(#string $url, string $username, #string $password, #array $options = [])
