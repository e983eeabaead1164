<?php
/**
 * The bill of materials and the licences of what is in the extension, by what Cargo.lock and the crates' own folders say.
 *
 * Called by bill.sh with the folder that has the two files.
 */

declare(strict_types=1);

$folder = $argv[1];
$root = dirname(__DIR__, 2);
$status = 0;
$wrong = static function (string $what) use (&$status): void {
    echo "$what\n";
    $status = 1;
};

$bom = json_decode(file_get_contents("$folder/sbom.cdx.json"), true, flags: JSON_THROW_ON_ERROR);
$licences = file_get_contents("$folder/THIRD-PARTY-LICENSES");
if ([$bom['bomFormat'], $bom['specVersion'], $bom['metadata']['timestamp']] !== ['CycloneDX', '1.6', '2001-02-03T04:05:06Z']) {
    $wrong('Not the head of a CycloneDX: ' . json_encode(array_diff_key($bom, ['components' => 0, 'dependencies' => 0])));
}
if ($bom['metadata']['component']['hashes'][0]['content'] !== hash_file('sha256', "$root/target/rudr_sync.so")) {
    $wrong('It is about another rudr_sync.so');
}

// Each thing that is needed is there, and is once; what is there somebody needs, by however many others.
$needs = array_column($bom['dependencies'], 'dependsOn', 'ref');
$refs = [$bom['metadata']['component']['bom-ref'], ...array_column($bom['components'], 'bom-ref')];
if ($refs !== array_unique($refs)) {
    $wrong('Twice: ' . implode(' ', array_diff_assoc($refs, array_unique($refs))));
}
$reached = [];
$queue = [$refs[0]];
while (($ref = array_shift($queue)) !== null) {
    if (!isset($reached[$ref])) {
        $reached[$ref] = true;
        array_push($queue, ...$needs[$ref] ?? []);
    }
}
foreach ([...array_diff($refs, array_keys($reached)), ...array_diff(array_keys($reached), $refs)] as $ref) {
    $wrong("Not both listed and needed: $ref");
}

$lock = file_get_contents("$root/Cargo.lock");
foreach ($bom['components'] as $component) {
    ['name' => $name, 'version' => $version] = $component;
    if (!str_contains($licences, "$name $version") && $name !== 'rust-std') {
        $wrong("No licence of $name $version");
    }
    $locked = "name = \"$name\"\nversion = \"$version\"\n";
    $at = strpos($lock, $locked);
    if ($name !== 'rust-std' && ($at === false || !str_contains(substr($lock, $at, 300), $component['hashes'][0]['content']))) {
        $wrong("Not as in Cargo.lock: $name $version");
    }
}

// All that Cargo.toml names, unless it is for tests or a macro, is in it; what only tests or builds need is not.
$names = array_column($bom['components'], 'name');
foreach (['ext-php-rs', 'reqwest', 'rustls', 'ring', 'tokio', 'serde_json', 'rust-std'] as $name) {
    in_array($name, $names, true) || $wrong("Not listed: $name");
}
foreach (['rcgen', 'bindgen', 'syn', 'serde_derive', 'cc'] as $name) {
    !in_array($name, $names, true) || $wrong("Not in the extension: $name");
}

// A text of each licence, for each part: every name stands in the list, and above a text.
[$list, $texts] = explode("\n" . str_repeat('=', 100) . "\n", $licences, 2);
$words = preg_replace('/\s+/', ' ', $texts);
foreach ($bom['components'] as ['name' => $name, 'version' => $version]) {
    $called = $name === 'rust-std' ? "Rust's standard library $version" : "$name $version";
    str_contains($words, $called) || $wrong("No text for $called");
}
foreach (['Apache License', 'Permission is hereby granted', 'UNICODE LICENSE V3', 'ISC', 'Redistribution and use in source'] as $words) {
    str_contains($texts, $words) || $wrong("No such licence: $words");
}
exit($status);
