#!/usr/bin/env bash
# Makes what somebody installs who compiles nothing:  package.sh [FOLDER]     (target/package if none is named)
#
#   rudr-sync-VERSION.zip                      the plugin, for wp-admin's upload
#   rudr_sync-VERSION-phpX.Y-ARCHITECTURE.tar.gz   target/rudr_sync.so with its ini file and how to install it
#   phpX.Y-rudr-sync_VERSION_ARCHITECTURE.deb      the same for apt, if this PHP is Debian's
#
# The same sources make the same zip, and the same .so the same tar.gz and .deb, byte for byte.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"
export TZ=UTC LC_ALL=C
umask 022

folder=$(realpath -m "${1:-target/package}")
version=$(sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# Not simply a constant: a newer file with the time of the older would still be the older for PHP's opcode cache.
moment=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
rm -rf "$folder"
mkdir -p "$folder"
work=$(mktemp -d "$folder/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# --- the plugin ---

cp -r php/rudr-sync "$work/"
cp LICENSE "$work/rudr-sync/"
find "$work/rudr-sync" -name '.*' -delete
chmod -R u=rwX,go=rX "$work/rudr-sync"
find "$work/rudr-sync" -exec touch -d "@$moment" {} +
zip=$folder/rudr-sync-$version.zip
(cd "$work" && find rudr-sync -type f | sort | zip -q -X -@ "$zip")

# --- the extension ---

# A build for threads, or for debugging PHP itself, has another ABI: it says so.
kind=$(php -n -r 'echo PHP_ZTS ? "-zts" : "", PHP_DEBUG ? "-debug" : "";')
name=rudr_sync-$version-php$PHP_VERSION$kind-$(uname -m)
libc=$(objdump -T target/rudr_sync.so | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
mkdir "$work/$name"
install -m 644 LICENSE target/rudr_sync.so tests/lab/rudr_sync.ini "$work/$name/"
php tests/lab/bill.php "$work/$name" "$moment"
cat >"$work/$name/INSTALL" <<TEXT
The PHP extension rudr_sync $version

For PHP $PHP_VERSION$kind and no other, on $(uname -sm)${libc:+ with ${libc/_/ } or later}. In this folder, as root:

Debian, Ubuntu

    install -m 644 rudr_sync.so "\$(php$PHP_VERSION -n -r 'echo PHP_EXTENSION_DIR;')/"
    install -m 644 rudr_sync.ini /etc/php/$PHP_VERSION/mods-available/
    phpenmod -v $PHP_VERSION rudr_sync
    systemctl restart php$PHP_VERSION-fpm        # or apache2, if PHP runs in it

Elsewhere

    install -m 644 rudr_sync.so "\$(php -n -r 'echo PHP_EXTENSION_DIR;')/"
    install -m 644 rudr_sync.ini "\$(php -n -r 'echo PHP_CONFIG_FILE_SCAN_DIR;')/"
    then restart php-fpm or the web server

Is it there?

    php -m | grep rudr_sync

A newer version goes over an older one in the same way: with install, not cp, which would write into a file that running
PHPs have mapped. An ini file that you changed you leave out then. Then upload rudr-sync-$version.zip in wp-admin,
Plugins > Add New > Upload Plugin.
TEXT
tar --create --sort=name --format=ustar --mtime="@$moment" --owner=0 --group=0 --numeric-owner \
    --mode=u=rwX,go=rX --directory="$work" "$name" | gzip -9n >"$folder/$name.tar.gz"

tests/lab/deb.sh "$folder" "$version" "$moment"

for file in "$folder"/*; do
    printf '%s\n    %s bytes, SHA-256 %s\n' "${file#"$ROOT/"}" "$(stat -c %s "$file")" "$(sha256sum <"$file" | cut -d' ' -f1)"
done
