#!/bin/bash
# A real nginx with deploy/nginx/nqs-gateway.conf before a real gateway: see edge.py. NQS_FULL=1: the upload has 1 GB instead of 64 MB.
cd "$(dirname "$0")/../.." || exit 1
export NQS_BUILD=${NQS_BUILD:-$PWD/build/debug}
exec python3 -B tests/edge/edge.py
