#!/usr/bin/env bash
# nginx and php-fpm for the lab. Debian starts both when it installs them, so unless the machine has them
# already they are only unpacked, into target/lab/tools. target/lab/tools/{nginx,php-fpm} are what is used.
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
if runs nginx && runs php-fpm; then exit 0; fi

mkdir -p "$tools/root"
wanted=()
find_tool nginx nginx || wanted+=(nginx)
find_tool php-fpm "php-fpm$PHP_VERSION" || wanted+=("php$PHP_VERSION-fpm")
if [[ ${#wanted[@]} -gt 0 ]]; then
    echo "Fetching ${wanted[*]} (unpacked, not installed)"
    fetch_packages here "$tools/root" "${wanted[@]}"
    find_tool nginx nginx
    find_tool php-fpm "php-fpm$PHP_VERSION"
fi

# They were not installed, so nobody saw to their libraries.
for tool in nginx php-fpm; do
    if lacking=$(ldd "$tools/$tool" | grep 'not found'); then
        echo "$tool lacks shared libraries; please install what holds them:" >&2
        echo "$lacking" >&2
        exit 1
    fi
done
