#!/usr/bin/env bash
# PHP's command line with target/rudr_sync.so, and not the one that may be installed:  php.sh SCRIPT [ARGUMENT]...
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/php-ini.sh"
PHP_INI_SCAN_DIR=$(php_ini_folder)
export PHP_INI_SCAN_DIR
exec php -d "extension=$ROOT/target/rudr_sync.so" "$@"
