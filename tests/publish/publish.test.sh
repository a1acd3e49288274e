#!/bin/bash
# What is published, over a real gateway: see publish.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/publish/publish.py "$@"
