#!/bin/bash
# Nothing personal lies about in plain (design §8) over a real gateway: see personal.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/flow/personal.py "$@"
