#!/bin/bash
# Killed, cut off, doubled (design §1) over a real gateway: see survive.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/flow/survive.py "$@"
