#!/bin/bash
# Hostile input at every door, with limits of 2 GB and the release build; the table goes to docs/reliability.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
export NQS_BUILD=$PWD/build/release NQS_HOSTILE_MANY=1000000
python3 -u tests/hostile/hostile.py --long "$@" | keep docs/reliability.md hostile "Hostile input: how each ends, when, and the gateway's peak of resident memory"
