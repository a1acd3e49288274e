#!/bin/bash
# What parties and officers are told of duties, by a real mail server and a webhook: see notices.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec "${VENV:-build/venv}/bin/python" -B tests/notices/notices.py "$@"
