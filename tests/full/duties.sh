#!/bin/bash
# Terms a second (tests/bench/terms.py), the last minute of a term, and the station of duties beside a million closed ones (tests/bench/stampede.py); the table goes to docs/performance.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
export NQS_BUILD=$PWD/build/release
python=${VENV:-build/venv}/bin/python
{
    "$python" -u -B tests/bench/terms.py | grep -v '^[0-9]* passed, 0 failed$'
    "$python" -u -B tests/bench/stampede.py "$@"
} | without_progress | keep docs/performance.md duties "Duties: terms a second, the last minute of a term, and a million that are closed"
