#!/bin/bash
# Disk full, connections used up, PostgreSQL restarted, a standby in its place, the clock set back: see world.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/fault/world.py "$@"
