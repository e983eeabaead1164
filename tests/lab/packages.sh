#!/usr/bin/env bash
# Makes sure of the Debian packages that something needs. Costs nothing when they are there.
#
#   packages.sh SET...
#
#   build    what compiles the extension. PHP may as well come from elsewhere than Debian
#   package  what packs it
#   lab      what the demo, the tests and the bench need besides
#   source   what builds a PHP of its own, see php-source.sh
#   valgrind valgrind
#   fuzz     what builds the fuzzer
#   deb      what only the test of the .deb needs besides
#   sbom     what only the test of the bill of materials needs besides
#   apache   the libraries of the Apache that is unpacked
#   browser  what only the tests in a real browser need besides
#
# A server may do its work on this machine: nothing is ever removed for them, no more is installed than they need,
# and none of them starts a service. The lab's servers are unpacked privately, by tools.sh.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/apt.sh"

# PHP first: which version it is says what the others are called.
if ! command -v php >/dev/null; then
    install_packages php-cli
    source "$ROOT/tests/lab/env.sh"
fi

wanted=()
for set; do
    case $set in
        build)
            if ! php_config >/dev/null; then wanted+=("php$PHP_VERSION-dev"); fi
            wanted+=(gcc libc6-dev libclang-dev)
            ;;
        package) wanted+=(zip unzip make) ;;
        source) wanted+=(g++ make pkg-config xz-utils) ;;
        valgrind) wanted+=(valgrind) ;;
        fuzz) wanted+=(g++) ;;
        deb) wanted+=(debootstrap) ;;
        sbom) wanted+=(python3-venv) ;;
        lab)
            wanted+=("php$PHP_VERSION"-{mysql,curl,mbstring,xml,opcache} mariadb-server-core mariadb-client
                libapparmor1 phpunit)
            ;;
        apache) wanted+=(libapr1 libaprutil1) ;;
        # A font, since without one every letter is an empty box.
        browser) wanted+=(chromium chromium-driver fonts-liberation) ;;
        *) echo "No such set of packages: $set" >&2; exit 2 ;;
    esac
done

# Elsewhere the compiler says what it lacks.
command -v dpkg-query >/dev/null || exit 0
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
missing=()
for package in "${wanted[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
