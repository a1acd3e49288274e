#!/bin/bash
# Three brokers, one of them killed: see cluster.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/kafka/cluster.py "$@"
