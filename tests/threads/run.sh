#!/usr/bin/env bash
# PHP in threads, each calling the extension:  run.sh [THREADS [ROUNDS]]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
php=$LAB_CACHE/php/zts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All of PHP, since an extension may call what PHP itself does not.
# shellcheck disable=SC2046  # words
gcc -O1 -g -D_GNU_SOURCE $("$php/bin/php-config" --includes) "$ROOT/tests/threads/threads.c" -o "$work/threads" \
    -Wl,--whole-archive "$php/lib/libphp.a" -Wl,--no-whole-archive -rdynamic $("$php/bin/php-config" --libs) -lpthread
mkdir "$work/ini"
echo "extension=$php/rudr_sync.so" >"$work/ini/rudr_sync.ini"

# The fake WordPress of the phpt tests; it ends with its standard input, which is ours.
mkfifo "$work/stdin"
php -n "$ROOT/tests/phpt/server.php" <"$work/stdin" >"$work/address" &
exec 3>"$work/stdin"
until [[ -s $work/address ]]; do sleep 0.1; done
FAKE_SITE=http://$(cat "$work/address") PHP_INI_SCAN_DIR=$work/ini "$work/threads" "$ROOT/tests/threads/each.php" "${1:-8}" "${2:-4}"
