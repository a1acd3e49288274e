#!/bin/bash
# What must hold of duties whatever comes in which order: see properties.py. Needs the Debian package faketime.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -B tests/duties/properties.py "$@"
