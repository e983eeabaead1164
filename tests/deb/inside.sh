# Sourced:  inside FOLDER COMMAND...  runs something in a Debian that lies in FOLDER.
#
# What it mounts (its own /proc) and starts is in namespaces of its own, and gone with it: so FOLDER can always be removed.
inside() {
    local root=$1
    shift
    unshare --mount --pid --fork --kill-child --root="$root" --mount-proc \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}
