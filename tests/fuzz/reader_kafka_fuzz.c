#include "tests/fuzz/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reading_unguarded(FORMAT_KAFKA, NULL, data, size);
    return 0;
}
