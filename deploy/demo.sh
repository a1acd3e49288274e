#!/usr/bin/env bash
# Installs what is missing, builds the gateway, starts one of its own in a folder, and sends it deliveries of every feed by real clients, showing what
# becomes of them.
#   deploy/demo.sh [--dir DIR] [--port N] [--lang kk|ru|en] [--no-kafka]     DIR: default ./demo-data; safe to run again
#   deploy/demo.sh --stop [--remove] [--dir DIR]                              stops it; --remove: and removes DIR
# --no-kafka: without a broker; else one is fetched from Maven and started, one feed comes by it, and what is published goes out by it.
# NQS_BUILD, VENV, NODE_PATH: a build folder, a Python venv with zeep and aiosmtpd, a folder of Node modules with soap, when they are there already.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
locale=${LC_ALL:-${LC_MESSAGES:-${LANG:-en}}}
export LC_ALL=C.UTF-8
tools=$here/build/demo

say() { printf '%s\n' "$*"; }
head_line() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || head_line() { printf '\n%s\n' "$*"; }
die() { printf '\ndemo.sh: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit "$1"; }

# quietly WHAT COMMAND…: says what is done and how long it took; what the command prints is shown only when it fails.
quietly() {
    local from=$SECONDS log=$logs/${1%%[ ,]*}.log
    printf '  %-52s' "$1 …"
    if "${@:2}" >"$log" 2>&1 </dev/null; then
        say "$((SECONDS - from)) s"
    else
        say "failed"
        tail -n 15 "$log" | sed 's/^/    /' >&2
        die "this did not work: $1. The whole output: $log"
    fi
}

. "$here/deploy/demo/kafka.sh"
. "$here/deploy/demo/duties.sh"

# ---- what must be there

build_gateway() { cd "$here" && cmake --preset release && cmake --build --preset release --target nqs-gateway; }

has_zeep() { [ -x "$1/bin/python" ] && "$1/bin/python" -c 'import zeep, aiosmtpd' 2>/dev/null; }

install_zeep() {
    local python=/usr/bin/python3
    [ -x $python ] || python=python3
    rm -rf "$tools/venv"
    $python -m venv "$tools/venv" && "$tools/venv/bin/pip" install --quiet --disable-pip-version-check -c "$here/tests/requirements.txt" zeep aiosmtpd
}

install_soap() {
    local package
    package=$(sed -n "s/^NODE_CLIENT='\([^' ]*\)'.*/\1/p" "$here/tests/lib/tools.sh")
    mkdir -p "$tools/node" && npm install --prefix "$tools/node" --no-audit --no-fund --no-update-notifier "$package"
}

find_tools() {
    venv=
    for folder in "${VENV:-}" "$tools/venv" "$here/build/venv"; do
        if has_zeep "$folder"; then venv=$folder && break; fi
    done
    for folder in "${NODE_PATH:-}" "$here/build/node/node_modules" "$tools/node/node_modules"; do
        if [ -d "$folder/soap" ]; then break; fi
    done
    export NODE_PATH=$folder
}

prepare() {
    head_line "Preparing (logs in $logs)"
    quietly "packages of Debian" "$here/deploy/packages.sh" build run demo
    [ -n "${NQS_BUILD:-}" ] || quietly "build of the gateway" build_gateway
    mkdir -p "$tools" 2>/dev/null || true
    find_tools
    [ -n "$venv" ] || quietly "zeep, a SOAP client in Python, and a mail server" install_zeep
    [ -d "$NODE_PATH/soap" ] || quietly "soap, a SOAP client in Node" install_soap
    find_tools
    kafka_prepare
    mail_prepare
}

port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start() {
    if [ -z "$port" ] && [ ! -f "$dir/env" ]; then
        for port in $(seq 8088 8188); do port_free "$port" && break; done
    fi
    "$here/deploy/local.sh" start "$dir" ${port:+--port "$port"} >"$logs/start.log" 2>&1 || die "$(tail -n 3 "$logs/start.log")"
    # shellcheck disable=SC1091
    . "$dir/env"
    say "  the gateway answers at $NQS_URL, with $(jq length "$dir/parties.json") fictional parties and a database of its own"
    token_files
}

# curl takes header fields from a file, so that no token stands on a command line.
token_files() {
    mkdir -p "$dir/tokens"
    chmod 700 "$dir/tokens"
    jq -r '.[] | .bin + " " + .token' "$dir/parties.json" | while read -r bin token; do
        (umask 077 && printf 'Authorization: Bearer %s\n' "$token" >"$dir/tokens/$bin")
    done
}

party() { jq -r --arg bin "$1" --arg member "$2" '.[] | select(.bin == $bin) | .[$member]' "$dir/parties.json"; }

# ---- sending: each prints the id of the delivery. $file $bin $feed $period $kind are what is sent, by whom.

by_curl() {
    local answer=$logs/answer.json status
    status=$(curl -sS --max-time 120 -o "$answer" -w '%{http_code}' -H "@$dir/tokens/$bin" -H "Accept-Language: $lang" -H "Content-Type: $1" "${@:3}" \
        --data-binary "@$file" "$NQS_URL/v1/deliveries$2") || return 1
    case $status in
        20*) jq -r .receipt.delivery "$answer" ;;
        *) printf 'answer %s: %s\n' "$status" "$(jq -r '[.title, .detail] | map(select(. != null)) | join(": ")' "$answer")" >&2; return 1 ;;
    esac
}

by_soap() {    # the last word of the clients' line is the id
    local line
    line=$("$@" sync "$NQS_URL/soap/sync" "$(party "$bin" sender_id)" "$(party "$bin" password)" NQS_DELIVER "$file") || { say "$line" >&2; return 1; }
    say "${line##* }"
}

send_curl_xml() { by_curl application/xml ''; }
send_curl_json() { by_curl application/json ''; }
send_curl_ndjson() { by_curl application/x-ndjson "?feed=$feed&period=$period&kind=$kind"; }
send_curl_zstd() {
    zstd -q -f "$file" -o "$dir/sent/$feed.zst"
    file=$dir/sent/$feed.zst by_curl application/x-ndjson "?feed=$feed&period=$period&kind=$kind" -H 'Content-Encoding: zstd'
}
send_zeep_element() { by_soap "$venv/bin/python" "$here/tests/clients/zeep_client.py" --mode element; }
send_zeep_string() { by_soap "$venv/bin/python" "$here/tests/clients/zeep_client.py" --mode string; }
send_node_element() { by_soap node "$here/tests/clients/node_client.js" --mode element; }
send_node_cdata() { by_soap node "$here/tests/clients/node_client.js" --mode cdata; }
send_submit() { "$NQS_BIN" submit "$file" --feed "$feed" --period "$period" --kind "$kind" --as "$bin" --json | jq -r .delivery; }

# CLIENT|ending of the file it sends|what it is
clients='curl-xml|xml|curl, XML
zeep-element|xml|zeep, SOAP
curl-json|json|curl, JSON
node-element|xml|node-soap
curl-ndjson|ndjson|curl, NDJSON
zeep-string|xml|zeep, SOAP text
submit|json|nqs-gateway submit
node-cdata|xml|node-soap, CDATA
curl-zstd|ndjson|curl, NDJSON.zst
kafka|xml|kcat, Kafka'
rounds=(curl-xml zeep-element curl-json node-element curl-ndjson zeep-string submit node-cdata)

# ---- showing

row() { printf '%3s  %s  %s  %s  %s %7s %7s %7s %7s %7s %7s  %s\n' "$1" "$(wide 19 "$2")" "$(wide 22 "$3")" "$(wide 10 "$4")" "$(wide 7 "$5")" "${@:6}"; }
wide() { local text=${2:0:$1}; printf '%s%*s' "$text" $(($1 - ${#text})) ''; }

protocol() { curl -sS -H "@$dir/tokens/$bin" -H "Accept-Language: $lang" "$NQS_URL/v1/deliveries/$1"; }

# The protocol of a delivery, when it is worked.
await() {
    local state until=$((SECONDS + 120))
    while [ $SECONDS -lt $until ]; do
        protocol "$1" >"$logs/protocol.json" || die "the gateway does not answer any more; see $dir/gateway.log"
        state=$(jq -r .state "$logs/protocol.json")
        if [ "$state" != waiting ]; then return; fi
        sleep 0.2
    done
    die "delivery $1 is not worked after two minutes; see $dir/gateway.log"
}

deliver() {    # CLIENT FILE: with $feed $period $kind $bin
    local client=$1 file=$2 label id
    label=$(printf '%s\n' "$clients" | awk -F'|' -v c="$client" '$1 == c { print $3 }')
    id=$("send_${client//-/_}" 2>"$logs/client.log") || die "$label could not deliver $file: $(tail -n 3 "$logs/client.log")"
    await "$id"
    count=$((count + 1))
    # shellcheck disable=SC2046
    row "$count" "$label" "$feed" "$period" "$kind" \
        $(jq -r '[.records, (.outcomes | .new, .changed, .unchanged, .withdrawn, .refused)] | map(tostring) | join(" ")' "$logs/protocol.json") "$(party "$bin" name)"
    [ "$(jq -r .state "$logs/protocol.json")" = settled ] || say "      the whole delivery was refused: $(jq -c .refused "$logs/protocol.json")"
}

request_of() {    # a member of the fixtures' note on how a feed is delivered
    jq -r --arg member "$2" '.[$member]' "$here/tests/feeds/$1/request.json"
}

file_for() {    # CLIENT: a fixture of $feed with the ending the client sends
    local ending
    ending=$(printf '%s\n' "$clients" | awk -F'|' -v c="$1" '$1 == c { print $2 }')
    say "$here/tests/feeds/$feed/good.$ending"
}

every_feed() {
    local contract turn=0 client
    for contract in "$here"/schemas/contracts/*.odcs.yaml; do
        feed=$(basename "$contract" .odcs.yaml)
        period=$(request_of "$feed" period) kind=$(request_of "$feed" kind) bin=$(request_of "$feed" bin)
        if [ -f "$dir/sent/$feed.ndjson" ]; then
            deliver curl-zstd "$dir/sent/$feed.ndjson"
        elif [ -n "$kafka" ] && [ "$feed" = "$kafka_feed" ]; then
            deliver kafka "$(file_for kafka)"
        else
            client=${rounds[turn % ${#rounds[@]}]}
            deliver "$client" "$(file_for "$client")"
            turn=$((turn + 1))
        fi
    done
}

attribute() { sed -n "s/.*<delivery[^>]* $2=\"\([^\"]*\)\".*/\1/p" "$1"; }

findings() {
    jq -r '.findings[] | "      record \(.record)  \(if .severity == "error" then "refused" else .severity end)  \(.code) \(.place)\n        \(.text)"' "$logs/protocol.json"
}

story() {
    local file client words
    while IFS='|' read -r file client words; do
        file=$here/deploy/demo/data/$file
        feed=$(attribute "$file" feed) period=$(attribute "$file" period) kind=$(attribute "$file" kind)
        bin=$(request_of "$feed" bin)
        say "     $words"
        deliver "$client" "$file"
        findings
    done < <(grep -v '^#' "$here/deploy/demo/data/story.txt")
}

titles() { row '#' 'sent by' feed period kind records new changed same withdr. refused from; }

send_all() {
    mkdir -p "$dir/sent"
    count=0
    head_line "A delivery of every feed"
    python3 "$here/deploy/demo/make_programmes.py" "$dir/sent"
    titles
    every_feed
    head_line "Mistakes, a correction, and nothing to report"
    titles
    story
}

show_tables() {
    local contract table query=''
    for contract in "$here"/schemas/contracts/*.odcs.yaml; do
        table=$(sed -n 's/^    physicalName: //p' "$contract")
        query+=" union all select '$(basename "$contract" .odcs.yaml)', 'feed.$table', count(*), count(*) filter (where withdrawn is not null),
                 (select count(*) from feed.\"${table}_history\") from feed.\"$table\""
    done
    head_line "What is in the tables now"
    psql -X -q "$NQS_DSN" -P footer=off -P border=0 -c "select * from (${query# union all }) t (feed, \"table\", \"rows\", \"of them withdrawn\", \"earlier versions\")"
}

show_where_next() {
    head_line "Where to look next"
    cat <<END
  Settings for this shell     . $dir/env
  Records of a feed           curl -s '$NQS_URL/v1/feeds/$feed_shown/records?limit=2'
  All deliveries              curl -s -H @$dir/tokens/$reader $NQS_URL/v1/deliveries
  Description of the API      $NQS_URL/openapi.json    and of SOAP: $NQS_URL/soap/sync?wsdl
  The same by command         $NQS_BIN --config $NQS_CONFIG deliveries
  Who is late                 $NQS_BIN --config $NQS_CONFIG duties --late        and: timeliness
  The annual analysis         $NQS_BIN --config $NQS_CONFIG analysis $(date +%Y) --out analysis.html
  The database                psql "$NQS_DSN"
  Who they are, with tokens   $dir/parties.json     tokens as header files: $dir/tokens/
  Stop it                     $here/deploy/demo.sh --stop --dir $dir              (with --remove: and remove the folder)

This took $SECONDS s.
END
}

stop() {
    [ -d "$dir/log" ] || die "there is no demo in $dir"
    "$here/deploy/local.sh" stop "$dir"
    kafka_stop
    mail_stop
    [ -n "$remove" ] || return 0
    rm -rf "$dir"
    say "removed $dir"
}

# As root, PostgreSQL runs as the user postgres, who must be able to enter the folder: not so below /root.
enterable() {
    [ "$(id -u)" != 0 ] || ! id postgres >/dev/null 2>&1 || setpriv --reuid=postgres --regid=postgres --clear-groups test -x "$1"
}

choose_dir() {
    if [ -z "$dir" ]; then
        dir=$PWD/demo-data
        if ! enterable "$PWD"; then dir=/var/tmp/nqs-demo; fi
    fi
    case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
}

dir='' port='' lang='' verb=demo remove='' no_kafka=''
while [ $# -gt 0 ]; do
    case $1 in
        --dir | --port | --lang) [ $# -ge 2 ] || usage 2; printf -v "${1#--}" %s "$2"; shift ;;
        --dir=* | --port=* | --lang=*) name=${1%%=*}; printf -v "${name#--}" %s "${1#*=}" ;;
        --stop) verb=stop ;;
        --remove) remove=yes ;;
        --no-kafka) no_kafka=yes ;;
        --help | -h) usage 0 ;;
        *) usage 2 >&2 ;;
    esac
    shift
done
case ${lang:-$locale} in kk*) lang=kk ;; ru*) lang=ru ;; *) lang=en ;; esac
case $port in *[!0-9]*) die "--port needs a number" ;; esac
if [ "$verb" = stop ]; then choose_dir; stop; exit; fi

if [ -z "$dir" ] && [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; then "$here/deploy/packages.sh" run; fi
choose_dir
mkdir -p "$dir/log" 2>/dev/null || die "the folder $dir cannot be made; choose another with --dir"
logs=$dir/log
prepare
start
reader=$(jq -r '[.[] | select(.roles[] == "national-body")][0].bin' "$dir/parties.json")
send_all
show_tables
show_kafka
show_duties
feed_shown=$(attribute "$here/deploy/demo/data/bad.xml" feed)
show_where_next
