#!/usr/bin/env bash
# Two real WordPress sites of the newest version on loopback, A with the extension and the plugin, B as it comes
# from the package; then a user's story on A, and what B has after each step. Exits with 1 if B has anything wrong.
#
#   demo.sh [--keep] [--tutorial]
#
# --keep leaves the sites running and says how to look at them. --tutorial tells the same story with the
# tutorial's few lines of PHP in the plugin's place, to see what they miss.
set -euo pipefail
export LAB=${LAB:-demo}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab=$here/../lab/lab.sh

if [[ " $* " == *" --keep "* ]]; then
    trap 'exit 130' INT TERM
else
    trap '"$lab" down' EXIT
    trap 'exit 130' INT TERM
fi
"$lab" down # what an earlier demo kept
php "$here/demo.php" "$@"
