#!/usr/bin/env bash
# A Debian as somebody has it who runs php-fpm, and nothing else:  root.sh SUITE FOLDER PACKAGE...
#
# unpacks it in FOLDER. It is made once, by debootstrap, and kept as a tarball in target/lab/roots. Nothing of this machine
# is mounted into it. SUITE is as Debian calls it, PACKAGE what it is to have besides.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
source "$ROOT/tests/lab/apt.sh"
source "$ROOT/tests/deb/inside.sh"
suite=$1 folder=$2
shift 2

make_root() { # <suite> <folder> <mirror> <package>...
    local into=$2
    debootstrap --variant=minbase "${@:1:3}" || return
    # No service begins in it; what would have been done to one is noted.
    printf '#!/bin/sh\necho "$*" >>/var/log/services\nexit 101\n' >"$into/usr/sbin/policy-rc.d"
    chmod 755 "$into/usr/sbin/policy-rc.d"
    inside "$into" apt-get -y --no-install-recommends install "${@:4}" && inside "$into" apt-get clean
}

roots=$LAB_CACHE/roots
kept=$roots/$suite-$(tr ' ' '-' <<<"$*").tar
mkdir -p "$roots" "$folder"
if [[ ! -e $kept ]]; then
    echo "Making a Debian $suite with $* (once)"
    mirror=$(source_for "$suite" "$(debian_sources)" | grep -E '^(URIs:|deb )' | grep -oE '[a-z]+://[^ ]+' | head -n 1)
    making=$(mktemp -d "$roots/making.XXXXXX")
    trap 'rm -rf --one-file-system "$making" "$kept.new"' EXIT
    make_root "$suite" "$making" "$mirror" "$@" >"$roots/$suite.log" 2>&1 || { tail -n 20 "$roots/$suite.log"; exit 1; }
    tar --create --one-file-system --numeric-owner --directory="$making" --file="$kept.new" .
    mv "$kept.new" "$kept"
fi
tar --extract --numeric-owner --same-permissions --directory="$folder" --file="$kept"
