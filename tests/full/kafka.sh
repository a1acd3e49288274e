#!/bin/bash
# What may happen to a process, a broker and a database, 100 rounds of it (tests/kafka/survive.py), then the suite on the next version of Kafka; docs/reliability.md keeps how they ended.
# SCRAM is not asked for there (tests/kafka/secure.py).
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
. tests/lib/suites.sh
export NQS_BUILD=${NQS_BUILD:-$PWD/build/release}
LOGS=build/log/full-kafka next=4.3.1

{
    suite "${1:-100} rounds" python3 -u tests/kafka/survive.py "${1:-100}" "${2:-$RANDOM}"
    for name in deliveries publish duties cluster survive; do
        suite "Kafka $next $name" env KAFKA_VERSION=$next "tests/kafka/$name.test.sh"
    done
    suites_end
} | keep docs/reliability.md kafka "Kafka: killed, stopped, shared"
