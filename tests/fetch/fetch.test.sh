#!/bin/bash
# What is fetched from suppliers' systems, over a real gateway: see fetch.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/fetch/fetch.py "$@"
