#!/bin/bash
# Duties whose deliveries come by a real broker: see duties.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/kafka/duties.py "$@"
