#!/usr/bin/env bash
# What ./build.sh package makes can be unpacked and used, and is the same when it is made again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }

said=$(tests/lab/package.sh "$work/first")
zip=$(echo "$work"/first/rudr-sync-*.zip)
tar=$(echo "$work"/first/rudr_sync-*-php*.tar.gz)
[[ $(ls -A "$work/first" | grep -vc '\.deb$') == 2 && -f $zip && -f $tar ]] || fail "Not these files: $(ls -A "$work/first")"
for file in "$zip" "$tar"; do
    grep -q "$(sha256sum <"$file" | cut -d' ' -f1)" <<<"$said" || fail "Not said: SHA-256 of $file"
    grep -q "$(stat -c %s "$file") bytes" <<<"$said" || fail "Not said: size of $file"
done

# --- the same again, from files with other times and permissions, in another time zone ---

tests/lab/checkout.sh "$work/checkout"
mkdir "$work/checkout/target"
cp target/rudr_sync.so "$work/checkout/target/"
find "$work/checkout" -exec touch -d 2001-02-03 {} +
chmod -R go-rwx "$work/checkout"
epoch=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)
(umask 077 && TZ=Asia/Tokyo SOURCE_DATE_EPOCH=$epoch "$work/checkout/tests/lab/package.sh" "$work/second" >/dev/null)
cmp "$zip" "$work/second/$(basename "$zip")"
cmp "$tar" "$work/second/$(basename "$tar")"

# --- the plugin ---

unzip -Z1 "$zip" | LC_ALL=C sort -c || fail "Its order is left to chance"
unzip -q "$zip" -d "$work/plugins"
[[ $(ls -A "$work/plugins") == rudr-sync ]] || fail "Not one folder rudr-sync: $(ls -A "$work/plugins")"
cmp LICENSE "$work/plugins/rudr-sync/LICENSE"
rm "$work/plugins/rudr-sync/LICENSE"
diff -r php/rudr-sync "$work/plugins/rudr-sync"
for file in readme.txt rudr-sync.php uninstall.php; do
    [[ -f $work/plugins/rudr-sync/$file ]] || fail "No $file"
done
[[ -z $(find "$work/plugins" -iname '*test*' -o -name '.*') ]] || fail "Tests or hidden files are in it"
[[ -z $(find "$work/plugins" ! -perm -o=r) ]] || fail "Not all of it is readable for everybody"
find "$work/plugins" -name '*.php' -print0 | while IFS= read -r -d '' file; do
    php -n -l "$file" >/dev/null || fail "$file"
done

# --- the extension ---

tar -xzf "$tar" -C "$work"
folder=$work/$(basename "$tar" .tar.gz)
[[ $(cd "$folder" && echo *) == 'INSTALL LICENSE THIRD-PARTY-LICENSES rudr_sync.ini rudr_sync.so sbom.cdx.json' ]] || fail "In the tar.gz: $(ls -A "$folder")"
loaded='exit(extension_loaded("rudr_sync") ? 0 : 1);'
php -n -d "extension=$folder/rudr_sync.so" -r "$loaded" || fail "PHP does not load rudr_sync.so"
PHP_INI_SCAN_DIR='' php -c "$folder/rudr_sync.ini" -d "extension_dir=$folder" -r "$loaded" ||
    fail "PHP does not load it by its ini file"
# No command of INSTALL is for another PHP.
grep -q "phpenmod -v $(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;') rudr_sync" "$folder/INSTALL" ||
    fail "INSTALL does not name this PHP"
