#!/bin/bash
# Who may do what (design §8) over a real gateway: see access.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/flow/access.py "$@"
