#!/usr/bin/env bash
# One version: Cargo.toml's. The plugin, its readme, its receiver, the lock file, the changelog and the built extension have the
# same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "No version in Cargo.toml"; exit 1; }

status=0
agrees() { # <where> <what it says>
    [[ $2 == "$version" ]] || { echo "Cargo.toml says $version, but $1 says '$2'"; status=1; }
}
first() { sed -n "s/$1/\1/p" "$2" | head -n 1; } # the first match of a regular expression in a file

agrees Cargo.lock "$(sed -n '/^name = "rudr-sync"/{n;s/^version = "\(.*\)"/\1/p}' Cargo.lock)"
agrees "the plugin's header" "$(first '^ \* Version: *\(.*\)' php/rudr-sync/rudr-sync.php)"
agrees "readme.txt's Stable tag" "$(first '^Stable tag: *\(.*\)' php/rudr-sync/readme.txt)"
agrees "readme.txt's changelog" "$(first '^= \([0-9.]*\) =$' php/rudr-sync/readme.txt)"
agrees "the receiver" "$(first ".* const VERSION = '\(.*\)';" php/rudr-sync/src/receiver/class-receiver-routes.php)"
# What is not released yet may stand above, under [Unreleased].
agrees CHANGELOG.md "$(first '^## \[\([0-9.]*\)\].*' CHANGELOG.md)"
agrees "target/rudr_sync.so" "$(tests/lab/php.sh --ri rudr_sync | sed -n 's/^Version => //p')"

# What must be there says the same everywhere as well.
for what in 'Requires at least' 'Requires PHP'; do
    header=$(first "^ \* $what: *\(.*\)" php/rudr-sync/rudr-sync.php)
    readme=$(first "^$what: *\(.*\)" php/rudr-sync/readme.txt)
    [[ -n $header && $header == "$readme" ]] || { echo "$what: '$header' in the plugin's header, '$readme' in readme.txt"; status=1; }
done
exit $status
