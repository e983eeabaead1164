# Root in somebody else's checkout (`sudo ./build.sh install`) would leave files that their owner cannot remove or
# write over. Sourced; `as_owner COMMAND...` runs a command as whom the current folder belongs to.
as_owner() {
    local owner home
    owner=$(stat -c %U .)
    # UNKNOWN: a folder from outside of a container, whose owner this system does not know.
    if [[ $(id -u) != 0 || $owner == root || $owner == UNKNOWN ]]; then
        "$@"
        return
    fi
    home=$(getent passwd "$owner" | cut -d: -f6)
    runuser -u "$owner" -- env HOME="$home" USER="$owner" LOGNAME="$owner" PATH="$PATH:$home/.cargo/bin" "$@"
}
