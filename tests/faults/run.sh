#!/usr/bin/env bash
# The matrix of kills: random operations on A, while the proxy before B fails in every way and workers, php-fpm's children and
# the database server are killed with SIGKILL. When it quiets, B must have just what A has. All that is done in a run is made
# from its seed.
#
#   run.sh                                20 runs of 60 operations: seeds 1 to 20
#   SEEDS=500 OPERATIONS=500 run.sh       so many runs of so many
#   SEED="17 40" run.sh                   these again
#   LABS=2                                so many runs at once, each in a lab and with a database of its own
#   TRACE=1                               the database's log of all statements is kept beside the story of a run
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT"

labs=${LABS:-2}
read -ra seeds <<<"${SEED:-$(seq -s ' ' 1 "${SEEDS:-20}")}"
[[ $labs -le ${#seeds[@]} ]] || labs=${#seeds[@]}
cargo build --quiet --locked --no-default-features --example fault_proxy
proxy=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/examples/fault_proxy
# Both would fetch them.
tests/lab/tools.sh
tests/lab/wordpress.sh newest
rm -rf "$LAB_CACHE/faults"

runs=()
down() {
    if [[ ${#runs[@]} -gt 0 ]]; then kill "${runs[@]}" 2>/dev/null || true; fi
    for ((lab = 1; lab <= labs; lab++)); do LAB=test-faults$lab tests/lab/lab.sh down; done
}
trap down EXIT
trap 'exit 130' INT TERM
down

export LAB_DATABASE=killed
for ((lab = 1; lab <= labs; lab++)); do
    mine=()
    for ((at = lab - 1; at < ${#seeds[@]}; at += labs)); do mine+=("${seeds[at]}"); done
    LAB=test-faults$lab php tests/faults/kills.php "$proxy" "${OPERATIONS:-60}" "${mine[@]}" &
    runs+=($!)
done
status=0
for run in "${runs[@]}"; do wait "$run" || status=1; done
runs=()
exit $status
