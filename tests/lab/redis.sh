#!/usr/bin/env bash
# Starts a Redis for this lab, Debian's, on the socket `redis` among the lab's. It is unpacked, not installed, once somebody asks
# for it, keeps nothing, and ends with the lab.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$ROOT/tests/lab/apt.sh"

socket=$(readlink "$LAB_RUN/s")/redis
[[ ! -S $socket ]] || exit 0

root=$LAB_CACHE/tools/redis
exec 9>"$LAB_CACHE/tools.lock"
flock 9
if [[ ! -x $root/usr/bin/redis-server ]]; then
    echo "Fetching Redis (unpacked, not installed)"
    rm -rf "$root" "$root.new"
    fetch_packages here "$root.new" redis-tools libjemalloc2 liblzf1
    # All that Debian's redis-server adds is this name and a service.
    ln -s redis-check-rdb "$root.new/usr/bin/redis-server"
    mv "$root.new" "$root"
fi

LD_LIBRARY_PATH=$(dirname "$(find "$root/usr/lib" -name 'libjemalloc.so.2')") \
    setsid "$root/usr/bin/redis-server" --port 0 --unixsocket "$socket" --pidfile "$LAB_RUN/redis.pid" --dir "$LAB_RUN" \
    --save '' --appendonly no --set-proc-title no </dev/null >"$LAB_RUN/redis.log" 2>&1 9>&- &
for ((tries = 0; tries < 300; tries++)); do
    if [[ -S $socket ]]; then exit 0; fi
    sleep 0.1
done
echo "Redis did not start:" >&2
tail -n 20 "$LAB_RUN/redis.log" >&2
exit 1
