# What every script of the lab starts with: where things are. Sourced, never run.
#
# LAB names a lab of its own (servers, sites, databases), so that a test run, the demo and somebody's
# hand-made sites live side by side. Tools and WordPress trees are shared by all of them.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LAB=${LAB:-main}
LAB_CACHE=$ROOT/target/lab
LAB_RUN=$LAB_CACHE/run/$LAB
# The PHP that all is for is the one on PATH, whatever others there are.
PHP_VERSION=$(php -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;' 2>/dev/null || echo 8.2)
export LAB ROOT LAB_CACHE LAB_RUN PHP_VERSION

# The php-config of that PHP. Debian has one for each version; PHP from elsewhere has its own beside it.
php_config() {
    local candidate
    for candidate in "php-config$PHP_VERSION" "$(dirname "$(command -v php)")/php-config" php-config; do
        if [[ $("$candidate" --version 2>/dev/null) == "$PHP_VERSION".* ]]; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}
