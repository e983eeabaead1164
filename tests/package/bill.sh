#!/usr/bin/env bash
# What the packages say is in the extension, and under which licences.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/first" "$work/second"
for folder in first second; do php tests/lab/bill.php "$work/$folder" 981173106; done
diff -r "$work/first" "$work/second"
php tests/package/bill.php "$work/first"
