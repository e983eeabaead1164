#!/usr/bin/env bash
# What somebody does with the package, in a Debian that has php-fpm:  story.sh OLDER NEWER  (two .deb)
#
# Runs inside the root that run.sh has made; /rudr has this file and the phpt tests' fake WordPress.
set -euo pipefail
older=$1 newer=$2
package=$(dpkg-deb --field "$older" Package)
php=${package%-rudr-sync}
php=${php#php}
mods=/etc/php/$php/mods-available
fail() { echo "$package: $*"; exit 1; }

apt() { apt-get -qq -y "$@" >/rudr/apt.log 2>&1 || { cat /rudr/apt.log; fail "apt-get $*"; }; }
loads() { # <command>...: does that PHP? It must not complain of anything either.
    local said
    said=$("$@" -m 2>&1)
    ! grep -qiE 'warning|error' <<<"$said" || fail "$1 says: $said"
    grep -qx rudr_sync <<<"$said"
}
restarts() { grep -c "php$php-fpm.*restart" /var/log/services || true; }
# Every file, link and folder, with whose it is and what is in it; but for the diaries of dpkg and apt.
everything() {
    local diaries=(\( -path /proc -o -path /rudr -o -path /tmp -o -path /var/log -o -path /var/cache -o -path '/var/lib/dpkg/*-old' \) -prune)
    find / -xdev "${diaries[@]}" -o -printf '%p %m %u %g %l\n' | sort
    find / -xdev "${diaries[@]}" -o -type f -print0 | sort -z | xargs -0 sha256sum
}

everything >/rudr/before

# --- apt install ./….deb is all ---

before=$(restarts)
apt install "$older"
loads "php$php" || fail 'the command line does not load it'
loads "php-fpm$php" || fail 'php-fpm does not load it'
[[ $(restarts) -gt $before ]] || fail 'php-fpm was not restarted'
"php$php" --ri rudr_sync | grep -E '^(Version|TLS) =>' || fail 'php --ri'
[[ $(dpkg --verify "$package") == '' ]] || fail "other files than the package's: $(dpkg --verify "$package")"
# A user, on a small WordPress, by PHP's own settings.
"php$php" -r 'require "/rudr/phpt/fake.inc"; $fake = new Fake;
    $id = rudr_sync_create(["user_login" => "ann", "user_email" => "ann@b.example", "user_pass" => "x"], $fake->site());
    exit(rudr_sync_find("ann@b.example", $fake->site()) === $id && count($fake->log()) === 2 ? 0 : 1);' || fail 'no user follows'

# --- an upgrade keeps what the administrator chose ---

echo 'rudr_sync.timeout=7' >>"$mods/rudr_sync.ini"
phpdismod -v "$php" -s fpm rudr_sync
before=$(restarts)
apt install "$newer"
[[ $(dpkg-query -W -f '${Version}' "$package") == "$(dpkg-deb --field "$newer" Version)" ]] || fail 'is not upgraded'
[[ $("php$php" -r 'echo ini_get("rudr_sync.timeout");') == 7 ]] || fail 'the upgrade forgot a setting'
! loads "php-fpm$php" || fail 'the upgrade switched on what was switched off'
loads "php$php" || fail 'the upgrade switched it off'
phpenmod -v "$php" -s fpm rudr_sync
before=$(restarts)
apt reinstall "$newer"
[[ $(restarts) -gt $before ]] || fail 'php-fpm runs the old one after an upgrade'

# --- removed, installed again, removed for good ---

before=$(restarts)
apt remove "$package"
! loads "php$php" || fail 'still loaded'
! loads "php-fpm$php" || fail 'php-fpm still loads it'
[[ $(restarts) -gt $before ]] || fail 'php-fpm still runs it'
grep -q timeout=7 "$mods/rudr_sync.ini" || fail 'only a purge removes settings'
apt install "$newer"
loads "php$php" || fail 'not loaded after it was installed again'
apt purge "$package"
everything >/rudr/after
diff /rudr/before /rudr/after || fail 'something is left'

# --- purged after PHP itself went ---

apt install "$newer"
apt remove "$package"
apt purge "php$php*" php-common
[[ -z $(find / -xdev -name '*rudr_sync*' ! -path '/rudr/*' ! -path '/proc/*') ]] || fail 'purged with PHP, something is left'
echo "$package: installed, upgraded, removed and purged"
