#!/bin/bash
# What goes out over Kafka: see publish.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/kafka/publish.py "$@"
