#!/usr/bin/env bash
# Builds the extension by cargo, or by what is named as it. Paths of this machine are left out: the same file comes of it everywhere, and
# it shows nobody's folders. RUSTFLAGS, where they are set, go instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec "${1:-cargo}" build --release --locked \
    --config "build.rustflags = ['--remap-path-prefix=$(pwd -P)=.', '--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo']"
