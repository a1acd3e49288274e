#!/bin/bash
# 15 minutes of new inputs for every fuzz target; what they learnt goes into tests/fuzz/corpus, the table to docs/reliability.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
{ cmake --preset fuzz && cmake --build --preset fuzz; } >build/fuzz-build.log 2>&1 || { tail -n 20 build/fuzz-build.log; exit 1; }
python3 tests/fuzz/fuzz.py "${NQS_FUZZ_SECONDS:-900}" --keep "$@" | keep docs/reliability.md fuzz "Fuzzing"
