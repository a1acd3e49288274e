#!/bin/bash
# A year of duties against a model of the Order: see simulation.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -B tests/simulation/simulation.py "$@"
