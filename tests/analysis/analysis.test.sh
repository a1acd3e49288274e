#!/bin/bash
# The data of the annual analysis, in its three forms, against a model written separately: see analysis.py. The page is looked at in a real browser.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -B tests/analysis/analysis.py "$@"
