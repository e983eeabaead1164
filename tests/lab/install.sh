#!/usr/bin/env bash
# Puts target/rudr_sync.so and an ini file where this machine's PHP looks, for every SAPI. An ini file that is
# there already is left as it is.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

so=$ROOT/target/rudr_sync.so
extensions=$(php -n -r 'echo PHP_EXTENSION_DIR;')
scanned=$(php -n -r 'echo PHP_CONFIG_FILE_SCAN_DIR;')
mods=/etc/php/$PHP_VERSION/mods-available
if command -v phpenmod >/dev/null && [[ -d $mods ]]; then
    ini=$mods/rudr_sync.ini
elif [[ -n $scanned ]]; then
    ini=$scanned/rudr_sync.ini
else
    ini=
fi
echo "PHP $PHP_VERSION, the one on PATH ($(command -v php))"
for folder in "$extensions" ${ini:+"$(dirname "$ini")"}; do
    if [[ ! -w $folder ]]; then
        echo "Can't write to $folder: run this as root (sudo ./build.sh install)." >&2
        exit 1
    fi
done

# Moved into place: running PHPs have the old file mapped.
install -m 644 "$so" "$extensions/rudr_sync.so.new"
mv "$extensions/rudr_sync.so.new" "$extensions/rudr_sync.so"
echo "Extension: $extensions/rudr_sync.so"
if [[ -z $ini ]]; then
    echo "This PHP reads no folder of ini files. Add to its php.ini: extension=rudr_sync.so"
    exit
fi
if [[ ! -e $ini ]]; then install -m 644 "$ROOT/tests/lab/rudr_sync.ini" "$ini"; fi
echo "Settings:  $ini"
if [[ $ini == "$mods"/* ]]; then
    phpenmod -v "$PHP_VERSION" rudr_sync
    for sapi in /etc/php/"$PHP_VERSION"/*/conf.d; do
        echo "Loaded by: $(basename "$(dirname "$sapi")")"
    done
fi
php -r 'exit(extension_loaded("rudr_sync") ? 0 : 1);' || { echo "PHP does not load it." >&2; exit 1; }
echo "What runs already takes it up when it is restarted."

# An extension is for one version of PHP. Web servers may well run another than the command line does.
for sapi in /etc/php/*/{fpm,apache2}; do
    version=$(basename "$(dirname "$sapi")")
    if [[ -d $sapi && $version != "$PHP_VERSION" ]]; then
        echo "NOT for PHP $version's $(basename "$sapi"), which is here too. If the site runs on that, make it the PHP of the"
        echo "    command line (update-alternatives --set php /usr/bin/php$version) and do this again."
    fi
done
