#!/bin/bash
# The rules of settling (design §5) over a real gateway: see rules.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/flow/rules.py "$@"
