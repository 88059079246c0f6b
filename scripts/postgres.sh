# shellcheck shell=bash
# shellcheck disable=SC2154 # $work is of whoever sources this
# A PostgreSQL of one's own on a free loopback port, for the scripts that source this. It is set up
# in the directory $work, and stopped by stop_postgres before that is removed.

postgres_bin() { find /usr/lib/postgresql/*/bin -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -1; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# PostgreSQL does not run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Sets $postgres_url.
start_postgres() {
    local port data="$work/postgres" bin
    bin=$(postgres_bin)
    port=$(free_port)
    chmod 711 "$work"
    mkdir "$data"
    [ "$(id -u)" != 0 ] || chown postgres "$data"
    as_postgres "$bin/initdb" -D "$data/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
    # A session of its own: what interrupts the script leaves it to stop_postgres.
    as_postgres setsid "$bin/pg_ctl" -D "$data/data" -l "$data/log" -w start >/dev/null -o \
        "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c fsync=off"
    # shellcheck disable=SC2034 # for whoever sources this
    postgres_url="postgres://postgres@127.0.0.1:$port/postgres"
}

restart_postgres() {
    as_postgres setsid "$(postgres_bin)/pg_ctl" -D "$work/postgres/data" -l "$work/postgres/log" \
        -m fast -w restart >/dev/null
}

stop_postgres() {
    [ ! -e "$work/postgres/data/postmaster.pid" ] ||
        as_postgres "$(postgres_bin)/pg_ctl" -D "$work/postgres/data" -m immediate stop >/dev/null || true
}
