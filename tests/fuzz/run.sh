#!/usr/bin/env bash
# Fuzzes every decoder of what comes from outside, a target after the other:  run.sh [TARGET]...
#
# Run by ./build.sh test fuzz: some seconds for each. MINUTES=10 ./build.sh test fuzz: so long for each, TARGETS='user job' only these;
# what that finds new is then merged into the corpus. Rust's stable compiler is enough. Where there is cargo-fuzz and a nightly one,
# `cargo fuzz run --fuzz-dir tests/fuzz TARGET` does the same, with AddressSanitizer.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT/tests/fuzz"

seconds=5
[[ -z ${MINUTES:-} ]] || seconds=$((MINUTES * 60))
if [[ $# -gt 0 ]]; then targets=("$@"); else read -ra targets <<<"${TARGETS:-$(basename -s .rs targets/*.rs | xargs)}"; fi

# What cargo-fuzz would pass. With a target named, build scripts and macros are compiled without it.
host=$(rustc -vV | sed -n 's/^host: //p')
level='-Cllvm-args=-sanitizer-coverage'
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module $level-level=4 $level-inline-8bit-counters $level-pc-table $level-trace-compares \
    -Cdebug-assertions -Ccodegen-units=1"
cargo build --quiet --locked --release --bins --target "$host" --target-dir "$ROOT/target/fuzz"
programs=$ROOT/target/fuzz/$host/release

status=0
printf '%-14s %14s %8s %10s %8s\n' target executions kept features found
for target in "${targets[@]}"; do
    new=$ROOT/target/fuzz/new/$target
    artifacts=$ROOT/tests/fuzz/artifacts/$target
    said=$ROOT/target/fuzz/$target.log
    mkdir -p "$new" "$artifacts" "corpus/$target"
    rm -f "$artifacts"/*
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$artifacts/" -print_final_stats=1)
    [[ ! -f dictionaries/$target ]] || options+=(-dict="dictionaries/$target")
    outcome=0
    "$programs/$target" "$new" "corpus/$target" "${options[@]}" >"$said" 2>&1 || outcome=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$said")
    features=$(grep -oE 'ft: [0-9]+' "$said" | tail -n 1 || true)
    kept=(corpus/"$target"/*)
    files=("$artifacts"/*)
    [[ -e ${files[0]} ]] || files=()
    printf '%-14s %14s %8s %10s %8s\n' "$target" "${executions:-?}" "${#kept[@]}" "${features#ft: }" "${#files[@]}"
    if [[ $outcome != 0 ]]; then
        status=1
        grep -aE -A 3 "panicked at|ERROR: libFuzzer" "$said" | head -n 20 || tail -n 20 "$said"
        for file in "${files[@]}"; do echo "Replay: target/fuzz/$host/release/$target ${file#"$ROOT/"}"; done
    fi
    # For hours only: a short run is not to change what is in git.
    if [[ ${MINUTES:-} && $outcome == 0 ]]; then
        "$programs/$target" -merge=1 -max_len=2048 "corpus/$target" "$new" >>"$said" 2>&1
        echo "               $(find "corpus/$target" -type f | wc -l) kept after merging"
    fi
done
exit $status
