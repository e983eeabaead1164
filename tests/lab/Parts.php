<?php

declare(strict_types=1);

namespace RudrSync\Tests;

use RuntimeException;

/**
 * What is in rudr_sync.so: the crates that are linked into it, each with its licence, where it is from and what it needs itself.
 *
 * Those that only work while it is built (macros, build scripts) or are there for tests are not in it, and not here.
 */
final class Parts
{
    /** @var array<string, array<string, mixed>> "name version" => what `cargo metadata` says of it, and `needs`, `sha256` */
    public readonly array $crates;

    /** "name version" of this project's own. */
    public readonly string $own;

    public function __construct(private readonly string $root)
    {
        $needs = $this->needs();
        $checksums = $this->checksums();
        $crates = [];
        // Without those for other systems, which are not on this machine.
        $host = exec("rustc --version --verbose | sed -n 's/^host: //p'");
        $metadata = $this->cargo("metadata --format-version 1 --filter-platform $host");
        foreach (json_decode($metadata, true, flags: JSON_THROW_ON_ERROR)['packages'] as $package) {
            $key = "{$package['name']} {$package['version']}";
            if (!isset($needs[$key])) {
                continue;
            }
            if ($package['license'] === null) {
                throw new RuntimeException("$key does not say what its licence is.");
            }
            // How crates of old write "or".
            $package['license'] = str_replace('/', ' OR ', $package['license']);
            $package['folder'] = dirname($package['manifest_path']);
            $crates[$key] = $package + ['needs' => $needs[$key], 'sha256' => $checksums[$key] ?? null];
        }
        ksort($crates);
        $this->crates = $crates;
        $this->own = array_key_first($needs);
    }

    /**
     * Who needs whom. The tree is asked, since the features of `cargo metadata` are the tests' as well.
     *
     * @return array<string, list<string>>
     */
    private function needs(): array
    {
        $needs = [];
        $above = [];
        foreach (explode("\n", trim($this->cargo('tree --edges normal,no-proc-macro --no-dedupe --prefix depth --format {p}'))) as $line) {
            if (!preg_match('/^(\d+)(\S+) v(\S+)/', $line, $found)) {
                throw new RuntimeException("cargo tree: $line");
            }
            [, $depth, $name, $version] = $found;
            $key = "$name $version";
            $needs[$key] ??= [];
            $above[(int) $depth] = $key;
            if ($depth > 0) {
                $needs[$above[$depth - 1]][$key] = true;
            }
        }
        return array_map(static function (array $keys): array {
            ksort($keys);
            return array_keys($keys);
        }, $needs);
    }

    /** @return array<string, string> of each crate as the registry has it, by Cargo.lock */
    private function checksums(): array
    {
        $checksums = [];
        preg_match_all(
            '/^\[\[package\]\]\nname = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"$/m',
            (string) file_get_contents("$this->root/Cargo.lock"),
            $found,
            PREG_SET_ORDER,
        );
        foreach ($found as [, $name, $version, $checksum]) {
            $checksums["$name $version"] = $checksum;
        }
        return $checksums;
    }

    private function cargo(string $arguments): string
    {
        exec('cd ' . escapeshellarg($this->root) . " && cargo $arguments --locked", $lines, $status);
        if ($status !== 0) {
            throw new RuntimeException("cargo $arguments: exit status $status");
        }
        return implode("\n", $lines);
    }
}
