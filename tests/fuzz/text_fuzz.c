#include "gateway/base/text.h"
#include "tests/fuzz/fuzz.h"

static bool valid(const char *s, size_t n)
{
    Utf8 u = {0};
    return utf8_feed(&u, s, n) && utf8_whole(&u);
}

static void plain(const char *s, size_t n, Arena *a)
{
    size_t len, again;
    const char *p = text_plain(s, n, a, &len);
    HOLDS(valid(p, len));
    HOLDS(!p[len]);
    HOLDS(text_plain(p, len, a, &again) == p && again == len);
    HOLDS(!len || (p[0] != ' ' && p[len - 1] != ' '));
    HOLDS(text_characters(p, len) <= text_characters(s, n) * 3);
}

static void cut(const char *s, size_t n)
{
    for (size_t max = 0; max < n && max < 40; max++) {
        size_t short_ = text_cut(s, n, max);
        HOLDS(short_ <= max && max - short_ < 4 && valid(s, short_));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Utf8 bytes = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    const char *s = arena_text(a, (const char *)data, size);
    bool good = true;
    for (size_t i = 0; i < size && good; i++)
        good = utf8_feed(&bytes, s + i, 1);
    HOLDS((good && utf8_whole(&bytes)) == valid(s, size));
    if (!valid(s, size))
        return 0;
    plain(s, size, a);
    cut(s, size);
    return 0;
}
