#!/bin/bash
# All benchmarks; the table goes to docs/performance.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
tests/bench/run.sh "$@" | tee >(cat >&2) | sed -n '/^what /,$p' | keep docs/performance.md bench "Figures"
