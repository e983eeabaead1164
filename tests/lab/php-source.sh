#!/usr/bin/env bash
# Builds a PHP that Debian has not, from the source of Debian's:  php-source.sh VARIANT
#
#   debug   complains of each value that was not given back, and of wrong counts of references
#   zts     the same for threads, with the library that takes PHP into another program
#   asan    the same, with AddressSanitizer and UBSan
#
# It is at target/lab/php/VARIANT afterwards, with no more in it than the extension's tests need. Costs nothing when it is there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/apt.sh"
variant=$1
# Compiled code of regular expressions is nothing that the checkers can see into.
options=(--disable-all --disable-cgi --disable-phpdbg --enable-cli --enable-pcntl --enable-posix --without-pcre-jit --enable-debug)
case $variant in
    debug) ;;
    zts) options+=(--enable-zts --enable-embed=static) ;;
    asan) options+=(--enable-address-sanitizer --enable-undefined-sanitizer) ;;
    *) echo "No such PHP: $variant" >&2; exit 2 ;;
esac

php=$LAB_CACHE/php/$variant
source=$LAB_CACHE/php/source
mkdir -p "$LAB_CACHE/php"
exec 9>"$LAB_CACHE/php.lock"
flock 9
# What it was made with, so that another PHP on PATH or other options make it anew.
made="$PHP_VERSION ${options[*]}"
if [[ $(cat "$php/made" 2>/dev/null) == "$made" ]]; then exit 0; fi

if [[ ! -x $source/configure || $(cat "$source/of" 2>/dev/null) != "$PHP_VERSION" ]]; then
    echo "Fetching the source of PHP $PHP_VERSION"
    rm -rf "$source" "$source.new"
    fetch_source "$source.new/package" "php$PHP_VERSION"
    # What PHP released, with its generated files: Debian's patches would have these made again.
    tar -xf "$source.new/package"/*.orig.tar.xz -C "$source.new" --strip-components=1
    rm -r "$source.new/package"
    echo "$PHP_VERSION" >"$source.new/of"
    mv "$source.new" "$source"
fi

echo "Building PHP for $variant; this takes minutes, once"
build=$LAB_CACHE/php/build-$variant
rm -rf "$build" "$php"
mkdir -p "$build"
if ! (
    cd "$build"
    # A program of it that runs during the build, or in configure, is not what is tested.
    export ASAN_OPTIONS=detect_leaks=0
    "$source/configure" --quiet --prefix="$php" --with-config-file-path="$php" --with-config-file-scan-dir="$php/php.d" "${options[@]}"
    nice -n 5 make --silent -j"$(nproc)"
    make --silent install
) >"$build/log" 2>&1 9>&-; then
    tail -n 40 "$build/log" >&2
    echo "The whole of it is in $build/log" >&2
    exit 1
fi
rm -rf "$build"
echo "$made" >"$php/made"
echo "  $("$php/bin/php" -n -r 'echo "PHP ", PHP_VERSION, PHP_ZTS ? ", for threads" : "", PHP_DEBUG ? ", for debugging" : "";')"
