#!/bin/bash
# Kafka to canonical rows beside the limit of two connections and beside Kafka Connect with the Debezium JDBC sink: the part of the benchmarks that is about that; the table goes to
# docs/performance.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
tests/bench/run.sh --only '^received$' "$@" | tee >(cat >&2) | sed -n '/^what /,$p' | keep docs/performance.md kafka-in "In over Kafka"
