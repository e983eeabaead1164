#!/usr/bin/env bash
# nginx and php-fpm for the lab. Debian starts both when it installs them, so unless the machine has them
# already they are only unpacked, into target/lab/tools. target/lab/tools/{nginx,php-fpm} are what is used.
#
#   tools.sh apache     Apache with mod_php too: these are always unpacked, and always used from there
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/apt.sh"

tools=$LAB_CACHE/tools
mkdir -p "$LAB_CACHE"
exec 9>"$LAB_CACHE/tools.lock"
flock 9

find_tool() { # <name> <binary>
    local place
    for place in "/usr/sbin/$2" "$tools/root/usr/sbin/$2"; do
        if [[ -x $place ]]; then
            ln -sfn "$place" "$tools/$1"
            return
        fi
    done
    return 1
}

runs() { [[ -x $tools/$1 ]] && "$tools/$1" -v >/dev/null 2>&1; }
apache=$tools/root/usr/sbin/apache2 mod_php=$tools/root/usr/lib/apache2/modules/libphp$PHP_VERSION.so
has_apache() { [[ ${1:-} != apache || (-x $apache && -e $mod_php) ]]; }
if runs nginx && runs php-fpm && has_apache "$@"; then exit 0; fi

mkdir -p "$tools/root"
wanted=()
find_tool nginx nginx || wanted+=(nginx)
find_tool php-fpm "php-fpm$PHP_VERSION" || wanted+=("php$PHP_VERSION-fpm")
has_apache "$@" || wanted+=(apache2-bin "libapache2-mod-php$PHP_VERSION")
if [[ ${#wanted[@]} -gt 0 ]]; then
    echo "Fetching ${wanted[*]} (unpacked, not installed)"
    fetch_packages here "$tools/root" "${wanted[@]}"
    find_tool nginx nginx
    find_tool php-fpm "php-fpm$PHP_VERSION"
fi

# They were not installed, so nobody saw to their libraries.
for tool in "$tools/nginx" "$tools/php-fpm" "$apache" "$mod_php"; do
    if [[ -e $tool ]] && lacking=$(ldd "$tool" | grep 'not found'); then
        echo "${tool##*/} lacks shared libraries; please install what holds them:" >&2
        echo "$lacking" >&2
        exit 1
    fi
done
