#!/usr/bin/env bash
# However a test run ends, none of the processes of its parts stays, and the next run may begin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/package/lib/checkout.sh
end() { kill -KILL $(cat "$work"/*.pid 2>/dev/null) 2>/dev/null || true; rm -rf "$work"; }
trap end EXIT

fake dpkg-query <<<'printf "installed %s\n" gcc libc6-dev libclang-dev zip unzip make'
printf '#!/bin/sh\n' >"$checkout/tests/lab/build.sh"
mkdir -p "$checkout/tests/package"
# A part that waits for a program, which waits for another, which does not listen to TERM. Each notes its pid.
cat >"$checkout/tests/package/slow.sh" <<SH
#!/usr/bin/env bash
echo \$\$ >"$work/part.pid"
bash -c 'echo \$\$ >"$work/child.pid"; trap "" TERM; sleep 1000 & echo \$! >"$work/grandchild.pid"; wait; wait'
SH
chmod 755 "$checkout/tests/package/slow.sh"

runs() { [[ -e /proc/$1 && $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) != Z ]]; }
until_so() { # <what> <command>...: a minute is longer than any of this takes
    local tries what=$1
    shift
    for ((tries = 0; tries < 1200; tries++)); do
        if "$@"; then return; fi
        sleep 0.05
    done
    fail "$signal: $what. $(cat "$work/output")"
}
have_begun() { [[ -s $work/part.pid && -s $work/child.pid && -s $work/grandchild.pid ]]; }
have_ended() {
    local pid
    for pid in "${pids[@]}"; do ! runs "$pid" || return 1; done
}
is_free() { flock --nonblock "$checkout/target/lab/test.lock" true; }

for signal in TERM HUP INT KILL; do
    rm -f "$work"/*.pid
    set -m # else it would ignore INT, as it does where we were begun so ourselves
    env --default-signal=INT,HUP,TERM "$checkout/tests/lab/test.sh" package >"$work/output" 2>&1 &
    run=$!
    set +m
    until_so 'its part does not begin' have_begun
    # shellcheck disable=SC2207  # numbers
    pids=($(cat "$work"/*.pid))
    kill "-$signal" "$run" # of it alone, as `kill` and many a supervisor do
    wait "$run" 2>/dev/null && fail "$signal: it says that all is well"
    until_so "processes stay: ${pids[*]}" have_ended
    until_so 'nobody else may test' is_free
done

# And a part that leaves something behind when it has passed.
signal=none
cat >"$checkout/tests/package/slow.sh" <<SH
#!/usr/bin/env bash
sleep 1000 &
echo \$! >"$work/child.pid"
SH
rm -f "$work"/*.pid
"$checkout/tests/lab/test.sh" package >"$work/output" 2>&1 || fail "It failed: $(cat "$work/output")"
pids=("$(cat "$work/child.pid")")
have_ended || fail "It left ${pids[0]} behind"
