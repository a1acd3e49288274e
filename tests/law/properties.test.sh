#!/bin/bash
# What holds of every term, whatever its calendar: see properties.py. Needs $VENV (PyYAML).
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug} VENV=${VENV:-$PWD/build/venv}
exec "$VENV/bin/python" -B tests/law/properties.py
