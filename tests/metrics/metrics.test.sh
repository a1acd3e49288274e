#!/bin/bash
# What /metrics says of a real gateway is what was done to it: see metrics.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -u tests/metrics/metrics.py "$@"
