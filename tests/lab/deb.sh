#!/usr/bin/env bash
# Makes phpX.Y-rudr-sync_VERSION_ARCHITECTURE.deb of target/rudr_sync.so:  deb.sh FOLDER VERSION MOMENT
#
# For package.sh. Prints nothing, and makes nothing, where this PHP is not Debian's: a .deb of ours would not find its way
# into another. Debian's own tool only: what debhelper would do here besides are the scripts in deb/.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"
export TZ=UTC LC_ALL=C
umask 022
folder=$1 version=$2 moment=$3

extensions=$(php -n -r 'echo PHP_EXTENSION_DIR;')
# Named for PHP's ABI, and that for threads or debugging otherwise, which Debian does not have.
[[ $extensions =~ ^/usr/lib/php/([0-9]+)$ ]] || exit 0
api=${BASH_REMATCH[1]}
command -v dpkg-deb >/dev/null || exit 0

package=php$PHP_VERSION-rudr-sync
architecture=$(dpkg --print-architecture)
work=$(mktemp -d "$folder/.deb.XXXXXX")
trap 'rm -rf "$work"' EXIT
tree=$work/tree
documents=$tree/usr/share/doc/$package
mkdir -p "$tree/DEBIAN" "$documents"

install -D -m 644 target/rudr_sync.so "$tree$extensions/rudr_sync.so"
install -D -m 644 tests/lab/rudr_sync.ini "$tree/etc/php/$PHP_VERSION/mods-available/rudr_sync.ini"
gzip -9nc CHANGELOG.md >"$documents/changelog.gz"
php tests/lab/bill.php "$work" "$moment"
install -m 644 "$work/sbom.cdx.json" "$documents/"
{
    echo "rudr-sync is under the GPL, version 2 or later. Version 2 is in /usr/share/common-licenses/GPL-2."
    echo
    cat "$work/THIRD-PARTY-LICENSES"
} >"$documents/copyright"

# Whoever makes a package is who keeps it; Debian's own tools ask for the name by these two.
maintainer="${DEBFULLNAME:-rudr-sync} <${DEBEMAIL:-root@localhost}>"
# libgcc-s1 is as old as the symbols of it that Rust needs; of libc6 the version counts.
libc=$(objdump -T target/rudr_sync.so | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
fill() { # <file of deb/> <mode>
    sed -e "s|@PACKAGE@|$package|; s|@VERSION@|$version|; s|@ARCHITECTURE@|$architecture|; s|@PHP@|$PHP_VERSION|g" \
        -e "s|@API@|$api|; s|@LIBC@|${libc#GLIBC_}|; s|@MAINTAINER@|$maintainer|; s|@SIZE@|$size|" \
        "tests/lab/deb/$1" >"$tree/DEBIAN/$1"
    chmod "$2" "$tree/DEBIAN/$1"
}
# As Debian counts it: in kibibytes, each file rounded up, one for each folder.
size=$(cd "$tree" && find etc usr -printf '%y %s\n' |
    awk '{ kib += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print kib }')
fill control 644
fill triggers 644
for script in postinst prerm postrm; do fill "$script" 755; done
echo "/etc/php/$PHP_VERSION/mods-available/rudr_sync.ini" >"$tree/DEBIAN/conffiles"
(cd "$tree" && find usr -type f | sort | xargs md5sum) >"$tree/DEBIAN/md5sums"
chmod 644 "$tree/DEBIAN/conffiles" "$tree/DEBIAN/md5sums"

# Nothing here is older than that moment, and what is newer dpkg-deb counts as made then. In one thread, since how many there
# are shows in the bytes.
SOURCE_DATE_EPOCH=$moment dpkg-deb --root-owner-group -Zxz --threads-max=1 --build "$tree" \
    "$folder/${package}_${version}_$architecture.deb" >/dev/null
