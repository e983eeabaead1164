#!/usr/bin/env bash
# The extension under PHP 8.4, that of Debian 13: built there from these sources, then the phpt tests, as they are and with
# opcache and its JIT. Needs root, for debootstrap.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
source "$ROOT/tests/deb/builder.sh"
cd "$ROOT"
if [[ $(id -u) != 0 ]]; then
    echo "A Debian of its own can only be made as root, in a checkout of root's: sudo ./build.sh test php84"
    exit 1
fi

mkdir -p "$LAB_CACHE/roots"
work=$(mktemp -d "$LAB_CACHE/roots/run.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 143' INT TERM
builder trixie "$work" 8.4
in_builder tests/lab/test.sh phpt
in_builder PHPT_SETTINGS='opcache.enable_cli=1 opcache.jit=tracing opcache.jit_buffer_size=16M' tests/lab/test.sh phpt
