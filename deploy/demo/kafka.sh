# The part of deploy/demo.sh that is about Kafka: a broker of its own, one feed that comes by it, and what is published to it. Sourced.
# $kafka is the broker's address; empty: there is none.
kafka=''
kafka_feed=accredited-centres
kafka_topics=()

broker() { "$here/tests/kafka/kafka.sh" "$@"; }

# It keeps its port and data between runs, as the gateway does.
broker_start() {
    local port
    if [ -f "$dir/kafka/server.properties" ]; then
        broker status "$dir/kafka" || broker start "$dir/kafka"
        return
    fi
    for port in $(seq 19092 2 19292); do if port_free "$port" && port_free $((port + 1)); then break; fi; done
    broker start "$dir/kafka" "$port"
}

topics_make() {
    local bin topic
    bin=$(request_of "$kafka_feed" bin)
    kafka_topics=("nqs.in.$bin.$kafka_feed" "nqs.out.$bin.deliveries" nqs.dead)
    for topic in "${kafka_topics[@]}"; do broker topic "$dir/kafka" "$topic" 1; done
    broker topic "$dir/kafka" "nqs.out.$kafka_feed" 1 cleanup.policy=compact
}

# Before the gateway is started: its settings are written then. A folder begun without Kafka goes on without.
kafka_prepare() {
    if [ -n "$no_kafka" ]; then return; fi
    if [ -f "$dir/gateway.yaml" ] && ! grep -q '^kafka:' "$dir/gateway.yaml"; then return; fi
    quietly "packages for Kafka" "$here/deploy/packages.sh" kafka
    quietly "Kafka, from Maven" broker install
    quietly "broker of Kafka" broker_start
    quietly "topics" topics_make
    kafka=$(broker status "$dir/kafka" | awk '{ print $3 }')
    export NQS_SETTINGS="kafka: {bootstrap: \"$kafka\"}
publications:
  - {name: centres, feed: $kafka_feed, kafka: {}}"
}

kafka_stop() { if [ -f "$dir/kafka/server.properties" ]; then broker stop "$dir/kafka"; fi; }

# Prints the id of the delivery that the message became.
send_kafka() {
    local id='' until=$((SECONDS + 60))
    kcat -q -P -b "$kafka" -t "nqs.in.$bin.$feed" -k demo -H content-type=application/xml -X enable.idempotence=true "$file" || return
    while [ -z "$id" ]; do
        [ $SECONDS -lt $until ] || { echo "nothing came of the message" >&2; return 1; }
        id=$(curl -sS -H "@$dir/tokens/$bin" "$NQS_URL/v1/deliveries?feed=$feed" | jq -r '[.deliveries[] | select(.source == "kafka")][0].delivery // empty')
        [ -n "$id" ] || sleep 0.2
    done
    say "$id"
}

kafka_waiting() { "$NQS_BIN" publications --json | jq -r '[.[].state.waiting] | add'; }

# At most so many letters of each line.
short() { while IFS= read -r line; do if [ ${#line} -gt "$1" ]; then say "${line:0:$1}…"; else say "$line"; fi; done; }

show_topic() {    # TOPIC FORMAT of kcat
    say "  kcat -C -e -b $kafka -t $1"
    kcat -q -C -e -b "$kafka" -t "$1" -f "$2" | short 150
}

show_kafka() {
    local until=$((SECONDS + 60))
    [ -n "$kafka" ] || return 0
    while [ "$(kafka_waiting)" != 0 ]; do
        [ $SECONDS -lt $until ] || die "what is published does not go out; see $dir/gateway.log"
        sleep 0.2
    done
    head_line "What went out by Kafka: changes of accredited centres, and the protocol of the delivery that came by it"
    show_topic "nqs.out.$kafka_feed" '    %k  %s\n'
    show_topic "${kafka_topics[1]}" '    %k  %s\n'
}
