#!/bin/bash
# Tables and mapped JSON to canonical rows: the part of the benchmarks that is about suppliers' own formats; the table goes to docs/performance.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
tests/bench/run.sh --only '^formats$' "$@" | tee >(cat >&2) | sed -n '/^what /,$p' | keep docs/performance.md formats "Suppliers' formats"
