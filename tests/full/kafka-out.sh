#!/bin/bash
# What goes out over Kafka beside psql | kcat: the part of the benchmarks that is about that; the table goes to docs/performance.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
tests/bench/run.sh --only '^kafka$' "$@" | tee >(cat >&2) | sed -n '/^what /,$p' | keep docs/performance.md kafka-out "Out over Kafka"
