#!/bin/bash
# The REST contract: see rest.py. Needs $VENV (openapi-spec-validator, schemathesis).
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug} VENV=${VENV:-$PWD/build/venv}
exec "$VENV/bin/python" -B tests/rest/rest.py
