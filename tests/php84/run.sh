#!/usr/bin/env bash
# The extension under PHP 8.4, that of Debian 13: built there from these sources, then the phpt tests, as they are and with
# opcache and its JIT. Needs root, for debootstrap.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
source "$ROOT/tests/deb/builder.sh"
cd "$ROOT"
if [[ $(id -u) != 0 ]]; then
    echo "SKIPPED: a Debian of its own can only be made as root, in a checkout of root's."
    exit "${NOT_ROOT:-0}"
fi

builder trixie 8.4
# It is what it does that is tested, not how fast: so a build that takes a fraction of the time.
quick=(CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1)
in_builder "${quick[@]}" tests/lab/test.sh phpt
in_builder "${quick[@]}" PHPT_SETTINGS='opcache.enable_cli=1 opcache.jit=tracing opcache.jit_buffer_size=16M' tests/lab/test.sh phpt
