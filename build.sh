#!/usr/bin/env bash
# Everything this project can do with itself, from any folder:
#
#   ./build.sh                  builds target/rudr_sync.so (and installs the Debian packages that this needs)
#   ./build.sh demo [--keep]    two real WordPress sites, and a user who follows from one to the other
#   ./build.sh test [PART]...   all tests, or some: rust phpt stubs plugin receiver sites browser demo
#   ./build.sh bench            what a call costs, beside its alternatives
#   ./build.sh install          puts the extension where this machine's PHP looks
#   ./build.sh stubs            writes stubs/rudr_sync.php anew from the extension
#   ./build.sh clean            removes all that was built, fetched and left running
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
lab=tests/lab
# Where rustup puts it, for shells that have not read its environment.
export PATH=$PATH:$HOME/.cargo/bin

build() {
    "$lab/packages.sh"
    "$lab/build.sh"
}

command=${1:-build}
shift || true
case $command in
    build) build ;;
    demo) build; exec tests/demo/demo.sh "$@" ;;
    test) "$lab/packages.sh"; exec "$lab/test.sh" "$@" ;;
    bench) build; exec tests/bench/run.sh "$@" ;;
    install) build; exec "$lab/install.sh" ;;
    stubs) build; exec "$lab/php.sh" tests/stubs.php ;;
    clean) exec "$lab/clean.sh" ;;
    *)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' build.sh
        [[ $command == help || $command == --help ]] || exit 2
        ;;
esac
