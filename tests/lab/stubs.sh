#!/usr/bin/env bash
# Writes stubs/rudr_sync.php anew.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"
tests/lab/php.sh tests/stubs.php >stubs/rudr_sync.php.new
mv stubs/rudr_sync.php.new stubs/rudr_sync.php
echo stubs/rudr_sync.php
