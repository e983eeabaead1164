#!/usr/bin/env bash
# Puts target/rudr_sync.so and an ini file where this machine's PHP looks, for every SAPI. An ini file that is
# there already is left as it is.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

so=$ROOT/target/rudr_sync.so
extensions=$(php -n -r 'echo PHP_EXTENSION_DIR;')
mods=/etc/php/$PHP_VERSION/mods-available
if command -v phpenmod >/dev/null && [[ -d $mods ]]; then
    ini=$mods/rudr_sync.ini
else
    ini=$(php -n -r 'echo PHP_CONFIG_FILE_SCAN_DIR;')/rudr_sync.ini
fi
for folder in "$extensions" "$(dirname "$ini")"; do
    if [[ ! -w $folder ]]; then
        echo "Can't write to $folder: run this as root." >&2
        exit 1
    fi
done

# Moved into place: running PHPs have the old file mapped.
cp "$so" "$extensions/rudr_sync.so.new"
mv "$extensions/rudr_sync.so.new" "$extensions/rudr_sync.so"
echo "Extension: $extensions/rudr_sync.so"
if [[ ! -e $ini ]]; then
    cat >"$ini" <<'INI'
; rudr_sync: users of this WordPress follow to others. All settings are in the README.
extension=rudr_sync.so
; Remote sites and their credentials; readable for PHP's user only.
;rudr_sync.sites=/etc/rudr-sync/sites.toml
INI
fi
echo "Settings:  $ini"
if [[ $ini == "$mods"/* ]]; then
    phpenmod -v "$PHP_VERSION" rudr_sync
    for sapi in /etc/php/"$PHP_VERSION"/*/conf.d; do
        echo "Loaded by: $(basename "$(dirname "$sapi")")"
    done
fi
php -r 'exit(extension_loaded("rudr_sync") ? 0 : 1);' || { echo "PHP does not load it." >&2; exit 1; }
echo "PHP $PHP_VERSION loads it. A php-fpm or web server that is running takes it up when restarted."
