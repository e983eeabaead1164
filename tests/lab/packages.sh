#!/usr/bin/env bash
# Makes sure of the Debian packages that building and testing need. Costs nothing when they are there.
# None of them starts a service; servers are unpacked privately by tools.sh.
#
#   packages.sh [browser]     with `browser` also what only the tests in a real browser need
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

php=php$PHP_VERSION
wanted=("$php"-{cli,dev,mysql,curl,mbstring,xml,opcache} libclang-dev clang pkg-config gcc
    mariadb-server-core mariadb-client libapparmor1 phpunit)
# A font, since without one every letter is an empty box.
if [[ ${1:-} == browser ]]; then wanted+=(chromium chromium-driver fonts-liberation); fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
missing=()
for package in "${wanted[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

echo "Installing Debian packages: ${missing[*]}"
if [[ $(id -u) == 0 ]]; then
    as_root=()
elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    as_root=(sudo)
else
    echo "Neither root nor sudo. Please have these installed, then run this again:" >&2
    echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
mkdir -p "$LAB_CACHE"
log=$LAB_CACHE/packages.log
{
    "${as_root[@]}" apt-get -qq update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq -y install --no-install-recommends "${missing[@]}"
} >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
