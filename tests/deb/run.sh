#!/usr/bin/env bash
# The .deb in clean Debians, installed, used, upgraded, removed: that of this machine, with this PHP's; and 13, with one that was
# built there. Needs root, for debootstrap.
#
# Run by ./build.sh test deb. The first time takes minutes, which fetch these Debians and build; later ones less than one.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
source "$ROOT/tests/deb/builder.sh"
cd "$ROOT"
if [[ $(id -u) != 0 ]]; then
    echo "A Debian of its own can only be made as root, in a checkout of root's: sudo ./build.sh test deb"
    exit 1
fi

mkdir -p "$LAB_CACHE/roots"
work=$(mktemp -d "$LAB_CACHE/roots/run.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 143' INT TERM

# Two versions, of the same files.
make_debs() { # <folder> [command that runs it elsewhere]
    local version
    for version in 0.0.1 0.0.2; do "${@:2}" tests/lab/deb.sh "$1" $version 1000000000; done
}

tell() { # <suite> <PHP> <folder of debs>
    local root=$work/$1
    # With what the package needs besides, which stays when it goes.
    tests/deb/root.sh "$1" "$root" "php$2-fpm" ca-certificates
    mkdir "$root/rudr"
    cp -r "$3"/*.deb tests/deb/story.sh tests/phpt "$root/rudr/"
    # shellcheck disable=SC2046  # the two files
    inside "$root" /rudr/story.sh $(cd "$root" && printf '/%s ' rudr/*.deb)
}

here=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir "$work/debs"
make_debs "$work/debs"
tell "$here" "$PHP_VERSION" "$work/debs"
[[ $here != trixie ]] || exit 0

builder trixie "$work/builder" 8.4
in_builder tests/lab/build.sh
mkdir "$work/builder/debs"
make_debs /debs in_builder
tell trixie 8.4 "$work/builder/debs"
