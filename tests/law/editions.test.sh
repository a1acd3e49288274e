#!/bin/bash
# Editions of the calendar, shown, checked, imported: see editions.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug} VENV=${VENV:-$PWD/build/venv}
python=$VENV/bin/python
[ -x "$python" ] || python=python3
exec "$python" -B tests/law/editions.py
