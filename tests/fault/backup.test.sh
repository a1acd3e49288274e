#!/bin/bash
# Backups of both kinds, restored with the key file, without it and with another one: see backup.py.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -u tests/fault/backup.py "$@"
