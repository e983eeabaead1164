# The lab's own MariaDB: a private folder, a socket and no port. Sourced; `database_up` makes it anew, `database_start` starts
# it with what it holds.

# mariadbd refuses to be root unless told so.
database_user() { if [[ $(id -u) == 0 ]]; then echo --user=root; fi; }

# Making the system tables takes seconds, copying them does not.
database_template() {
    local template=$LAB_CACHE/database
    if [[ -d $template ]]; then return; fi
    echo "Making an empty database server"
    rm -rf "$template.new"
    # shellcheck disable=SC2046  # one word or none
    mariadb-install-db --no-defaults --datadir="$template.new" --auth-root-authentication-method=normal \
        --innodb-log-file-size=64M --skip-test-db $(database_user) >"$LAB_CACHE/database.log" 2>&1 ||
        { cat "$LAB_CACHE/database.log" >&2; return 1; }
    mv "$template.new" "$template"
}

database_up() {
    database_template
    rm -rf "$LAB_RUN/database"
    cp -r --sparse=always "$LAB_CACHE/database" "$LAB_RUN/database"
    database_start
}

database_start() {
    local private socket careless
    private=$(readlink "$LAB_RUN/s")
    socket=$private/db
    # What is lost when the machine dies is of no interest here; that it is InnoDB, with its locks, is. Where a test kills the
    # server (LAB_DATABASE=killed), what it has said to be written is to be there afterwards, as with anybody's.
    careless=(--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0)
    if [[ ${LAB_DATABASE:-} == killed ]]; then careless=(--innodb-flush-log-at-trx-commit=2); fi
    # A temporary folder of its own: when it starts, MariaDB removes what looks left over there, also another
    # lab's tables in use.
    # shellcheck disable=SC2046
    setsid mariadbd --no-defaults $(database_user) --datadir="$LAB_RUN/database" \
        --socket="$socket" --tmpdir="$private" --pid-file="$LAB_RUN/database.pid" --log-error="$LAB_RUN/database.log" \
        --skip-networking --skip-name-resolve --skip-log-bin --performance-schema=OFF \
        "${careless[@]}" --innodb-flush-method=nosync --innodb-buffer-pool-size=256M \
        --innodb-log-file-size=64M --max-connections=400 \
        --character-set-server=utf8mb4 </dev/null >/dev/null 2>&1 9>&- &
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        if mariadb-admin --no-defaults --socket="$socket" -uroot ping >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    echo "MariaDB did not start:" >&2
    tail -n 20 "$LAB_RUN/database.log" >&2
    return 1
}
