#!/usr/bin/env bash
# cargo-deny on all that is built on: licences, duplicates, bans, sources, and what is known against any of it.
#
# Run by ./build.sh test deny. The first time cargo-deny itself is built, which takes some five minutes of processor time. What is
# known is in RustSec's database, which is a git repository and in no registry of packages: where it cannot be reached, that is said, and
# is no failure.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT"

version=0.20.2
deny=$ROOT/target/deny/bin/cargo-deny
if [[ $("$deny" --version 2>/dev/null) != "cargo-deny $version" ]]; then
    echo "Building cargo-deny $version (once)"
    cargo install --quiet --locked --root target/deny --target-dir target/deny/build cargo-deny --version $version
    rm -rf target/deny/build
fi

"$deny" --locked --config tests/deny/deny.toml check licenses bans sources

said=$(mktemp)
trap 'rm -f "$said"' EXIT
if "$deny" --locked --config tests/deny/deny.toml fetch db >"$said" 2>&1; then
    "$deny" --locked --config tests/deny/deny.toml check advisories
else
    tail -n 3 "$said"
    echo "NOT CHECKED: what is known against them. RustSec's database cannot be reached from here."
fi
