#!/usr/bin/env bash
# What one call costs, beside its alternatives: a table in Markdown on stdout.
#
#   run.sh [ROUNDS]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT"
tests/lab/wordpress.sh newest >&2
# A folder of its own: without link-time optimisation, which a server that says one thing does not need, it is soon built.
CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo build --quiet --locked --release --no-default-features --example rude_server --target-dir target/bench
exec tests/lab/php.sh tests/bench/bench.php "$LAB_CACHE/wordpress/newest" target/bench/release/examples/rude_server "$@"
