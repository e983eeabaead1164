<?php
/**
 * What is in target/rudr_sync.so, for those who must know: bill.php FOLDER SECONDS writes, with that time in it,
 *
 *     sbom.cdx.json           the bill of materials, CycloneDX 1.6: https://cyclonedx.org
 *     THIRD-PARTY-LICENSES    the words that the authors of its parts want to go with them
 *
 * The same lock file makes the same two, byte for byte.
 */

declare(strict_types=1);

namespace RudrSync\Tests;

use RuntimeException;

require __DIR__ . '/Parts.php';

[, $folder, $seconds] = $argv;
$root = dirname(__DIR__, 2);
$parts = new Parts($root);
// Linked in as well, and in no lock file.
$rust = explode(' ', (string) exec('rustc --version'))[1];
file_put_contents("$folder/sbom.cdx.json", sbom($parts, $rust, (int) $seconds, "$root/target/rudr_sync.so"));
file_put_contents("$folder/THIRD-PARTY-LICENSES", licences($parts, $rust));

function sbom(Parts $parts, string $rust, int $seconds, string $file): string
{
    $name = static fn (string $key): string => 'pkg:cargo/' . implode('@', array_map(rawurlencode(...), explode(' ', $key)));
    $sha256 = static fn (string $hash): array => ['hashes' => [['alg' => 'SHA-256', 'content' => $hash]]];
    $component = static fn (string $key, array $crate): array => [
        'type' => 'library',
        'bom-ref' => $name($key),
        'name' => $crate['name'],
        'version' => $crate['version'],
        'licenses' => [['expression' => $crate['license']]],
        'purl' => $name($key),
    ];
    $standard = [
        'type' => 'library',
        'bom-ref' => "rust-std@$rust",
        'name' => 'rust-std',
        'version' => $rust,
        'description' => "Rust's standard library",
        'licenses' => [['expression' => 'MIT OR Apache-2.0']],
    ];
    $components = [];
    $dependencies = [];
    foreach ($parts->crates as $key => $crate) {
        $needs = array_map($name, $crate['needs']);
        if ($key === $parts->own) {
            $own = $component($key, $crate) + $sha256(hash_file('sha256', $file));
            $needs[] = $standard['bom-ref'];
        } else {
            $from = $crate['repository'] === null ? [] : [['type' => 'vcs', 'url' => $crate['repository']]];
            $components[] = $component($key, $crate) + $sha256($crate['sha256']) + ['externalReferences' => $from];
        }
        $dependencies[] = ['ref' => $name($key), 'dependsOn' => $needs];
    }
    return json_encode([
        'bomFormat' => 'CycloneDX',
        'specVersion' => '1.6',
        'version' => 1,
        'metadata' => ['timestamp' => gmdate('Y-m-d\TH:i:s\Z', $seconds), 'component' => $own],
        'components' => [...$components, $standard],
        'dependencies' => $dependencies,
    ], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR) . "\n";
}

/** The parts with their licences, and each text once, with whose it is. */
function licences(Parts $parts, string $rust): string
{
    $list = '';
    $texts = [];
    $without = [];
    $apache = [];
    foreach ($parts->crates as $key => $crate) {
        if ($key === $parts->own) {
            continue;
        }
        $list .= sprintf("%-40s %s\n", $key, $crate['license']);
        if (str_contains($crate['license'], 'Apache-2.0') && !str_contains($crate['license'], ' OR ')) {
            $apache[] = $crate['name'];
        }
        $files = preg_grep('/^(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|UNLICENSE)/i', scandir($crate['folder']));
        foreach ($files as $file) {
            if (!is_file("{$crate['folder']}/$file")) {
                continue;
            }
            $text = trim(str_replace("\r\n", "\n", (string) file_get_contents("{$crate['folder']}/$file")));
            // Lines are broken here and there otherwise.
            $words = strtolower((string) preg_replace('/\s+/', ' ', $text));
            $texts[$words]['text'] ??= $text;
            $texts[$words]['of'][$key] = true;
        }
        if ($files === []) {
            $without[] = $key;
        }
    }
    $list .= sprintf("%-40s %s\n", "Rust's standard library $rust", 'MIT OR Apache-2.0');
    $without[] = "Rust's standard library $rust";
    // Both of these are here in the words of others, since a text without a name in it is everybody's.
    $common = array_filter(array_keys($texts), static fn (string $words): bool => str_contains($words, 'apache license version 2.0'));
    foreach ($without as $key) {
        $licence = $parts->crates[$key]['license'] ?? 'MIT OR Apache-2.0';
        if ($common === [] || !str_contains($licence, 'Apache-2.0')) {
            throw new RuntimeException("$key brings no text of its licence ($licence).");
        }
        $texts[reset($common)]['of'][$key] = true;
    }
    $all = "What other people have written is in rudr_sync.so, under these licences:\n\n$list\n"
        . wordwrap(implode(', ', $apache) . ': under Apache-2.0 without a choice. The GPL goes with that in its version 3 and not in 2. '
            . 'So the extension as it is built is under GPL-3.0-or-later, which "2 or later" allows.', 100) . "\n";
    foreach ($texts as $text) {
        $all .= "\n" . str_repeat('=', 100) . "\n" . wordwrap(implode(', ', array_keys($text['of'])), 100) . "\n\n{$text['text']}\n";
    }
    return $all;
}
