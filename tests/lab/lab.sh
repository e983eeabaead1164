#!/usr/bin/env bash
# The laboratory: real WordPress sites on loopback, in a folder of their own.
#
#   lab.sh up                             starts the database; sites are added to it
#   lab.sh site-create NAME [VERSION] [--plugin] [--extension] [--tutorial=REMOTE] [--source=REMOTE]
#                                         VERSION is 6.1, 6.8 or newest; REMOTE is another site's name
#   lab.sh site-destroy NAME
#   lab.sh run NAME CODE [JSON]           runs PHP inside that WordPress, prints what it returns as JSON
#   lab.sh status                         sites, addresses and logins
#   lab.sh database                       starts the database again that a test has killed
#   lab.sh down                           stops and forgets everything
#
# LAB=name picks a lab other than `main`; labs share nothing but tools and WordPress trees.
# Tests use the same by PHP: see Lab.php.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/database.sh"
source "$ROOT/tests/lab/stop.sh"
source "$ROOT/tests/lab/php-ini.sh"

is_up() { [[ -s $LAB_RUN/database.pid ]] && is_ours "$(<"$LAB_RUN/database.pid")"; }

up() {
    if is_up; then return; fi
    "$ROOT/tests/lab/tools.sh"
    down # what a run that was killed left behind
    mkdir -p "$LAB_RUN/sites"
    php_ini_folder >/dev/null
    # Socket names are limited to 107 bytes, folders of checkouts are not.
    ln -s "$(mktemp -d "${TMPDIR:-/tmp}/rudr-lab.XXXXXX")" "$LAB_RUN/s"
    database_up
}

down() {
    local site
    for site in "$LAB_RUN"/sites/*/; do
        stop_by "${site}nginx.pid" TERM
        stop_by "${site}php-fpm.pid" TERM
    done
    stop_by "$LAB_RUN/database.pid" TERM
    stop_strays
    if [[ -L $LAB_RUN/s ]]; then rm -rf "$(readlink "$LAB_RUN/s")"; fi
    rm -rf "$LAB_RUN"
}

case ${1:-} in
    up) up ;;
    down) down ;;
    database) database_start ;;
    site-create | site-destroy | run | status)
        if ! is_up; then
            if [[ $1 == status ]]; then echo "Lab $LAB is down."; exit; fi
            up
        fi
        exec php "$ROOT/tests/lab/cli.php" "$@"
        ;;
    *)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
        exit 2
        ;;
esac
