<?php
/** Called by dependencies.sh with the files that have what `cargo metadata` and `cargo tree --duplicates` say. */

declare(strict_types=1);

$root = dirname(__DIR__, 2);
$status = 0;
$wrong = static function (string $what) use (&$status): void {
    echo "$what\n";
    $status = 1;
};

// --- each is used, and its line says what for ---

$code = static function (string ...$folders) use ($root): string {
    $all = '';
    foreach ($folders as $folder) {
        foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$root/$folder")) as $file) {
            $all .= $file->getExtension() === 'rs' ? file_get_contents((string) $file) : '';
        }
    }
    return $all;
};
$manifest = (string) file_get_contents("$root/Cargo.toml");
foreach (['dependencies' => ['src'], 'dev-dependencies' => ['tests']] as $section => $folders) {
    preg_match("/^\\[$section\\]\\n(.*?)^$/ms", $manifest, $found);
    $all = $code(...$folders);
    foreach (explode("\n", trim($found[1])) as $line) {
        $name = strtok($line, ' ');
        if (!preg_match('/\b' . strtr($name, '-', '_') . '(::|!)/', $all)) {
            $wrong("$name is not used in " . implode(', ', $folders));
        }
        // The tests' features of what the core has anyway need no reason.
        if (!str_contains($line, ' # ') && !($section === 'dev-dependencies' && preg_match("/^$name = .* # /m", $manifest))) {
            $wrong("No reason for $name");
        }
    }
}

// --- licences, sources, second versions ---

$rules = (string) file_get_contents("$root/tests/deny/deny.toml");
preg_match('/^allow = \[(.*?)\]/ms', $rules, $found);
preg_match_all('/"([^"]+)"/', $found[1], $allowed);
/** Whether of each group of such an expression, as "(MIT OR Apache-2.0) AND ISC", one is allowed. */
$may = static function (string $expression) use ($allowed): bool {
    foreach (explode(' AND ', $expression) as $group) {
        if (array_intersect(preg_split('~ OR |/~', trim($group, '()')), $allowed[1]) === []) {
            return false;
        }
    }
    return true;
};
foreach (json_decode((string) file_get_contents($argv[1]), true, flags: JSON_THROW_ON_ERROR)['packages'] as $package) {
    $key = "{$package['name']} {$package['version']}";
    $may((string) $package['license']) || $wrong("$key is under " . ($package['license'] ?? 'no licence that it names'));
    $own = $package['name'] === 'rudr-sync';
    $own || str_starts_with((string) $package['source'], 'registry+') || $wrong("$key comes from " . ($package['source'] ?? 'a folder'));
}

preg_match_all('/crate = "([\w-]+)@([\d.]+)", reason = ".+"/', $rules, $skipped, PREG_SET_ORDER);
$skips = array_map(static fn (array $skip): string => "$skip[1] v$skip[2].", $skipped);
preg_match_all('/^[\w-]+ v\S+/m', (string) file_get_contents($argv[2]), $found);
$versions = [];
foreach (array_unique($found[0]) as $twice) {
    $skip = array_filter($skips, static fn (string $start): bool => str_starts_with("$twice.", $start));
    $skips = array_diff($skips, $skip);
    if ($skip === []) {
        $versions[strtok($twice, ' ')][] = $twice;
    }
}
foreach ($versions as $all) {
    count($all) === 1 || $wrong('deny.toml does not say why there is ' . implode(' and ', $all));
}
foreach ($skips as $skip) {
    $wrong("deny.toml skips $skip, which is there only once");
}
exit($status);
