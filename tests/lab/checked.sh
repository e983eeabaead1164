#!/usr/bin/env bash
# Builds the extension with all of Rust's own checks, for a PHP of php-source.sh:  checked.sh VARIANT
#
# It is at target/lab/php/VARIANT/rudr_sync.so afterwards.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"
variant=$1
tests/lab/php-source.sh "$variant"

php=$LAB_CACHE/php/$variant
built=target/checked/checked
target=()
if [[ $variant == asan ]]; then
    # A flag that only nightly takes, or any Rust that is told to. With a target named, what runs during the build is built without.
    host=$(rustc -vV | sed -n 's/^host: //p')
    export RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address ASAN_OPTIONS=detect_leaks=0
    export "CFLAGS_${host//-/_}=-fsanitize=address"
    target=(--target "$host")
    built=target/checked/$host/checked
fi
# One folder for all of them: what does not know PHP is built once.
PHP=$php/bin/php PHP_CONFIG=$php/bin/php-config CARGO_TARGET_DIR=target/checked \
    cargo build --quiet --locked --lib --profile checked "${target[@]}"
cp "$built/librudr_sync.so" "$php/rudr_sync.so.new"
mv "$php/rudr_sync.so.new" "$php/rudr_sync.so"
