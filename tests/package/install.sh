#!/usr/bin/env bash
# ./build.sh and ./build.sh install: what they install, what they build, as whom.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
real=$PWD/target/rudr_sync.so
source tests/package/lib/checkout.sh
trap 'rm -rf "$work"' EXIT

# No package is there, and apt-get only notes.
fake dpkg-query <<<''
fake apt-get <<<'[[ $1 != -s ]] || echo "Inst php8.2-fpm [8.2.1] (8.2.2 Debian [amd64])"'
# As if it had built.
fake cargo <<SH
mkdir -p target/release
cp $(printf %q "$real") target/release/librudr_sync.so
SH
fake sudo <<<'[[ $1 != -n ]] || shift; "$@"'
# Installing for real would be into this machine's PHP.
printf '#!/usr/bin/env bash\necho "installs as $(id -un)"\n' >"$checkout/tests/lab/install.sh"
cd "$checkout"

calls() { grep -c "$1" "$work/calls" || true; }
forget() { : >"$work/calls"; }

# --- nothing is there ---

said=$(./build.sh install 2>&1)
[[ $said == *'target/rudr_sync.so is not there'*'Upgrading with them: php8.2-fpm'*'installs as'* ]] || fail "Said: $said"
[[ $(calls ': cargo build') == 1 ]] || fail "It was not built: $(cat "$work/calls")"
apt=$(grep 'apt-get.* install ' "$work/calls") || fail "No packages: $(cat "$work/calls")"
while read -r line; do
    [[ $line == *' --no-install-recommends --no-remove '* ]] || fail "May remove, or installs too much: $line"
done <<<"$apt"
! grep -E 'mariadb|mysql|phpunit|nginx|fpm|chromium' <<<"$apt" || fail "A server does not need these to build"

# --- it is there: no packages, no build, whatever is missing ---

forget
said=$(./build.sh install)
[[ $said == installs* && ! -s $work/calls ]] || fail "It was there, but: $said $(cat "$work/calls")"

# --- older than its sources; built for another PHP ---

touch -d '+1 hour' src/lib.rs
[[ $(./build.sh install) == *'older than src/lib.rs'*'installs as'* ]] || fail 'A newer source was not seen'
touch -d '-1 hour' src/lib.rs
find src -exec touch -d '-1 hour' {} +
echo 'no extension' >target/rudr_sync.so
[[ $(tests/lab/stale.sh) == *'is not for PHP'* ]] || fail 'That PHP cannot load it was not seen'
cp "$real" target/rudr_sync.so
! tests/lab/stale.sh || fail 'It was built for nothing'

# --- no Rust: says so, before it installs anything ---

forget
rm -r target "$work/bin/cargo"
without=$(printf %s "$PATH" | tr : '\n' | while read -r folder; do [[ -x $folder/cargo ]] || printf '%s:' "$folder"; done)
if said=$(HOME=$work PATH=${without%:} ./build.sh install 2>&1); then fail 'It built without Rust'; fi
[[ $said == *'has no cargo'*'./build.sh && sudo ./build.sh install'* ]] || fail "Said: $said"
[[ $(calls apt-get) == 0 ]] || fail "Packages were installed in vain"

# --- the lab's packages are for those who test ---

forget
tests/lab/packages.sh lab >/dev/null
grep -q 'apt-get.*--no-remove.*mariadb-server-core' "$work/calls" || fail "Of lab: $(cat "$work/calls")"
[[ $(tests/lab/test.sh --packages 2>/dev/null || true) == *lab* ]] || fail 'All tests need the lab'
mkdir -p tests/phpt
[[ $(tests/lab/test.sh --packages rust phpt) == build ]] || fail 'Some tests do not need it'

# --- root in somebody's checkout (`sudo ./build.sh install`) leaves nothing of root's in it ---

if [[ $(id -u) == 0 ]]; then
    fake cargo <<SH
mkdir -p target/release
cp $(printf %q "$real") target/release/librudr_sync.so
SH
    cp "$real" "$work/built.so"
    sed -i "s|^cp .*|cp $work/built.so target/release/librudr_sync.so|" "$work/bin/cargo"
    forget
    chown -R nobody .
    said=$(./build.sh install 2>&1) || fail "As root in nobody's checkout: $said"
    [[ $said == *'installs as root' ]] || fail "Said: $said"
    [[ $(calls '^nobody: cargo build') == 1 ]] || fail "Who built? $(cat "$work/calls")"
    [[ $(calls '^root: apt-get') -gt 0 ]] || fail "Who installed packages? $(cat "$work/calls")"
    [[ -z $(find . ! -user nobody) ]] || fail "Not nobody's any more: $(find . ! -user nobody)"
fi
