#include "tests/fuzz/fuzz_guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guard_all_cuts(FORMAT_XML, false, data, size);
    guard_all_cuts(FORMAT_XML, true, data, size);
    return 0;
}
