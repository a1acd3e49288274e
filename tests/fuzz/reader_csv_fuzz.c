/* What the guard lets pass is read the same however it is cut; and the guard itself says the same. */
#include "tests/fuzz/fuzz_table.h"

typedef struct { Cut cut; const uint8_t *data; size_t size; } Text;

static Rc text_feed(Reader *reader, void *self, Error *err)
{
    const Text *t = self;
    Rc rc = fuzz_feed(t->cut, t->data, t->size, reading_bytes, reader, err);
    return rc ? rc : reader_end(reader, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buffer_free) Buffer whole = {0};
    guard_all_cuts(FORMAT_CSV, false, data, size);
    if (!guard_passes(FORMAT_CSV, false, data, size, true))
        return 0;
    table_run(FORMAT_CSV, NULL, text_feed, &(Text){ CUT_WHOLE, data, size }, &whole);
    for (Cut cut = CUT_BYTES; cut < CUTS; cut++) {
        SCOPED(buffer_free) Buffer seen = {0};
        table_run(FORMAT_CSV, NULL, text_feed, &(Text){ cut, data, size }, &seen);
        fuzz_agree(&whole, &seen);
    }
    return 0;
}
