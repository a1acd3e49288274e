#!/bin/bash
# What the clock, a backup and a replay may do to duties: see hours.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -B tests/duties/hours.py "$@"
