# Stops what a lab started, by pid file, and only if the process still is one of this lab's. Sourced.

# A pid may have become somebody else's since the file was written: ours names this lab's folder.
is_ours() { { tr "\0" " " <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF "$LAB_RUN/"; }

stop_by() { # <pid file> <signal>
    local pid tries
    [[ -s $1 ]] || return 0
    pid=$(<"$1")
    if [[ $pid =~ ^[0-9]+$ ]] && is_ours "$pid"; then
        kill "-$2" "$pid" 2>/dev/null || true
        for ((tries = 0; tries < 500; tries++)); do
            is_ours "$pid" || break # gone, or a zombie that its parent has yet to reap: that has no command line
            sleep 0.02
        done
        if is_ours "$pid"; then kill_server "$pid"; fi
    fi
    rm -f "$1"
}

# With its children, of which they would be orphans: each of our servers leads a process group.
kill_server() { kill -KILL -- "-$1" 2>/dev/null || kill -KILL "$1" 2>/dev/null || true; }

# Servers that have no pid file, or none any more: whoever started them was killed on the way.
stop_strays() {
    local file pid
    for file in $(grep -lsF "$LAB_RUN/" /proc/[0-9]*/cmdline); do
        pid=${file//[^0-9]/}
        # Not whoever only looks at a file there.
        case $(cat "/proc/$pid/comm" 2>/dev/null) in
            mariadbd | nginx | php-fpm* | apache2 | redis-server) kill_server "$pid" ;;
        esac
    done
}
