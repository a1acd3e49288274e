#include "tests/fuzz/fuzz_reader.h"

/* As a document, and as what stands in a compound SOAP payload. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reading_all_cuts(FORMAT_XML, NULL, data, size);
    reading_all_cuts(FORMAT_XML, "<w xmlns=\"urn:kz:nqs:delivery:1\" xmlns:p='urn:p'>", data, size);
    return 0;
}
