#!/bin/bash
# Templates of every feed, filled in and handed in: see templates.py. Needs $VENV (openpyxl).
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug} VENV=${VENV:-$PWD/build/venv}
exec "$VENV/bin/python" -B tests/templates/templates.py
