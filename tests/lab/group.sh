# Runs something in a process group of its own, and ends all of that. Sourced by test.sh.
#
# A signal to a shell script reaches neither the program that it waits for nor what that has started: they would go on,
# in labs that are taken down under them. Servers leave the group when they become daemons; lab.sh ends those.

in_group() { # <command>...; `group` is its process group meanwhile, and descriptor 7 is told
    local status=0
    # Monitor mode gives a background job its own group, and does not have it ignore SIGINT. Neither our lock nor the pipe
    # to our watcher is its business: a server left behind would hold them.
    set -m
    (set -e; "$@") 7>&- 8>&- </dev/null &
    group=$!
    set +m
    echo "$group" >&7
    # In the background, so that our traps run at once.
    wait "$group" || status=$?
    end_group "$group"
    group=
    echo >&7
    return $status
}

end_group() { # <process group, or nothing>
    local tries
    [[ -n $1 ]] || return 0
    kill -TERM -- "-$1" 2>/dev/null || return 0
    for ((tries = 0; tries < 40; tries++)); do
        group_lives "$1" || return 0
        sleep 0.05
    done
    kill -KILL -- "-$1" 2>/dev/null || true
}

# Zombies are of a group until somebody reaps them, and do nothing.
group_lives() {
    local file line state parent group
    for file in /proc/[0-9]*/stat; do
        { read -r line <"$file"; } 2>/dev/null || continue
        # The name, in brackets, may have spaces in it.
        read -r state parent group _ <<<"${line##*) }"
        if [[ $group == "$1" && $state != [ZX] ]]; then return 0; fi
    done
    return 1
}
