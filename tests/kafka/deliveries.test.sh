#!/bin/bash
# Deliveries by a real broker: see deliveries.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -u tests/kafka/deliveries.py "$@"
