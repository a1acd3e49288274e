#!/usr/bin/env bash
# deploy/demo.sh, run as a person would: what it prints is what the database holds.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
case $NQS_BUILD in /*) ;; *) NQS_BUILD=$PWD/$NQS_BUILD ;; esac
folder=$(mktemp -d "${TMPDIR:-/tmp}/nqs-demo-test.XXXXXX")
chmod 755 "$folder"
dir=$folder/demo passed=0 failed=0
leave() {
    if [ -f "$dir/gateway.yaml" ]; then deploy/demo.sh --stop --dir "$dir" >/dev/null 2>&1; fi
    rm -rf "$folder"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

check() {    # WHAT COMMAND…
    if "${@:2}" >"$folder/why" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $1"
    else
        failed=$((failed + 1))
        echo "FAIL  $1"
        sed 's/^/      /' "$folder/why" | tail -n 20
    fi
}

sql() { psql -X -Atq -F ' ' "$NQS_DSN" -c "$1"; }
feeds() { basename -s .odcs.yaml -a schemas/contracts/*.odcs.yaml | sort; }
same() { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); }
free_port() { python3 -c "import sys; sys.path.insert(0, \"tests/lib\"); import gateway; print(gateway.free_port())"; }
run_demo() { timeout 300 "${@:2}" deploy/demo.sh --dir "$dir" --port "$port" --lang "$1" >"$folder/out" 2>"$folder/err" || { tail -n 5 "$folder/out" "$folder/err"; return 1; }; }

# As on a machine where nothing of the tests was ever installed: a copy of the tree without build/.
run_without_kafka() { timeout 300 deploy/demo.sh --dir "$dir" --port "$port" --lang en --no-kafka >"$folder/out" 2>"$folder/err" || { tail -n 5 "$folder/out" "$folder/err"; return 1; }; }
not_a_word_of_kafka() { rows | grep -q . && ! grep -i kafka "$folder/out"; }
bare() { mkdir "$folder/bare" && git ls-files -z --cached --others --exclude-standard | tar -c --ignore-failed-read --null -T - | tar -x -C "$folder/bare"; }
run_bare_demo() { (cd "$folder/bare" && run_demo "$1" env -u VENV -u NODE_PATH); }
installed_clients() { [ -d "$folder/bare/build/demo/node/node_modules/soap" ] && "$folder/bare/build/demo/venv/bin/python" -c 'import zeep'; }

# A row of a delivery begins with its number; feed and counts stand in columns of fixed width.
rows() { sed -n '/^A delivery of every feed/,/^What is in the tables/p' "$folder/out" | grep -E '^ *[0-9]+  '; }
printed_counts() { rows | awk '{ print $1, substr($0, 27, 22), substr($0, 70, 48) }' | tr -s ' '; }
kept_counts() {
    sql "select number, feed, (select sum(c) from unnest(counts) c), counts[1], counts[2], counts[3], counts[4], counts[6] from nqs.envelope order by number"
}
printed_tables() { sed -n '/^What is in the tables/,/^Where to look/p' "$folder/out" | awk '$2 ~ /^feed\./ { print $1, $2, $3 }'; }
table_counts() {
    local feed table
    for feed in $(feeds); do
        table=$(awk '/^    physicalName:/ { print $2; exit }' "schemas/contracts/$feed.odcs.yaml")
        echo "$feed feed.$table $(sql "select count(*) from feed.$table")"
    done
}
each_feed_has_rows() { ! printed_tables | awk '$3 < 1' | grep . && same "$(printed_tables | cut -d' ' -f1 | sort)" "$(feeds)"; }
every_feed_came() { same "$(rows | awk '{ print substr($0, 27, 22) }' | tr -d ' ' | sort -u)" "$(feeds)"; }
by_kafka() { [ "$(sql "select count(*) from nqs.envelope where source = 'kafka'")" -ge 1 ] && rows | grep -qF 'kcat, Kafka'; }
topic_shown() { sed -n "/^  kcat .*-t $1$/,/^  kcat\|^$/p" "$folder/out" | grep '^    '; }
published_shown() { same "$(topic_shown 'nqs\.out\.accredited-centres' | grep -c '"certificate_number":')" "$(sql 'select count(*) from feed.accredited_centre')"; }
protocol_shown() { topic_shown 'nqs\.out\.[0-9]*\.deliveries' | grep -F "$(sql "select id from nqs.envelope where source = 'kafka' order by number limit 1")" | grep -F '"delivery":'; }
broker_stopped() { [ -f "$dir/kafka/server.properties" ] && ! tests/kafka/kafka.sh status "$dir/kafka"; }
clients_there() { local c; for c in 'curl, XML' 'curl, JSON' 'curl, NDJSON ' 'NDJSON.zst' zeep node-soap 'nqs-gateway submit'; do rows | grep -qF "$c" || { echo "no $c"; return 1; }; done; }
bad_number() { rows | awk 'substr($0, 110, 8) + 0 > 0 { print $1 }'; }
findings_printed() { grep -E '^      record [0-9]+  refused  ' "$folder/out" | awk '{ print $2, $4 }' | sort; }
findings_kept() { sql "select f.seq, f.code from nqs.finding f join nqs.envelope e on e.id = f.envelope where e.number = $(bad_number)" | sort; }
six_kinds() { [ "$(findings_printed | cut -d' ' -f2 | sort -u | wc -l)" = 6 ] && same "$(findings_printed)" "$(findings_kept)"; }
large_one() { rows | awk 'substr($0, 70, 8) + 0 == 10000' | grep -q .; }
nil_and_correction() { [ "$(sql "select count(*) from nqs.envelope where kind = 'nil' and state = 'settled'")" = 1 ] && rows | awk 'substr($0, 102, 8) + 0 > 0' | grep -q .; }
sample_curl() { eval "$(sed -n 's/^  All deliveries  *//p' "$folder/out")" | jq -e '.deliveries | length == 16'; }
public_curl() { eval "$(sed -n 's/^  Records of a feed  *//p' "$folder/out")" | jq -e '.records | length == 2'; }
no_tokens_shown() { ! jq -r '.[] | .token, .password' "$dir/parties.json" | grep -qFf - "$folder/out"; }
gone() { ! curl -s --max-time 5 "$NQS_URL/healthz" && ! kill -0 "$NQS_PID" 2>/dev/null && ! ls "$dir/run"/.s.PGSQL.* 2>/dev/null; }
refuses() { local said; if said=$("${@:2}" 2>&1); then echo "it did not refuse"; return 1; fi; echo "$said"; grep -qF "$1" <<<"$said"; }

section() { sed -n "/^$1/,/^\$/p" "$folder/out"; }
duties_shown() { section 'Who owes what by when' | grep -E '^ *[0-9]+ ' | awk '{ print $1 }' | sort -n; }
duties_kept() { sql "select d.id from nqs.duty d join nqs.party p on p.id = d.party where p.bin = '$(jq -r .bin tests/feeds/accredited-centres/request.json)' and d.due_at is not null order by d.due_at, d.id limit 6" | sort -n; }
explained() { section 'Why then' | grep -qF "$(sql "select due_day from nqs.duty where id = $(sed -n 's/^Why then: nqs-gateway duty //p' "$folder/out")")"; }
notice_shown() { section 'A notice' | grep -q 'To: office@example.kz' && [ "$(sql "select state from nqs.notice where number = $(sed -n 's/.*nqs-gateway notices show //p' "$folder/out" | tail -n 1)")" = sent ]; }
mail_taken() { grep -q 'To: office@example.kz' "$dir/log/mails.log"; }
mail_stopped() { [ ! -e "$dir/mail.pid" ]; }

port=$(free_port)
check 'the demo runs to its end within five minutes' run_demo en
if [ ! -f "$dir/env" ]; then echo "$passed passed, $failed failed"; exit 1; fi
. "$dir/env"
check 'a delivery of every feed is shown' every_feed_came
check 'what is shown of each delivery is what the database holds' same "$(printed_counts)" "$(kept_counts)"
check 'every feed has rows' each_feed_has_rows
check 'the row counts shown are those of the tables' same "$(printed_tables)" "$(table_counts)"
check 'each kind of client delivered' clients_there
check 'one feed came by Kafka' by_kafka
check 'every record of it is among the published events shown' published_shown
check 'and its protocol too' protocol_shown
check 'six kinds of mistakes are shown with their findings' six_kinds
check 'one delivery has 10,000 records' large_one
check 'there is a correction that withdraws, and a nil' nil_and_correction
check 'the command for all deliveries works as printed' sample_curl
check 'the command for records works as printed' public_curl
check 'the table of duties is that of the database' same "$(duties_shown)" "$(duties_kept)"
check 'one of them is explained, with its last day' explained
check 'a notice is shown that was sent' notice_shown
check 'a mail server took it' mail_taken
check 'no token and no password is printed' no_tokens_shown
check 'a copy of the tree without anything built is made' bare
check 'it can be run again on the same folder, in another language' run_bare_demo kk
check 'it has installed the clients it found nowhere' installed_clients
check 'with them each kind of client delivered again' clients_there
check 'then findings are in that language' grep -q 'Міндетті өріс' "$folder/out"
check 'a port that is taken is said' refuses "port $port is taken" deploy/demo.sh --dir "$folder/other" --port "$port"
deploy/demo.sh --stop --dir "$folder/other" >/dev/null 2>&1
check 'stopping what is not there is said' refuses 'there is no demo in' deploy/demo.sh --stop --dir "$folder/nothing"
check '--stop stops' deploy/demo.sh --stop --dir "$dir"
check 'then neither gateway nor database runs' gone
check 'nor the broker' broker_stopped
check 'nor the mail server' mail_stopped
check 'it runs without Kafka too' run_without_kafka
check 'then nothing is said of it' not_a_word_of_kafka
check 'that stops as well' deploy/demo.sh --stop --dir "$dir"
check 'the folder is still there' test -f "$dir/parties.json"
check '--stop --remove removes the folder' deploy/demo.sh --stop --remove --dir "$dir"
check 'then it is gone' test ! -e "$dir"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
