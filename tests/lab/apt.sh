# Debian packages. Sourced.
#
#   install_packages <package>...
#
# installs them on this machine, and removes nothing for it.
#
#   fetch_packages <suite> <folder> <package>...
#
# unpacks them in a folder of ours. The machine's own apt state and its installed packages are not touched: lists and
# caches are private, and nothing is configured or started. <suite> is `here` (all of the machine's own Debian sources,
# as they are) or a suite of the same mirror (`trixie`, `sid`), got by copying the machine's first source stanza with
# only the suite changed.
#
#   fetch_source <folder> <source package>
#
# puts the files of a Debian source package in a folder of ours, from the machine's own sources asked for deb-src; of its
# versions there the newest that comes.

install_packages() {
    local options=(-y --no-install-recommends --no-remove) as_root=() log plan upgraded status=0
    if [[ $(id -u) != 0 ]]; then as_root=(sudo); fi
    if ! command -v apt-get >/dev/null || { [[ $(id -u) != 0 ]] && ! can_sudo; }; then
        echo "Please have these installed (as Debian calls them), then run this again:" >&2
        echo "    apt-get install --no-install-recommends --no-remove $*" >&2
        return 1
    fi
    echo "Installing Debian packages: $*"
    log=$(mktemp) # not in target/: root's file there would be in its owner's way
    # A source of packages that does not answer is no reason to stop while the others have what we want.
    "${as_root[@]}" apt-get -qq update >"$log" 2>&1 || true
    # What is there already may have to become newer with them, which restarts it if it is a server: that is said before.
    plan=$(apt-get -s "${options[@]}" install "$@" 2>/dev/null) || true
    upgraded=$(sed -n 's/^Inst \([^ ]*\) \[.*/\1/p' <<<"$plan" | tr '\n' ' ')
    if [[ -n $upgraded ]]; then echo "Upgrading with them: $upgraded"; fi
    # Settings that somebody changed stay as they are.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "${options[@]}" -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install "$@" >>"$log" 2>&1 || status=$?
    if [[ $status != 0 ]]; then
        cat "$log" >&2
        if grep -q 'remove is disabled' "$log"; then
            echo "They do not go together with what is installed here. Nothing was changed." >&2
        fi
    fi
    rm -f "$log"
    return $status
}

can_sudo() { command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; }

# The file in which this machine names its Debian mirror, in either of apt's two formats.
debian_sources() {
    local file
    for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
        if [[ -s $file ]] && grep -qE '^(URIs:|deb )' "$file"; then
            echo "$file"
            return
        fi
    done
    echo "No Debian source in /etc/apt/sources.list.d/debian.sources or /etc/apt/sources.list." >&2
    return 1
}

# Prints the machine's source, for `here` whole, else its first stanza with the suite replaced.
source_for() {
    local suite=$1 file=$2
    if [[ $suite == here ]]; then
        cat "$file"
    elif [[ $file == *.sources ]]; then
        awk -v suite="$suite" 'BEGIN { RS = "" } /(^|\n)URIs:/ { print; exit }' "$file" |
            sed "s/^Suites:.*/Suites: $suite/"
    else
        awk -v suite="$suite" '$1 == "deb" { at = ($2 ~ /^\[/) ? 3 : 2
            while ($2 ~ /^\[/ && $(at - 1) !~ /\]$/) at++
            $(at + 1) = suite; print; exit }' "$file"
    fi
}

# Makes apt's private state in $apt for the sources in $sources, and `options` for it.
private_apt() {
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/debs"
    # Container images hook `rm` of the system's package cache to every update: not for ours.
    printf '#clear APT::Update::Post-Invoke;\n#clear DPkg::Post-Invoke;\n' >"$apt/apt.conf"
    options=(-qq -c "$apt/apt.conf"
        -o "Dir::Etc::SourceList=$sources" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
        -o Acquire::Retries=3 -o "APT::Sandbox::User=$(id -un)")
}

fetch_packages() {
    local suite=$1 into=$2 apt file sources options
    shift 2
    apt=$(realpath -m "$LAB_CACHE/apt/$suite")
    mkdir -p "$apt" "$into"
    file=$(debian_sources)
    sources=$apt/debian.${file##*.}
    source_for "$suite" "$file" >"$sources"
    private_apt
    # Unsigned or unknown lists stay an error: sid is signed with keys that Debian 12's keyring has.
    apt-get "${options[@]}" update
    (cd "$apt/debs" && apt-get "${options[@]}" download "$@")
    local deb
    for deb in "$apt/debs"/*.deb; do
        dpkg-deb -x "$deb" "$into"
        echo "  got $(dpkg-deb -W --showformat='${Package} ${Version}' "$deb") ($suite)"
    done
    rm -rf "$apt"
}

fetch_source() {
    local into apt file sources options version
    into=$(realpath -m "$1")
    apt=$(realpath -m "$LAB_CACHE/apt/source")
    mkdir -p "$apt" "$into"
    file=$(debian_sources)
    sources=$apt/debian.${file##*.}
    sed 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$file" >"$sources"
    private_apt
    apt-get "${options[@]}" update
    # Not every mirror of the security archive keeps sources.
    for version in $(apt-cache "${options[@]}" showsrc "$2" | sed -n 's/^Version: //p' | sort -Vr); do
        if (cd "$into" && apt-get "${options[@]}" source --download-only "$2=$version"); then
            echo "  got the source of $2 $version"
            rm -rf "$apt"
            return
        fi
    done
    echo "No source of $2 could be had." >&2
    return 1
}
