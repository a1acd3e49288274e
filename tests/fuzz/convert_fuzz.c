#include "gateway/base/text.h"
#include "tests/fuzz/fuzz.h"
#include "transforms/convert.h"

static const struct { Type type; const char *check; } rows[] = {
    { TYPE_TEXT, NULL },    { TYPE_DATE, NULL },       { TYPE_INTEGER, NULL },  { TYPE_DECIMAL, NULL }, { TYPE_BOOLEAN, NULL },
    { TYPE_TEXT, "iin" },   { TYPE_TEXT, "bin" },      { TYPE_TEXT, "iin-or-bin" }, { TYPE_TEXT, "kato" }, { TYPE_TEXT, "nkz" },
    { TYPE_TEXT, "oked" },  { TYPE_TEXT, "programme-code" }, { TYPE_TEXT, "level" },  { TYPE_TEXT, "code" }, { TYPE_INTEGER, "level" },
};

/* What a conversion has made, it leaves as it is. */
static void canonical(Convert *convert, const Field *f, const char *in, size_t n, Arena *a)
{
    Error err = {0};
    const char *once = NULL, *twice = NULL, *warning = NULL, *none = NULL;
    size_t len = 0, again = 0;
    Rc rc = convert(f, in, n, a, &once, &len, &warning, &err);
    fuzz_judged(rc, &err);
    HOLDS(!f->personal || rc == RC_OK || !err.arg[0][0]);
    if (rc)
        return;
    HOLDS(len == strlen(once));
    HOLDS(convert(f, once, len, a, &twice, &again, &none, &err) == RC_OK);
    HOLDS(again == len && !memcmp(once, twice, len) && !none);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Utf8 u = {0};
    size_t n;
    SCOPED(arena_free) Arena *a = arena_new();
    if (!utf8_feed(&u, (const char *)data, size) || !utf8_whole(&u))
        return 0;
    const char *in = text_plain(arena_text(a, (const char *)data, size), size, a, &n);
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        Convert *convert = convert_for(rows[i / 2].type, rows[i / 2].check);
        HOLDS(convert);
        canonical(convert, &(Field){ .name = "f", .type = rows[i / 2].type, .check = rows[i / 2].check, .personal = i % 2 }, in, n, a);
    }
    return 0;
}
