#!/usr/bin/env bash
# The .deb has what Debian expects of a PHP extension, and is the same when it is made again. What apt does with it in a clean
# Debian is tests/deb's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }

extensions=$(php -n -r 'echo PHP_EXTENSION_DIR;')
if [[ ! $extensions =~ ^/usr/lib/php/[0-9]+$ ]] || ! command -v dpkg-deb >/dev/null; then
    echo "This PHP is not Debian's: no .deb is made for it"
    exit
fi
api=${extensions##*/}
php=$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
mkdir "$work/first" "$work/second"
tests/lab/deb.sh "$work/first" 1.2.3 981173106
deb=$work/first/php$php-rudr-sync_1.2.3_$(dpkg --print-architecture).deb
[[ -f $deb ]] || fail "Not made: $(ls "$work/first")"

# --- the same again, in another folder, from files with other times and permissions, in another time zone ---

tests/lab/checkout.sh "$work/checkout"
mkdir "$work/checkout/target"
cp target/rudr_sync.so "$work/checkout/target/"
find "$work/checkout" -exec touch -d 2011-02-03 {} +
chmod -R go-rwx "$work/checkout"
(umask 077 && TZ=Asia/Tokyo "$work/checkout/tests/lab/deb.sh" "$work/second" 1.2.3 981173106)
cmp "$deb" "$work/second/$(basename "$deb")"

# --- what is in it ---

dpkg-deb --raw-extract "$deb" "$work/raw"
cd "$work/raw"
doc=usr/share/doc/php$php-rudr-sync
expected=$(printf '%s\n' "etc/php/$php/mods-available/rudr_sync.ini" "usr/lib/php/$api/rudr_sync.so" "$doc"/{changelog.gz,copyright,sbom.cdx.json})
[[ $(find etc usr -type f | LC_ALL=C sort) == "$expected" ]] || fail "In it: $(find etc usr -type f)"
cmp "usr/lib/php/$api/rudr_sync.so" "$OLDPWD/target/rudr_sync.so"
[[ $(<DEBIAN/conffiles) == "/etc/php/$php/mods-available/rudr_sync.ini" ]] || fail "Settings would be lost on an upgrade"
md5sum --quiet --check DEBIAN/md5sums
[[ -z $(dpkg-deb --contents "$deb" | awk '$2 != "root/root"') ]] || fail "Not all of it is root's"
[[ -z $(find . ! -type l ! -perm -o=r) && -z $(find . -perm /022) ]] || fail "Permissions: $(dpkg-deb --contents "$deb")"
[[ $(dpkg-deb --field "$deb" Depends) == *"phpapi-$api"*'libc6 (>= '*ca-certificates* ]] || fail "Depends: $(dpkg-deb --field "$deb" Depends)"

# --- its scripts ---

! grep -r '@' DEBIAN --include='p*' || fail 'Something is not filled in'
for script in postinst prerm postrm; do
    [[ -x DEBIAN/$script ]] || fail "$script cannot be run"
    sh -n "DEBIAN/$script"
done
for server in fpm apache2; do
    grep -qx "activate-noawait /etc/php/$php/$server/conf.d" DEBIAN/triggers || fail "Nothing restarts $server"
done
