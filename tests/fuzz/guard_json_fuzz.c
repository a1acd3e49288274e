#include "tests/fuzz/fuzz_guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guard_all_cuts(FORMAT_JSON, false, data, size);
    guard_all_cuts(FORMAT_NDJSON, false, data, size);
    return 0;
}
