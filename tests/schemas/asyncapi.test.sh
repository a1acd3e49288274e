#!/bin/sh
# The AsyncAPI document of the feeds, for the official parser and for ajv: see asyncapi.py. Needs $VENV (jsonschema-rs, lxml, PyYAML), and @asyncapi/parser, ajv and
# ajv-formats under $NODE_PATH.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD="${NQS_BUILD:-build/debug}" NODE_PATH="${NODE_PATH:-$PWD/build/node/node_modules}"
[ -x "$NQS_BUILD/record_checker" ] || { echo "no $NQS_BUILD/record_checker: build first, or set NQS_BUILD to the build folder"; exit 1; }
node -e 'require("@asyncapi/parser"), require("ajv"), require("ajv-formats")' || { echo "no @asyncapi/parser, ajv and ajv-formats: run tests/run.sh, or set NODE_PATH"; exit 1; }
exec env PYTHONPATH=tests/lib:tests/schemas "${VENV:-build/venv}/bin/python" -B tests/schemas/asyncapi.py
