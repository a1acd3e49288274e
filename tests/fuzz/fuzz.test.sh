#!/bin/bash
# Every fuzz target: its corpus once more, then 10 s of new inputs.
cd "$(dirname "$0")/../.." || exit 1
{ cmake --preset fuzz && cmake --build --preset fuzz; } >build/fuzz-build.log 2>&1 || { tail -n 20 build/fuzz-build.log; exit 1; }
exec python3 tests/fuzz/fuzz.py "${NQS_FUZZ_SECONDS:-10}"
