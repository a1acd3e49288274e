#include "schemas/reader.h"
#include "tests/fuzz/fuzz_guard.h"

static const char *const prologues[] = { NULL, "<w xmlns=\"urn:kz:nqs:delivery:1\" xmlns:p='urn:p'>" };

static Rc told(Format format, const char *prologue, const uint8_t *data, size_t size, bool is_all, Claim *c, Error *err)
{
    char *bytes = malloc(size + !size);
    memcpy(bytes, data, size);
    Rc rc = claim_read(format, prologue, bytes, size, is_all, c, NULL, err);
    free(bytes);
    HOLDS(rc == RC_OK || rc == RC_REJECT || (rc == RC_END && !is_all));
    return rc;
}

/* What a beginning tells, the whole tells too. */
static void grows(Format format, const char *prologue, const uint8_t *data, size_t size)
{
    Error err = {0};
    Claim all = {0}, some;
    if (!guard_passes(format, prologue != NULL, data, size, false))
        return;
    Rc whole = told(format, prologue, data, size, true, &all, &err);
    for (size_t n = 0; n <= size; n += n < 64 ? 1 : n / 8) {
        some = (Claim){0};
        Rc rc = told(format, prologue, data, n, false, &some, &err);
        if (rc == RC_OK)
            HOLDS(whole == RC_OK && !strcmp(all.feed, some.feed) && !strcmp(all.period, some.period) && !strcmp(all.kind, some.kind));
        HOLDS(rc != RC_REJECT || whole == RC_REJECT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof prologues / sizeof *prologues; i++)
        grows(FORMAT_XML, prologues[i], data, size);
    grows(FORMAT_JSON, NULL, data, size);
    grows(FORMAT_NDJSON, NULL, data, size);
    return 0;
}
