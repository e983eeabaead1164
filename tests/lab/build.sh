#!/usr/bin/env bash
# Builds the extension and puts it at target/rudr_sync.so.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

if ! command -v cargo >/dev/null; then
    echo "No cargo. Install Rust (rust-version in Cargo.toml or newer) first." >&2
    exit 1
fi
cargo build --release --locked
built=${CARGO_TARGET_DIR:-target}/release/librudr_sync.so
mkdir -p target
# Moved into place: a PHP that has the old file mapped must not see it change under it.
if ! cmp -s "$built" target/rudr_sync.so; then
    cp "$built" target/rudr_sync.so.new
    mv target/rudr_sync.so.new target/rudr_sync.so
fi
echo "target/rudr_sync.so for PHP $PHP_VERSION"
