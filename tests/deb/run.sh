#!/usr/bin/env bash
# The .deb in a clean Debian, the one of this machine: installed, used, upgraded, removed. Needs root, for debootstrap.
#
# Run by ./build.sh test deb. The first time takes minutes, which fetch that Debian; later ones some seconds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
source "$ROOT/tests/deb/inside.sh"
cd "$ROOT"
if [[ $(id -u) != 0 ]]; then
    echo "A Debian of its own can only be made as root: sudo ./build.sh test deb"
    exit 1
fi

suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir -p "$LAB_CACHE/roots"
work=$(mktemp -d "$LAB_CACHE/roots/run.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT

tests/deb/root.sh "$suite" "$work" "php$PHP_VERSION-fpm"
mkdir "$work/rudr"
for version in 0.0.1 0.0.2; do tests/lab/deb.sh "$work/rudr" $version 1000000000; done
cp -r tests/deb/story.sh tests/phpt "$work/rudr/"
# shellcheck disable=SC2046  # the two files
inside "$work" /rudr/story.sh $(cd "$work" && printf '/%s ' rudr/*.deb)
