#!/bin/bash
# Two gateways and PostgreSQL killed at random moments under twenty clients: see kill.py. Five rounds; the seed of each is in the output.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/fault/kill.py "$@"
