#!/usr/bin/env bash
# Everything this project can do with itself, from any folder:
#
#   ./build.sh                  builds target/rudr_sync.so (and installs the Debian packages that this needs)
#   ./build.sh demo [--keep]    two real WordPress sites, and a user who follows from one to the other
#   ./build.sh test [PART]...   all tests, or some: rust phpt php84 stubs package fuzz sapi plugin receiver sites faults scale
#                               browser demo; on demand: zts debug valgrind asan memory reproducible deny sbom deb.
#                               SEEDS=500 OPERATIONS=500 ./build.sh test faults: for hours; MINUTES=10 ./build.sh test fuzz: so long for each
#   ./build.sh bench [NAME]...  what it costs, beside its alternatives: calls hooks (these two if none is named) deliver load
#                               pages backfill workers
#   ./build.sh install          puts the extension where this machine's PHP looks; builds it only if it must
#   ./build.sh package          makes target/package/: the plugin as a zip, the extension as a tar.gz and a .deb
#   ./build.sh stubs            writes stubs/rudr_sync.php anew from the extension
#   ./build.sh clean            removes all that was built, fetched and left running
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
lab=tests/lab
source "$lab/owner.sh"
# Where rustup puts it, for shells that have not read its environment.
[[ :$PATH: == *":$HOME/.cargo/bin:"* ]] || export PATH=$PATH:$HOME/.cargo/bin

# Packages as whoever calls, everything else as the checkout's owner: also under sudo no file here becomes root's.
prepare() { # <set of packages>...
    as_owner "$lab/can-build.sh"
    "$lab/packages.sh" "$@"
}

build() { # <further set of packages>...
    prepare build "$@"
    as_owner "$lab/build.sh"
}

command=${1:-build}
shift || true
case $command in
    build) build ;;
    demo)
        build lab
        as_owner tests/demo/demo.sh "$@"
        ;;
    test)
        sets=$("$lab/test.sh" --packages "$@")
        # shellcheck disable=SC2086  # words
        prepare $sets
        as_owner "$lab/test.sh" "$@"
        ;;
    bench)
        build lab
        as_owner tests/bench/run.sh "$@"
        ;;
    install)
        if why=$("$lab/stale.sh"); then
            echo "Building: $why"
            build
        fi
        exec "$lab/install.sh"
        ;;
    package)
        build package
        as_owner "$lab/package.sh"
        ;;
    stubs)
        build
        as_owner "$lab/stubs.sh"
        ;;
    clean) exec "$lab/clean.sh" ;;
    *)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' build.sh
        [[ $command == help || $command == --help ]] || exit 2
        ;;
esac
