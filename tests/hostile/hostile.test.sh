#!/bin/bash
# Hostile input at every door: see hostile.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/hostile/hostile.py "$@"
