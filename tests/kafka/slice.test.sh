#!/bin/bash
# Messages of a real broker become rows: see slice.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/kafka/slice.py "$@"
