#!/usr/bin/env bash
# Stops what labs left running, then removes all that was built or fetched.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
for run in "$LAB_CACHE"/run/*/; do
    if [[ -d $run ]]; then LAB=$(basename "$run") "$ROOT/tests/lab/lab.sh" down; fi
done
rm -rf "$ROOT/target"
echo "Removed target/"
