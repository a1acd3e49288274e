# A private PostgreSQL for tests: a cluster in a folder of its own, on a Unix socket in that folder, gone when the script ends. To be sourced.
#   postgres_start [on|off]   starts it, with fsync as said (default off), makes the database nqs owned by nqs, exports NQS_TEST_DSN.
#                             It stops at the script's end: a script with an EXIT trap of its own calls postgres_stop in that.
#   postgres_reset            empties the database nqs (drops it and makes it anew)
#   postgres_psql ARGUMENT…   psql as superuser
#   postgres_log, PG_DIR      the server's log; its folder (data in $PG_DIR/data)
# As root, the server runs as the system user postgres; else as whoever calls.

postgres_as() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$PG_DIR" "$@")
    else
        "$@"
    fi
}

postgres_psql() { "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$PG_DIR" -U postgres "$@"; }

postgres_log() { cat "$PG_DIR/log"; }

postgres_start() {
    PG_BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)      # now: who sources this may have installed it meanwhile
    [ -x "$PG_BIN/initdb" ] || { echo "PostgreSQL is not installed: deploy/packages.sh run"; return 1; }
    PG_DIR=$(mktemp -d "${TMPDIR:-/tmp}/nqs-pg.XXXXXX") || return 1
    trap postgres_stop EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    chmod 755 "$PG_DIR"
    [ "$(id -u)" = 0 ] && chown postgres: "$PG_DIR"
    postgres_as "$PG_BIN/initdb" -D "$PG_DIR/data" -U postgres --locale=C.UTF-8 -E UTF8 -A trust --no-sync >"$PG_DIR.init" 2>&1 ||
        { cat "$PG_DIR.init"; return 1; }
    rm -f "$PG_DIR.init"
    postgres_as tee -a "$PG_DIR/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$PG_DIR'
fsync = ${1:-off}
max_connections = 200
timezone = 'UTC'
EOF
    postgres_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/log" -w -t 60 start >/dev/null 9>&- || { postgres_log; return 1; }
    NQS_TEST_DSN="host=$PG_DIR dbname=nqs user=nqs"
    export NQS_TEST_DSN
    postgres_psql -d postgres -c 'create role nqs login' && postgres_reset
}

postgres_reset() {
    postgres_psql -d postgres -c 'drop database if exists nqs with (force)' -c 'create database nqs owner nqs' 2>&1 | { grep -v 'does not exist, skipping' || true; }
    postgres_psql -d nqs -c 'select' >/dev/null
}

postgres_stop() {
    [ -n "${PG_DIR:-}" ] || return 0
    [ -f "$PG_DIR/data/postmaster.pid" ] && postgres_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate -w stop >/dev/null 2>&1
    rm -rf "$PG_DIR"
    PG_DIR=
}
