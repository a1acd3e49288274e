#!/bin/bash
# Publications by schedule, over a gateway whose clock is the test's: see schedule.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/publish/schedule.py "$@"
