#!/usr/bin/env bash
# Puts into a folder what everybody's checkout has:  checkout.sh FOLDER
#
# That is what git knows, or will with the next commit. A file that it ignores and a script needs is missing there, as it would be for
# everybody else. Where there is no git, what comes of building is left out.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"
mkdir -p "$1"
# Not somebody else's repository that this lies in; and one that git trusts.
if [[ -e .git ]] && git rev-parse --git-dir >/dev/null 2>&1; then
    # Without those that are gone here and not yet there.
    git ls-files -z --cached --others --exclude-standard --deduplicate | while IFS= read -rd '' file; do
        [[ ! -e $file ]] || printf '%s\0' "$file"
    done | tar --create --null --files-from=-
else
    tar --create --exclude=./target --exclude=./.git .
fi | tar --extract --no-same-owner --directory="$1"
