#!/usr/bin/env bash
# A million calls, or as many as CALLS says: the process must not grow.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT"
# As the bench builds it.
CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo build --quiet --locked --release --no-default-features --example rude_server --target-dir target/bench
tests/lab/php.sh tests/memory/memory.php target/bench/release/examples/rude_server "${CALLS:-1000000}"
