# What every script of the lab starts with: where things are. Sourced, never run.
#
# LAB names a lab of its own (servers, sites, databases), so that a test run, the demo and somebody's
# hand-made sites live side by side. Tools and WordPress trees are shared by all of them.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LAB=${LAB:-main}
LAB_CACHE=$ROOT/target/lab
LAB_RUN=$LAB_CACHE/run/$LAB
PHP_VERSION=$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;' 2>/dev/null || echo 8.2)
export LAB ROOT LAB_CACHE LAB_RUN PHP_VERSION
