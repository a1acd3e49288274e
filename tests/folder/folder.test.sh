#!/bin/bash
# Drop boxes over a real gateway: see folder.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/folder/folder.py "$@"
