#!/bin/bash
# TLS, passwords, certificates and access lists: see secure.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/kafka/secure.py "$@"
