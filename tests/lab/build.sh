#!/usr/bin/env bash
# Builds the extension and puts it at target/rudr_sync.so.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

tests/lab/can-build.sh
# By its real name: where `php` is an alternative, only this tells cargo that it has become another.
PHP=$(php -n -r 'echo PHP_BINARY;')
PHP_CONFIG=$(php_config) || { echo "No php-config for PHP $PHP_VERSION: its headers are missing." >&2; exit 1; }
export PHP PHP_CONFIG
pie/cargo.sh
built=${CARGO_TARGET_DIR:-target}/release/librudr_sync.so
mkdir -p target
# Moved into place: a PHP that has the old file mapped must not see it change under it. And new in any case: stale.sh
# looks which is newer, this or its sources.
if cmp -s "$built" target/rudr_sync.so; then
    touch target/rudr_sync.so
else
    cp "$built" target/rudr_sync.so.new
    mv target/rudr_sync.so.new target/rudr_sync.so
fi
echo "target/rudr_sync.so for PHP $PHP_VERSION"
