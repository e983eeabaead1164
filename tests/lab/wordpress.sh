#!/usr/bin/env bash
# Gets real WordPress trees from Debian: 6.1 (Debian 12), 6.8 (Debian 13) and the newest (sid).
#
#   wordpress.sh [6.1|6.8|newest]...     all of them when none is named
#
# A tree lands in target/lab/wordpress/<name>, read-only for all sites that use it. To take a newer one, remove it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/apt.sh"

trees=$LAB_CACHE/wordpress
mkdir -p "$trees"
exec 9>"$trees/.lock"
flock 9

# Debian replaced these parts of WordPress with links into other packages.
parts=(libphp-phpmailer php-getid3 libjs-underscore libjs-lodash libjs-jquery-ui libjs-cropper)

version_of() { sed -n "s/^\$wp_version = '\(.*\)';/\1/p" "$1/wp-includes/version.php"; }

get_tree() { # <name> <suite> <theme>
    local name=$1 suite=$2 theme=$3 unpacked=$trees/.$1.unpacked new=$trees/.$1.new
    if [[ -f $trees/$name/wp-load.php ]]; then return; fi
    echo "Fetching WordPress $name from Debian ($suite)"
    rm -rf "$unpacked" "$new"
    fetch_packages "$suite" "$unpacked" wordpress "$theme" "${parts[@]}"
    # Absolute links mean the machine's root: turn them to where the packages were unpacked, save what only an
    # installed machine has (its CA certificates). Then follow them all.
    find "$unpacked" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
        target=$unpacked$(readlink "$link")
        if [[ -e $target || ! -e $(readlink "$link") ]]; then ln -sfn "$target" "$link"; fi
    done
    find "$unpacked/usr/share/wordpress" -xtype l -print -delete | sed 's/^/  nothing behind the link, left out: /'
    cp -rL "$unpacked/usr/share/wordpress" "$new"
    cp "$ROOT/tests/lab/wp/wp-config.php" "$new/wp-config.php"
    rm -rf "$unpacked"
    mv "$new" "$trees/$name"
    echo "  WordPress $name is $(version_of "$trees/$name")"
}

[[ $# -gt 0 ]] || set -- 6.1 6.8 newest
for name; do
    case $name in
        6.1) get_tree 6.1 here wordpress-theme-twentytwentythree ;;
        6.8) get_tree 6.8 trixie wordpress-theme-twentytwentyfive ;;
        newest) get_tree newest sid wordpress-theme-twentytwentyfive ;;
        *) echo "No WordPress '$name': 6.1, 6.8 or newest." >&2; exit 2 ;;
    esac
done
