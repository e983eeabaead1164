#!/usr/bin/env bash
# Says why target/rudr_sync.so has to be built, with status 0; says nothing, with status 1, if it is good as it is.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

so=target/rudr_sync.so
if [[ ! -e $so ]]; then
    echo "$so is not there."
elif newer=$(find src build.rs php/rudr-sync/powers.txt pie/cargo.sh Cargo.toml Cargo.lock -newer "$so" -print -quit) && [[ -n $newer ]]; then
    echo "$so is older than $newer."
elif ! command -v php >/dev/null; then
    echo "there is no PHP on PATH yet."
elif ! php -n -d "extension=$ROOT/$so" -r 'exit(extension_loaded("rudr_sync") ? 0 : 1);' >/dev/null 2>&1; then
    echo "$so is not for PHP $PHP_VERSION ($(command -v php))."
else
    exit 1
fi
