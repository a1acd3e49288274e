#!/bin/bash
# zeep and node-soap, their captured requests, the wire: see clients.py. Needs $VENV (zeep, xmlsec) and soap under $NODE_PATH or $NQS_NODE/node_modules.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug} VENV=${VENV:-$PWD/build/venv}
exec "$VENV/bin/python" -B tests/clients/clients.py
