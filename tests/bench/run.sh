#!/bin/bash
# The benchmarks: release build, fsync on, medians of five beside a named limit in the same run. Options are bench.py's.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=$PWD/build/release
mkdir -p build
{ cmake --preset release && cmake --build --preset release; } >build/release-for-bench.log 2>&1 || { tail -n 20 build/release-for-bench.log; exit 1; }
exec "${VENV:-build/venv}/bin/python" tests/bench/bench.py "$@"
