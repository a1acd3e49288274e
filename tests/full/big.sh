#!/bin/bash
# Millions of records in one delivery, corrected and repeated; the table goes to docs/reliability.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
"${VENV:-build/venv}/bin/python" tests/full/big.py "$@" | keep docs/reliability.md big "Deliveries of millions"
