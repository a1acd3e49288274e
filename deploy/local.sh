#!/usr/bin/env bash
# A whole gateway for one person: a private PostgreSQL cluster, fictional parties of every role, the gateway itself, all under one folder.
#   deploy/local.sh start DIR [--port N]     makes what is missing and starts what is not running; safe to run again
#   deploy/local.sh stop DIR | status DIR
# Writes DIR/env (to be sourced: NQS_URL NQS_DSN NQS_BIN NQS_CONFIG NQS_PID) and DIR/parties.json ({bin, name, roles, token, sender_id, password} each).
# NQS_BUILD: build folder of the gateway to run (default: build/release, built when missing). NQS_SETTINGS: further lines for gateway.yaml.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
build=${NQS_BUILD:-$here/build/release}

say() { printf '%s\n' "$*"; }
die() { printf 'local.sh: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,6s/^# //p' "$0"; exit 2; }

pg_bin() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -n "$found" ] || die "PostgreSQL is not installed: apt-get install postgresql"
    printf '%s' "$found"
}

# PostgreSQL refuses to run as root, so root lends it another user.
as_pg() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid="$pg_user" --regid="$(id -g "$pg_user")" --init-groups env HOME=/ "$@")
    else
        "$@"
    fi
}

pick_pg_user() {
    pg_user=$(id -un)
    [ "$(id -u)" != 0 ] && return
    pg_user=postgres
    id "$pg_user" >/dev/null 2>&1 || die "run as root, this needs a user postgres: apt-get install postgresql"
}

pg_running() { [ -f "$dir/pg/postmaster.pid" ] && as_pg "$(pg_bin)/pg_ctl" -D "$dir/pg" status >/dev/null 2>&1; }

start_pg() {
    if [ ! -f "$dir/pg/PG_VERSION" ]; then
        mkdir -p "$dir/pg" "$dir/run"
        chmod 711 "$dir"
        chmod 700 "$dir/pg" "$dir/run"
        [ "$(id -u)" = 0 ] && chown "$pg_user" "$dir/pg" "$dir/run"
        as_pg test -x "$dir/run" || die "user $pg_user cannot enter $dir; choose a folder it may pass through"
        as_pg "$(pg_bin)/initdb" -D "$dir/pg" -U nqs -A trust -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 || die "initdb failed; see $dir/initdb.log"
        as_pg tee -a "$dir/pg/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$dir/run'
fsync = on
shared_buffers = 256MB
max_wal_size = 4GB
max_connections = 200
log_min_messages = warning
log_statement = none
log_parameter_max_length_on_error = 0
EOF
    fi
    pg_running && return
    as_pg "$(pg_bin)/pg_ctl" -D "$dir/pg" -w -t 60 -l "$dir/pg/server.log" start >/dev/null || die "PostgreSQL does not start; see $dir/pg/server.log"
}

make_database() {
    "$(pg_bin)/psql" -h "$dir/run" -U nqs -d postgres -Atqc "select 1 from pg_database where datname = 'nqs'" | grep -q 1 ||
        "$(pg_bin)/createdb" -h "$dir/run" -U nqs nqs
}

build_gateway() {
    [ -x "$build/nqs-gateway" ] && return
    [ -z "${NQS_BUILD:-}" ] || die "there is no $build/nqs-gateway"
    say "building the gateway …"
    (cd "$here" && cmake --preset release >"$dir/build.log" 2>&1 && cmake --build --preset release >>"$dir/build.log" 2>&1) || die "the build failed; see $dir/build.log"
}

write_config() {
    [ -f "$dir/key" ] || "$bin" key make "$dir/key" >/dev/null
    cat >"$dir/gateway.yaml" <<EOF
database: "host=$dir/run user=nqs dbname=nqs"
key_file: $dir/key
listen: "127.0.0.1:$port"
share: $here
public_read: true
${NQS_SETTINGS:-}
EOF
}

# One party a line of deploy/demo/parties.txt; credentials are made once and kept in parties.json, mode 0600.
make_parties() {
    [ -f "$dir/parties.json" ] && return
    local sep='' bin_no name roles role token id password
    : >"$dir/parties.tmp"
    chmod 600 "$dir/parties.tmp"
    printf '[' >>"$dir/parties.tmp"
    while IFS='|' read -r bin_no name roles; do
        case $bin_no in '#'* | '') continue ;; esac
        "$bin" party add "$bin_no" "$name" 2>/dev/null || true
        for role in $roles; do "$bin" party role "$bin_no" "$role" --from 2020-01-01 --ground "local.sh"; done
        token=$("$bin" party token "$bin_no")
        id=demo_$bin_no
        password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
        printf '%s\n' "$password" | "$bin" party password "$bin_no" "$id"
        printf '%s\n {"bin": "%s", "name": "%s", "roles": ["%s"], "token": "%s", "sender_id": "%s", "password": "%s"}' "$sep" "$bin_no" "$name" \
            "${roles// /\", \"}" "$token" "$id" "$password" >>"$dir/parties.tmp"
        sep=,
    done <"$here/deploy/demo/parties.txt"
    printf '\n]\n' >>"$dir/parties.tmp"
    mv "$dir/parties.tmp" "$dir/parties.json"
    "$bin" law in-force all "$(date +%Y-%m-01)" --by local.sh --ground "fictional: a set-up for one person"
}

gateway_pid() { [ -f "$dir/gateway.pid" ] && kill -0 "$(cat "$dir/gateway.pid")" 2>/dev/null && cat "$dir/gateway.pid"; }

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

start_gateway() {
    gateway_pid >/dev/null && return
    port_taken && die "port $port is taken by another program; choose one with --port N"
    "$bin" serve >>"$dir/gateway.log" 2>&1 </dev/null &
    echo $! >"$dir/gateway.pid"
    for _ in $(seq 300); do
        gateway_pid >/dev/null || die "the gateway stopped at once; see $dir/gateway.log"
        port_taken && return
        sleep 0.1
    done
    die "the gateway does not answer; see $dir/gateway.log"
}

write_env() {
    cat >"$dir/env" <<EOF
export NQS_URL=http://127.0.0.1:$port
export NQS_DSN="host=$dir/run user=nqs dbname=nqs"
export NQS_BIN=$bin
export NQS_CONFIG=$dir/gateway.yaml
export NQS_PID=$(cat "$dir/gateway.pid")
EOF
}

start() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if gateway_pid >/dev/null && [ -f "$dir/env" ]; then
        say "running already: $(sed -n 's/^export NQS_URL=//p' "$dir/env")"
        return
    fi
    [ -n "$port" ] || port=$(sed -n 's/^export NQS_URL=.*:\([0-9]*\)$/\1/p' "$dir/env" 2>/dev/null || true)
    port=${port:-8088}
    build_gateway
    bin=$build/nqs-gateway
    start_pg
    make_database
    write_config
    export NQS_CONFIG=$dir/gateway.yaml
    "$bin" migrate >>"$dir/gateway.log"
    make_parties
    start_gateway
    write_env
    say "gateway: http://127.0.0.1:$port   parties: $dir/parties.json   settings: . $dir/env"
}

stop() {
    local pid
    if pid=$(gateway_pid); then
        kill "$pid"
        for _ in $(seq 150); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
    fi
    rm -f "$dir/gateway.pid"
    pg_running && as_pg "$(pg_bin)/pg_ctl" -D "$dir/pg" -m fast -w stop >/dev/null
    say "stopped"
}

status() {
    local pid
    if pid=$(gateway_pid); then say "gateway: running, pid $pid, $(sed -n 's/^export NQS_URL=//p' "$dir/env")"; else say "gateway: not running"; fi
    if pg_running; then say "PostgreSQL: running"; else say "PostgreSQL: not running"; fi
    [ -n "$pid" ]
}

[ $# -ge 2 ] || usage
verb=$1 dir=$2 port=
shift 2
while [ $# -gt 0 ]; do
    case $1 in
    --port) [ $# -ge 2 ] || usage; port=$2; shift 2 ;;
    --port=*) port=${1#*=}; shift ;;
    *) usage ;;
    esac
done
[ -d "$dir" ] && dir=$(cd "$dir" && pwd)
pick_pg_user
case $verb in
start) start ;;
stop | status) [ -d "$dir" ] || die "there is no $dir"; "$verb" ;;
*) usage ;;
esac
