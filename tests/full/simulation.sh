#!/bin/bash
# Three years of duties, 2024 to 2026, of 800 centres and everybody else, against a model of the Order (tests/simulation/simulation.py); docs/reliability.md keeps how it ended.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
export NQS_BUILD=$PWD/build/release
"${VENV:-build/venv}/bin/python" -u -B tests/simulation/simulation.py "${1:-800}" "${2:-3}" "${3:-$RANDOM}" | without_progress | keep docs/reliability.md simulation "Duties: three simulated years against a model of the Order"
