#!/usr/bin/env bash
# Says what building lacks that no Debian package brings; asked before any is installed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

if command -v php >/dev/null && ! php -n -r 'exit(PHP_VERSION_ID >= 80200 ? 0 : 1);'; then
    echo "PHP $PHP_VERSION ($(command -v php)) is too old: rudr_sync needs 8.2 or later." >&2
    exit 1
fi
if ! command -v cargo >/dev/null; then
    rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")
    echo "$(id -un) has no cargo. Building needs Rust $rust or later, see https://rustup.rs" >&2
    echo "Who has it need not be root, who installs need not have it: ./build.sh && sudo ./build.sh install" >&2
    exit 1
fi
