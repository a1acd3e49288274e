#include "gateway/base/unwrap.h"
#include "tests/fuzz/fuzz.h"

typedef struct { Unwrap u; Buffer out; } Unwrapping;

static Rc take(void *self, const char *bytes, size_t n, Error *err)
{
    (void)err;
    buffer_add(self, bytes, n);
    return RC_OK;
}

static Rc feed(void *self, const char *bytes, size_t n, Error *err)
{
    Unwrapping *w = self;
    return unwrap_feed(&w->u, bytes, n, take, &w->out, err);
}

static void run(Cut cut, const uint8_t *data, size_t size, Buffer *seen)
{
    Error err = {0};
    Unwrapping w = {0};
    Rc rc = fuzz_feed(cut, data, size, feed, &w, &err);
    if (!rc)
        rc = unwrap_end(&w.u, &err);
    fuzz_judged(rc, &err);
    HOLDS(w.out.len <= size);
    buffer_text(seen, rc ? err.text : "good\n");
    if (!rc && w.out.len)
        buffer_add(seen, w.out.at, w.out.len);
    buffer_free(&w.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buffer_free) Buffer whole = {0};
    run(CUT_WHOLE, data, size, &whole);
    for (Cut cut = CUT_BYTES; cut < CUTS; cut++) {
        SCOPED(buffer_free) Buffer seen = {0};
        run(cut, data, size, &seen);
        fuzz_agree(&whole, &seen);
    }
    return 0;
}
