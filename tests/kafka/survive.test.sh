#!/bin/bash
# Kafka: whoever dies, each message once. Brokers and processes die: see survive.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/kafka/survive.py "$@"
