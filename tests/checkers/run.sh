#!/usr/bin/env bash
# The phpt tests where PHP, Rust and a checker watch over memory:  run.sh CHECKER
#
#   debug     a PHP for debugging: a value that is not given back, or given back twice
#   zts       the same for threads, as FrankenPHP runs; and then requests in many threads at once
#   valgrind  every process of the tests in valgrind: memory that is not ours or was never written, and leaks
#   asan      extension and PHP with AddressSanitizer, PHP with UBSan as well: the same, and overflows on the stack
#
# Says how many tests ran, and of a checker how many processes it saw and in how many it found something: one is a failure.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT"
checker=$1
variant=$checker
[[ $checker != valgrind ]] || variant=debug
tests/lab/checked.sh "$variant"

php=$LAB_CACHE/php/$variant
run=$php/bin/php
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/found"
# A test becomes nobody, and its process has a file there too.
chmod 711 "$work"
chmod 1777 "$work/found"

case $checker in
    valgrind)
        run=$work/php
        # Whatever a process finds goes to a file of its own, which stays empty if that is nothing. The fake WordPress is no part of
        # what is tested, and would be too slow to answer in time.
        cat >"$run" <<END
#!/bin/sh
exec valgrind -q --vgdb=no --suppressions=$ROOT/tests/checkers/valgrind.supp --trace-children=yes --trace-children-skip-by-arg='*/server.php' \\
    --leak-check=full --show-leak-kinds=definite,indirect --num-callers=40 --log-file=$work/found/%p "$php/bin/php" "\$@"
END
        chmod +x "$run"
        # Of the test that starts 200 scripts.
        export SCRIPTS=16
        # A call that takes milliseconds takes seconds.
        export PATIENCE=10
        # PHP's own heap would hide what becomes of each piece. Tracked: what a fatal error leaves is given back, as there.
        export USE_ZEND_ALLOC=0 USE_TRACKED_ALLOC=1 ZEND_DONT_UNLOAD_MODULES=1
        ;;
    asan)
        export USE_ZEND_ALLOC=0 USE_TRACKED_ALLOC=1 ZEND_DONT_UNLOAD_MODULES=1
        export ASAN_OPTIONS=log_path=$work/found/asan:detect_leaks=1:detect_stack_use_after_return=1:exitcode=99
        export UBSAN_OPTIONS=log_path=$work/found/ubsan:print_stacktrace=1
        ;;
esac

status=0
# Its tests' children are run the same way, and take as long as they take.
NO_INTERACTION=1 REPORT_EXIT_STATUS=1 TEST_TIMEOUT=600 TEST_PHP_EXECUTABLE=$run \
    php "$php/lib/php/build/run-tests.php" -q -j4 --no-color --no-progress -g FAIL,XFAIL,BORK,WARN,LEAK --show-diff \
    -d "extension=$php/rudr_sync.so" tests/phpt >"$work/said" 2>&1 || status=$?
if [[ $status != 0 ]]; then cat "$work/said"; fi
grep -E '^(Number of tests|Tests [a-z]+) +:' "$work/said" | sed -E 's/ +\(.*//; s/^(Number of tests .*[0-9]) +[0-9]+$/\1/'

if [[ $checker == valgrind || $checker == asan ]]; then
    found=$(find "$work/found" -type f -size +0 | wc -l)
    if [[ $checker == valgrind ]]; then echo "Processes in valgrind: $(find "$work/found" -type f | wc -l)"; fi
    echo "Processes with errors: $found"
    if [[ $found != 0 ]]; then
        find "$work/found" -type f -size +0 -exec head -n 150 {} +
        status=1
    fi
fi
if [[ $checker == zts ]]; then tests/threads/run.sh || status=1; fi
exit "$status"
