#!/usr/bin/env bash
# What Cargo.toml names is used and says why; what Cargo.lock holds is from the registry, and as tests/deny/deny.toml allows. What
# cargo-deny itself says is tests/deny's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
host=$(rustc --version --verbose | sed -n 's/^host: //p')
cargo metadata --locked --format-version 1 --filter-platform "$host" >"$work/metadata"
cargo tree --locked --duplicates --edges normal,build,dev --prefix none --depth 0 >"$work/twice"
php tests/package/dependencies.php "$work/metadata" "$work/twice"
