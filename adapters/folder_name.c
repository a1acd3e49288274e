#include "adapters/folder_name.h"
#include "gateway/base/text.h"
#include "gateway/model/feed.h"
#include "gateway/model/format.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool ends(const char *name, const char *ending)
{
    size_t n = strlen(name), e = strlen(ending);
    return n >= e && strcasecmp(name + n - e, ending) == 0;
}

bool box_name_complete(const char *name)
{
    static const char *const unfinished[] = { ".part", ".tmp", ".filepart", ".crdownload", "~" };
    if (!*name || *name == '.')
        return false;
    for (size_t i = 0; i < sizeof unfinished / sizeof *unfinished; i++)
        if (ends(name, unfinished[i]))
            return false;
    return true;
}

/* Copies the piece up to one of the ends, and steps behind it; false: it is empty or does not fit. */
static bool piece(const char **s, const char *stop, char *out, size_t size)
{
    size_t n = strcspn(*s, stop);
    if (!n || n >= size)
        return false;
    memcpy(out, *s, n);
    out[n] = '\0';
    *s += n + ((*s)[n] != '\0');
    return true;
}

static bool is_period(const char *s)
{
    for (PeriodForm f = PERIOD_MONTH; f <= PERIOD_DAY; f++)
        if (period_valid(f, s))
            return true;
    return false;
}

void box_name_claim(const char *name, Claim *out)
{
    Claim c = {0};
    *out = (Claim){0};
    if (piece(&name, "_", c.feed, sizeof c.feed) && piece(&name, "_", c.period, sizeof c.period) && piece(&name, "_.", c.kind, sizeof c.kind)
        && is_period(c.period) && kind_read(c.kind))
        *out = c;
}

bool box_name_format(const char *name, Format *format, Coding *coding)
{
    static const struct { const char *ending; Coding coding; } codings[] = { { ".gz", CODING_GZIP }, { ".zst", CODING_ZSTD } };
    char inner[256];
    *coding = CODING_NONE;
    snprintf(inner, sizeof inner, "%s", name);
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++)
        if (ends(inner, codings[i].ending)) {
            inner[strlen(inner) - strlen(codings[i].ending)] = '\0';
            *coding = codings[i].coding;
            break;
        }
    return format_by_file(inner, format);
}

/* Where the ending begins: at the last point but one where the last is of a compression. */
static const char *ending_of(const char *name)
{
    const char *dot = strrchr(name, '.'), *end = name + strlen(name);
    if (!dot || dot == name)
        return end;
    if (ends(name, ".gz") || ends(name, ".zst")) {
        const char *before = memrchr(name, '.', (size_t)(dot - name));
        dot = before && before > name ? before : dot;
    }
    return end - dot <= 32 ? dot : end;
}

void box_name_short(const char *name, char out[BOX_NAME_SIZE])
{
    const char *ending = ending_of(name);
    size_t most = BOX_NAME_SIZE - 1 - strlen(ending), stem = (size_t)(ending - name);
    if (stem > most)
        stem = text_cut(name, stem, most);
    snprintf(out, BOX_NAME_SIZE, "%.*s%s", (int)stem, name, ending);
}

void box_name_with(const char *name, const char *id, char *out)
{
    const char *ending = ending_of(name);
    snprintf(out, 256, "%.*s.%s%s", (int)(ending - name), name, id, ending);
}
