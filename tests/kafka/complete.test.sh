#!/bin/bash
# Deliveries of many messages, and their end: see complete.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/kafka/complete.py "$@"
