#!/bin/bash
# The last minute of a term, and the station of duties beside a million closed ones (tests/bench/stampede.py); the table goes to docs/performance.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
export NQS_BUILD=$PWD/build/release
"${VENV:-build/venv}/bin/python" -u -B tests/bench/stampede.py "$@" | keep docs/performance.md duties "Duties: the last minute of a term, and a million that are closed"
