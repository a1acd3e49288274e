#!/bin/bash
# 1 GB by every way in, within 64 MB of memory; the table goes to docs/reliability.md.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/keep.sh
NQS_STREAM_MB=${NQS_STREAM_MB:-1024} tests/big/streams.test.sh | keep docs/reliability.md memory "1 GB documents, resident memory of the gateway"
