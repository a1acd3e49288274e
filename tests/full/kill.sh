#!/bin/bash
# 150 rounds of tests/fault/kill.py; docs/reliability.md keeps how they ended, and how many rounds there were in all.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
so_far=$(sed -n 's/^ *in all \([0-9]*\) rounds good, \([0-9]*\) bad$/\1 \2/p' docs/reliability.md)
export NQS_BUILD=${NQS_BUILD:-$PWD/build/release}
python3 -u tests/fault/kill.py --rounds 150 --name kill --so-far "${so_far:-0 0}" "$@" | tee >(cat >&2) | grep -v '^ *[0-9]* s  ' |
    keep docs/reliability.md kill "Killed at any moment"
