# Sourced:  inside FOLDER [--see WHAT WHERE | --share WHAT WHERE]... COMMAND...
#
# runs something in a Debian that lies in FOLDER. Of this machine it sees WHAT at WHERE, and may write there only if it is shared.
# What it mounts and starts is in namespaces of its own, and gone with it: so FOLDER can always be removed.
inside() {
    # shellcheck disable=SC2016  # expanded by the inner shell
    unshare --mount --pid --fork --kill-child bash -euc '
        root=$1
        shift
        mount -t proc proc "$root/proc"
        while [[ $1 == --* ]]; do
            mkdir -p "$root$3"
            mount --bind "$2" "$root$3"
            [[ $1 == --share ]] || mount -o remount,bind,ro "$root$3"
            shift 3
        done
        exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            DEBIAN_FRONTEND=noninteractive "$@"
    ' inside "$@"
}
