# A checkout of its own to try scripts in, with nothing real behind them. Sourced; makes $work and $checkout.
#
# $work/bin is the first of PATH. `fake NAME` puts a program there that notes who calls it, and how, in $work/calls, and then
# does what stands on stdin.
work=$(mktemp -d)
chmod 755 "$work"
checkout=$work/checkout
mkdir "$work/bin"
tests/lab/checkout.sh "$checkout"
# The tests that it runs are those that a script puts there.
find "$checkout/tests" -mindepth 1 -maxdepth 1 ! -name lab -exec rm -r {} +
export PATH=$work/bin:$PATH
: >"$work/calls"
chmod 666 "$work/calls"

fake() {
    {
        printf '#!/usr/bin/env bash\necho "$(id -un): %s $*" >>%q\n' "$1" "$work/calls"
        cat
    } >"$work/bin/$1"
    chmod 755 "$work/bin/$1"
}

fail() {
    echo "$*"
    exit 1
}
