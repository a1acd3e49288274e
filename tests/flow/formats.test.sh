#!/bin/bash
# Tables and suppliers' own formats over a real gateway: see formats.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -u tests/flow/formats.py "$@"
