#!/usr/bin/env bash
# The extension is the same file wherever it is built: by the same compiler, for the same PHP, in another folder and from nothing.
#
# Run by ./build.sh test reproducible, which builds it twice.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lab/env.sh"
cd "$ROOT"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
places=("$work/one" "$work/a folder of another name/two")
for place in "${places[@]}"; do
    tests/lab/checkout.sh "$place"
    (cd "$place" && tests/lab/build.sh >/dev/null)
done
sums=$(sha256sum "${places[@]/%//target/rudr_sync.so}")
echo "$sums"
if [[ $(cut -d ' ' -f 1 <<<"$sums" | uniq | wc -l) != 1 ]]; then
    echo "They differ." >&2
    exit 1
fi
if found=$(grep -aoE "($work|$HOME/|${CARGO_HOME:-$HOME/.cargo})[^[:cntrl:]]{0,60}" "${places[0]}/target/rudr_sync.so"); then
    echo "It shows where it was built: $(head -n 3 <<<"$found")" >&2
    exit 1
fi
