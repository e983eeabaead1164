#!/usr/bin/env bash
# What it costs: tables in Markdown on stdout, each for two sites or two programs in the same run.
#
#   run.sh [NAME]... [--n=NUMBER] [--wordpress=VERSION[,VERSION]]
#
#   calls    one call of the extension, beside curl and wp_remote_post()
#   deliver  a thousand changes in one call, with 1, 8 and 32 requests in flight, beside libcurl and the ideal
#   hooks    what a hook adds to a user made by code, by the registration form, and to a profile; and how soon the user follows
#   pages    a small pool of php-fpm while the remote hangs
#   backfill the tutorial's code, our requests one by one and in batches, the receiver, and wp_insert_user() alone, side by side
#   load     the extension loaded and not used: start of PHP, memory of a process
#   workers  one, two and four workers on a pile of waiting links; and who registers meanwhile
#
# calls and hooks when none is named. NUMBER is how many rounds (calls, load, hooks), changes (deliver), pages, users (backfill) or links
# (workers) instead of the usual 1500, 200, 1000, 1000, 200, 2000 and 10000: the fewer, the less it tells. VERSION: 6.1, 6.8 or newest, of
# the source.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
source "$ROOT/tests/lab/php-ini.sh"
cd "$ROOT"

names=() number='' versions=''
for word; do
    case $word in
        --n=*) number=${word#*=} ;;
        --wordpress=*) versions=${word#*=} ;;
        calls | deliver | load | hooks | pages | backfill | workers) names+=("$word") ;;
        *[!0-9]* | '') sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
        *) number=$word ;;
    esac
done
[[ ${#names[@]} -gt 0 ]] || names=(calls hooks)

rude_server=target/bench/release/examples/rude_server
build_rude_server() {
    # A folder of its own: without link-time optimisation, which a server that says one thing does not need, it is soon built.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo build --quiet --locked --release --no-default-features --example rude_server --target-dir target/bench
}

calls() {
    tests/lab/wordpress.sh newest >&2
    build_rude_server
    tests/lab/php.sh tests/bench/bench.php "$LAB_CACHE/wordpress/newest" "$rude_server" "${number:-1500}"
}

deliver() {
    build_rude_server
    tests/lab/php.sh tests/bench/deliver.php "$rude_server" "${number:-1000}"
}

load() {
    tests/lab/tools.sh >&2
    PHP_INI_SCAN_DIR=$(php_ini_folder) php tests/bench/load.php "$ROOT/target/rudr_sync.so" "$LAB_CACHE/tools/php-fpm" "${number:-200}"
}

# In a lab of its own, gone afterwards, with ports that no other lab looks at.
sites() { # <name> <number>
    export LAB=bench-$1 LAB_PORT=${LAB_PORT:-8700}
    tests/lab/lab.sh down
    trap 'tests/lab/lab.sh down' EXIT
    # shellcheck disable=SC2086  # a list
    tests/lab/php.sh "tests/bench/$1.php" "${number:-$2}" ${versions//,/ }
}

failed=()
for name in "${names[@]}"; do
    printf '\n## %s\n\n' "$name"
    case $name in
        calls) (calls) ;;
        deliver) (deliver) ;;
        load) (load) ;;
        hooks) (sites hooks 1000) ;;
        pages) (sites pages 200) ;;
        backfill) (sites backfill 2000) ;;
        workers) (sites workers 10000) ;;
    esac || failed+=("$name")
done
if [[ ${#failed[@]} -gt 0 ]]; then
    echo "Not as it should be, or not measured: ${failed[*]}" >&2
    exit 1
fi
