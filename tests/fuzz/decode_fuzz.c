#include "adapters/http_decode.h"
#include "tests/fuzz/fuzz.h"

enum { LIMIT = 256 * 1024 };
typedef struct { Decoder *d; Buffer out; } Decoding;

static void decoding_end(Decoding *d)
{
    decoder_free(&d->d);
    buffer_free(&d->out);
}

static Rc take(void *self, const char *bytes, size_t n, Error *err)
{
    (void)err;
    buffer_add(self, bytes, n);
    return RC_OK;
}

static Rc feed(void *self, const char *bytes, size_t n, Error *err)
{
    Decoding *d = self;
    return decoder_feed(d->d, bytes, n, take, &d->out, err);
}

static Rc run(Coding coding, Cut cut, const uint8_t *data, size_t size, Decoding *d)
{
    Error err = {0};
    d->d = decoder_new(coding, LIMIT);
    Rc rc = fuzz_feed(cut, data, size, feed, d, &err);
    if (!rc)
        rc = decoder_end(d->d, &err);
    fuzz_judged(rc, &err);
    HOLDS(d->out.len <= LIMIT);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (Coding coding = CODING_GZIP; coding <= CODING_ZSTD; coding++) {
        SCOPED(decoding_end) Decoding whole = {0};
        Rc rc = run(coding, CUT_WHOLE, data, size, &whole);
        for (Cut cut = CUT_BYTES; cut < CUTS; cut++) {
            SCOPED(decoding_end) Decoding pieces = {0};
            HOLDS(run(coding, cut, data, size, &pieces) == rc);
            if (!rc)
                fuzz_agree(&whole.out, &pieces.out);
        }
    }
    return 0;
}
