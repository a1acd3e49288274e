#!/bin/bash
# Every mapping by its fixtures: see walk.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug} VENV=${VENV:-$PWD/build/venv}
python=$VENV/bin/python
[ -x "$python" ] || python=python3
exec "$python" -B tests/mappings/walk.py
