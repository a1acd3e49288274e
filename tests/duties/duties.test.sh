#!/bin/bash
# Duties and statements, on a real PostgreSQL with a clock of the test's own: see duties.py. Needs the Debian package faketime.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -B tests/duties/duties.py "$@"
