#!/usr/bin/env bash
# Runs the tests, part by part:  test.sh [PART]...
#
#   rust    the core, without PHP; and how it looks to rustfmt and clippy, where they are installed
#   fuzz    every decoder of what comes from outside, fuzzed for some seconds each, or MINUTES=10; see tests/fuzz/run.sh
#   phpt    the extension's surface, each behaviour a file, by PHP's own run-tests.php
#   php84   the same surface under PHP 8.4, in a Debian 13 of its own. Needs root, and is left out without
#   sapi    cli, php-fpm and Apache, really started: what a call, a reload and a preload do in them
#   stubs   stubs/rudr_sync.php says what the extension has
#   package what ./build.sh package makes, and that versions agree; how test runs and installs end
#   plugin  the plugin in real WordPress
#   receiver  the receiver in real WordPress, over HTTP: by hand, and by the extension
#   sites   whole sites, over HTTP
#   faults  workers, children and the database killed at random moments, and a proxy that fails; see tests/faults/run.sh
#   browser wp-admin in headless Chromium; pictures of it are in target/lab/pictures afterwards
#   demo    the story that ./build.sh demo tells
#   scale   days without the remote, tens of thousands of rows, copies of a site
#   zts     PHP for threads (and for debugging), built here: the phpt tests, and requests in many threads; see tests/checkers/run.sh
#   debug   the phpt tests on a PHP for debugging, built here
#   valgrind  the phpt tests in valgrind
#   asan    the phpt tests with AddressSanitizer and UBSan
#   memory  a million calls (or CALLS=…) in one process, which must not grow
#   reproducible  the extension built twice, in two folders: the same file
#   deny    licences, duplicates and known faults of what is built on, by cargo-deny, which is built first
#   sbom    the bill of materials in the packages, by CycloneDX's schema
#   deb     the .deb in a clean Debian: installed, upgraded, removed. Needs root
#
# All but those from zts on when none is named; a part whose files do not exist is an error only when it is named.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/php-ini.sh"
source "$ROOT/tests/lab/group.sh"
cd "$ROOT"

parts=(rust phpt php84 stubs package fuzz sapi plugin receiver sites faults scale browser demo)
# Only when they are named: they take long the first time, or what not every machine has.
on_demand=(zts debug valgrind asan memory reproducible deny sbom deb)
declare -A files=([rust]=src [phpt]=tests/phpt [stubs]=tests/stubs.php [package]=tests/package [plugin]=tests/plugin
    [receiver]=tests/receiver [sites]=tests/sites [faults]=tests/faults [browser]=tests/browser [demo]=tests/demo [scale]=tests/scale
    [zts]=tests/threads [debug]=tests/checkers [valgrind]=tests/checkers [asan]=tests/checkers [memory]=tests/memory
    [reproducible]=tests/reproducible [deny]=tests/deny [sbom]=tests/sbom [deb]=tests/deb [php84]=tests/php84 [sapi]=tests/sapi [fuzz]=tests/fuzz)
# The sets of packages.sh that they need beside `build`.
declare -A needs=([package]=package [plugin]=lab [receiver]=lab [sites]=lab [faults]=lab [browser]='lab browser' [demo]=lab [scale]=lab
    [zts]=source [debug]=source [valgrind]='source valgrind' [asan]=source
    [sbom]='package sbom' [deb]=deb [php84]=deb [sapi]='lab apache' [fuzz]=fuzz)
# Those that need no lab.
computes=(rust phpt php84 stubs package fuzz)
labs=(test-sapi test-plugin test-receiver test-sites test-faults1 test-faults2 test-browser test-demo test-scale)

rust() {
    cargo test --quiet --locked --no-default-features
    # Looks only: another version of Rust has other opinions, and is no reason for a red test.
    if cargo fmt --version >/dev/null 2>&1; then cargo fmt --check || true; fi
    if cargo clippy --version >/dev/null 2>&1; then cargo clippy --quiet --locked --no-default-features --all-targets; fi
}

phpt() { # PHPT_SETTINGS: of php.ini, for a run that is not as it comes
    local runner terminal=(--color) setting settings=()
    [[ -t 1 ]] || terminal=(--no-color --no-progress)
    for setting in ${PHPT_SETTINGS:-}; do settings+=(-d "$setting"); done
    runner=$("$(php_config)" --prefix)/lib/php/$("$(php_config)" --phpapi)/build/run-tests.php
    # PHP's runner reports failures by its exit status only if asked to, and asks to mail them if not told otherwise.
    PHP_INI_SCAN_DIR=$(php_ini_folder) NO_INTERACTION=1 REPORT_EXIT_STATUS=1 TEST_PHP_EXECUTABLE=$(command -v php) \
        php "$runner" -q "${terminal[@]}" -g FAIL,XFAIL,BORK,WARN,LEAK --show-diff -d "extension=$ROOT/target/rudr_sync.so" "${settings[@]}" \
        tests/phpt
}

fuzz() { tests/fuzz/run.sh; }
stubs() { tests/lab/php.sh tests/stubs.php --check; }

package() {
    local check status=0
    for check in tests/package/*.sh; do
        if "$check"; then echo "ok   $check"; else echo "FAIL $check"; status=1; fi
    done
    return $status
}

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
scale() { suite scale; }
faults() { tests/faults/run.sh; }
zts() { tests/checkers/run.sh zts; }
debug() { tests/checkers/run.sh debug; }
valgrind() { tests/checkers/run.sh valgrind; }
asan() { tests/checkers/run.sh asan; }
memory() { tests/memory/run.sh; }
reproducible() { tests/reproducible/run.sh; }
deny() { tests/deny/run.sh; }
sbom() { tests/sbom/run.sh; }
php84() { tests/php84/run.sh; }
sapi() { suite sapi; }
deb() { tests/deb/run.sh; }

browser() { suite browser; }

# Not in the lab of a demo that somebody keeps.
demo() { LAB=test-demo tests/demo/demo.sh; }

# For build.sh, which may be root where we are not: prints the sets of packages for these parts.
only_packages=
if [[ ${1:-} == --packages ]]; then
    only_packages=yes
    shift
fi
set -- "${@#--}" # --zts is zts
for part; do
    if [[ -z ${files[$part]:-} || ! -e ${files[$part]} ]]; then
        echo "No such part of the tests: $part (there are: ${parts[*]} ${on_demand[*]})" >&2
        exit 2
    fi
done

chosen=("$@")
left_out=
if [[ $# -eq 0 ]]; then
    for part in "${parts[@]}"; do
        if [[ $part == php84 && $(id -u) != 0 ]]; then left_out=$part; else chosen+=("$part"); fi
    done
fi
sets=(build)
# shellcheck disable=SC2206  # words
for part in "${chosen[@]}"; do sets+=(${needs[$part]:-}); done
if [[ $only_packages ]]; then
    echo "${sets[@]}"
    exit
fi
tests/lab/packages.sh "${sets[@]}"

# One run at a time in a checkout; the lock goes with the process.
mkdir -p "$LAB_CACHE"
exec 8>"$LAB_CACHE/test.lock"
flock --nonblock 8 || { echo "Another test run is at work in this checkout." >&2; exit 1; }

# However it ends, nothing stays: no process of a part, no lab.
clean_up() {
    end_group "$group"
    local lab
    for lab in "${labs[@]}"; do LAB=$lab tests/lab/lab.sh down; done
}
# After `kill -9` somebody else has to see to that. This reads which group is at work, until we end; the lock is its as well.
watch_us() {
    trap '' INT TERM HUP
    local word group=
    while read -r word; do
        if [[ $word == done ]]; then return; fi
        group=$word
    done
    clean_up
}
group=
set -m # a process group of its own: what ends ours does not end it
coproc WATCH { watch_us >&2; }
set +m
watcher=$WATCH_PID
exec 7>&"${WATCH[1]}" {WATCH[0]}<&- {WATCH[1]}>&-
trap 'status=$?; trap "" INT TERM HUP; clean_up; echo done >&7; wait "$watcher" || true; exit $status' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Two lanes side by side, one of which mostly computes while the other mostly waits: for servers, for time to pass. What a part
# says is then shown when it has ended, and stays in target/lab/parts.
said=$LAB_CACHE/parts
rm -rf "$said"
mkdir -p "$said"

lanes() {
    set +m # one group for all
    local computing=() waiting=() part
    for part in "${chosen[@]}"; do
        if [[ ! -e ${files[$part]} ]]; then
            printf '\n=== %s: not there yet (%s)\n' "$part" "${files[$part]}"
            echo "$part" >>"$said/.passed"
        elif [[ " ${computes[*]} " == *" $part "* ]]; then
            computing+=("$part")
        else
            waiting+=("$part")
        fi
    done
    if [[ ${#computing[@]} -gt 0 && ${#waiting[@]} -gt 0 ]]; then
        # It takes what the other leaves: tests with servers are about what happens in time.
        (renice -n 19 "$BASHPID" >/dev/null && lane aside "${computing[@]}") &
        lane aside "${waiting[@]}"
        wait
    else
        lane here "${computing[@]}" "${waiting[@]}"
    fi
}

# A failure does not keep the other parts from running.
lane() { # here|aside <part>...
    local where=$1 part
    shift
    for part; do
        if [[ $where == here ]]; then
            run_part "$part"
        else
            run_part "$part" >"$said/$part" 2>&1
            flock "$said/.lock" cat "$said/$part"
        fi
    done
}

run_part() { # <part>
    local started=$SECONDS status
    printf '\n=== %s\n' "$1"
    # Behind `||` errexit would not hold in it.
    set +e
    (set -e; "$1")
    status=$?
    set -e
    printf -- '--- %s: %s, %d s\n' "$1" "$([[ $status == 0 ]] && echo passed || echo FAILED)" $((SECONDS - started))
    [[ $status != 0 ]] || echo "$1" >>"$said/.passed"
}

# The core's tests need no extension, all others do.
[[ ${chosen[*]} == rust || ${chosen[*]} == fuzz ]] || in_group tests/lab/build.sh
in_group lanes

# Whatever has not said that it passed has failed, however it ended.
touch "$said/.passed"
failed=()
for part in "${chosen[@]}"; do
    grep -qxF "$part" "$said/.passed" || failed+=("$part")
done
echo
if [[ ${#failed[@]} -gt 0 ]]; then
    echo "Failed: ${failed[*]}"
    exit 1
fi
echo "All passed: ${chosen[*]}${left_out:+. Left out, since it needs root: $left_out}"
