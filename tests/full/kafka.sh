#!/bin/bash
# What may happen to a process, a broker and a database, 100 rounds of it (tests/kafka/survive.py), then the suite on the next version of Kafka; docs/reliability.md keeps how they ended.
# SCRAM is not asked for there (tests/kafka/secure.py).
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
export NQS_BUILD=${NQS_BUILD:-$PWD/build/release}
next=4.3.1 passed=0 failed=0

count() {    # LOG NAME: a line that says how it ended
    local last
    last=$(tail -n 1 "$1")
    [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || { echo "$2: it did not end"; tail -n 20 "$1" >&2; failed=$((failed + 1)); return; }
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    echo "$2: $last"
    [ "${BASH_REMATCH[2]}" = 0 ] || grep FAIL "$1"
}

run() {    # NAME COMMAND…
    local log
    log=build/log/full-kafka-${1//[^a-z0-9]/-}.log
    "${@:2}" 2>&1 | tee "$log" | grep --line-buffered '^   round' >&2
    count "$log" "$1"
}

{
    run "${1:-100} rounds" python3 -u tests/kafka/survive.py "${1:-100}" "${2:-$RANDOM}"
    for suite in deliveries publish duties cluster survive; do
        run "Kafka $next $suite" env KAFKA_VERSION=$next "tests/kafka/$suite.test.sh"
    done
    echo "$passed passed, $failed failed"
} | keep docs/reliability.md kafka "Kafka: killed, stopped, shared"
