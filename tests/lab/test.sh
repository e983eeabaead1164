#!/usr/bin/env bash
# Runs the tests, part by part:  test.sh [PART]...
#
#   rust    the core, without PHP; and how it looks to rustfmt and clippy, where they are installed
#   phpt    the extension's surface, each behaviour a file, by PHP's own run-tests.php
#   stubs   stubs/rudr_sync.php says what the extension has
#   plugin  the plugin in real WordPress
#   receiver  the receiver in real WordPress, over HTTP, without the extension
#   sites   whole sites, over HTTP
#   browser wp-admin in headless Chromium; pictures of it are in target/lab/pictures afterwards
#   demo    the story that ./build.sh demo tells
#
# All of them when none is named; a part whose files do not exist is an error only when it is named.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/php-ini.sh"
cd "$ROOT"

parts=(rust phpt stubs plugin receiver sites browser demo)
declare -A files=([rust]=src [phpt]=tests/phpt [stubs]=tests/stubs.php [plugin]=tests/plugin [receiver]=tests/receiver [sites]=tests/sites
    [browser]=tests/browser [demo]=tests/demo)

rust() {
    cargo test --quiet --locked --no-default-features
    # Looks only: another version of Rust has other opinions, and is no reason for a red test.
    if cargo fmt --version >/dev/null 2>&1; then cargo fmt --check || true; fi
    if cargo clippy --version >/dev/null 2>&1; then cargo clippy --quiet --locked --no-default-features --all-targets; fi
}

phpt() {
    local runner terminal=(--color)
    [[ -t 1 ]] || terminal=(--no-color --no-progress)
    runner=$(php-config"$PHP_VERSION" --prefix)/lib/php/$(php-config"$PHP_VERSION" --phpapi)/build/run-tests.php
    # PHP's runner reports failures by its exit status only if asked to, and asks to mail them if not told otherwise.
    PHP_INI_SCAN_DIR=$(php_ini_folder) NO_INTERACTION=1 REPORT_EXIT_STATUS=1 TEST_PHP_EXECUTABLE=$(command -v php) \
        php "$runner" -q "${terminal[@]}" -g FAIL,XFAIL,BORK,WARN,LEAK --show-diff -d "extension=$ROOT/target/rudr_sync.so" tests/phpt
}

stubs() { tests/lab/php.sh tests/stubs.php --check; }

# In a lab of its own, with fresh databases, gone afterwards.
suite() {
    export LAB=test-$1
    tests/lab/lab.sh down
    local status=0
    if [[ -f tests/$1/phpunit.xml ]]; then
        phpunit --configuration "tests/$1/phpunit.xml" || status=$?
    else
        phpunit --bootstrap tests/lab/Lab.php "tests/$1" || status=$?
    fi
    tests/lab/lab.sh down
    return $status
}

plugin() { suite plugin; }
receiver() { suite receiver; }
sites() { suite sites; }

browser() {
    tests/lab/packages.sh browser
    suite browser
}

demo() { tests/demo/demo.sh; }

for part; do
    if [[ -z ${files[$part]:-} || ! -e ${files[$part]} ]]; then
        echo "No such part of the tests: $part (there are: ${parts[*]})" >&2
        exit 2
    fi
done

# One run at a time in a checkout; the lock goes with the process. Interrupted, nothing stays up.
mkdir -p "$LAB_CACHE"
exec 8>"$LAB_CACHE/test.lock"
flock --nonblock 8 || { echo "Another test run is at work in this checkout." >&2; exit 1; }
trap 'for lab in test-plugin test-receiver test-sites test-browser demo-test; do LAB=$lab tests/lab/lab.sh down; done' EXIT
trap 'exit 130' INT TERM

chosen=("$@")
[[ $# -gt 0 ]] || chosen=("${parts[@]}")
# The core's tests need no extension, all others do.
[[ ${chosen[*]} == rust ]] || tests/lab/build.sh
failed=()
for part in "${chosen[@]}"; do
    if [[ ! -e ${files[$part]} ]]; then
        printf '\n=== %s: not there yet (%s)\n' "$part" "${files[$part]}"
        continue
    fi
    printf '\n=== %s\n' "$part"
    started=$SECONDS
    # In a process of its own, where errexit holds; a failure does not keep the other parts from running.
    set +e
    (set -e; "$part") 8>&- # a server left behind must not hold the lock
    status=$?
    set -e
    printf -- '--- %s: %s, %d s\n' "$part" "$([[ $status == 0 ]] && echo passed || echo FAILED)" $((SECONDS - started))
    [[ $status == 0 ]] || failed+=("$part")
done

echo
if [[ ${#failed[@]} -gt 0 ]]; then
    echo "Failed: ${failed[*]}"
    exit 1
fi
echo "All passed: ${chosen[*]}"
