#!/bin/bash
# Documents of 64 MB by every way in, within 64 MB of memory. Memory is that of the release build: a sanitizer's own would hide it.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=$PWD/build/release
{ cmake --preset release && cmake --build --preset release --target nqs-gateway; } >build/release-for-streams.log 2>&1 || { tail -n 20 build/release-for-streams.log; exit 1; }
exec "${VENV:-build/venv}/bin/python" tests/big/streams.py "${NQS_STREAM_MB:-64}"
