#!/usr/bin/env bash
# What PIE does with composer.json and pie/: phpize, ./configure, make, and make install as somebody who has no cargo.
#
# PIE itself is not here. It looks for modules/NAME.so in the build-path, and gives configure the php-config.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/lab/env.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }
quietly() { "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; fail "Failed: $*"; }; }

of_composer() { php -n -r 'echo json_decode(file_get_contents("composer.json"), true, flags: JSON_THROW_ON_ERROR)'"$1;"; }
[[ $(of_composer '["type"]') == php-ext ]] || fail 'PIE would not take it'
name=$(of_composer '["php-ext"]["extension-name"]')
php -n -d "extension=$PWD/target/rudr_sync.so" -r 'exit(extension_loaded($argv[1]) ? 0 : 1);' "$name" || fail "$name is not its name"

path=$(of_composer '["php-ext"]["build-path"]')
cp -r "$path" "$work/build"
cd "$work/build"
php_config=$(php_config)
quietly "${php_config/php-config/phpize}"
quietly ./configure "--with-php-config=$php_config"
# What is built already is taken from there.
quietly make -j2 "RUDR_SYNC_SOURCE=$ROOT"
cmp "modules/$name.so" "$ROOT/target/rudr_sync.so"
quietly make install CARGO=/bin/false "INSTALL_ROOT=$work/installed"
cmp "modules/$name.so" "$work/installed$(php -n -r 'echo PHP_EXTENSION_DIR;')/$name.so"

# --- no Rust: it says so before anything is built ---

quietly "${php_config/php-config/phpize}" --clean
quietly "${php_config/php-config/phpize}"
without=$(printf %s "$PATH" | tr : '\n' | while read -r folder; do [[ -x $folder/cargo ]] || printf '%s:' "$folder"; done)
if said=$(HOME=$work PATH=${without%:} ./configure "--with-php-config=$php_config" 2>&1); then fail 'It would build without cargo'; fi
[[ $said == *'there is no cargo'*rustup* ]] || fail "Said: $said"
