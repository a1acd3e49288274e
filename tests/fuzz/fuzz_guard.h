/* A document through the guard, whole and in pieces: the same verdict, and the same tags at the same places. */
#pragma once
#include "gateway/base/guard.h"
#include "tests/fuzz/fuzz.h"
#include <inttypes.h>

static inline Rc guard_note(void *self, const Tag *t, Error *err)
{
    (void)err;
    HOLDS(t->depth && t->name_len && t->begin < t->end);
    buffer_print(self, "%d %u %.*s %" PRIu64 "-%" PRIu64 "\n", (int)t->what, t->depth, (int)t->name_len, t->name, t->begin, t->end);
    return RC_OK;
}

static inline Rc guard_bytes(void *self, const char *bytes, size_t n, Error *err) { return guard_feed(self, bytes, n, err); }

static inline void guard_run(Format format, bool fragment, Cut cut, const uint8_t *data, size_t size, Buffer *seen)
{
    Error err = {0};
    SCOPED(guard_free) Guard *g = guard_new(format, fragment, guard_note, seen);
    Rc rc = fuzz_feed(cut, data, size, guard_bytes, g, &err);
    if (!rc)
        rc = guard_end(g, &err);
    fuzz_judged(rc, &err);
    buffer_text(seen, rc ? err.text : "good");
}

static inline void guard_all_cuts(Format format, bool fragment, const uint8_t *data, size_t size)
{
    SCOPED(buffer_free) Buffer whole = {0};
    guard_run(format, fragment, CUT_WHOLE, data, size, &whole);
    for (Cut cut = CUT_BYTES; cut < CUTS; cut++) {
        SCOPED(buffer_free) Buffer seen = {0};
        guard_run(format, fragment, cut, data, size, &seen);
        fuzz_agree(&whole, &seen);
    }
}

/* What stands behind the guard sees only what it lets pass; is_all: the document ends here. */
static inline bool guard_passes(Format format, bool fragment, const uint8_t *data, size_t size, bool is_all)
{
    Error err = {0};
    SCOPED(guard_free) Guard *g = guard_new(format, fragment, NULL, NULL);
    return !guard_feed(g, (const char *)data, size, &err) && (!is_all || !guard_end(g, &err));
}
