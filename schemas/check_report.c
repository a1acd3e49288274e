#include "gateway/base/text.h"
#include "schemas/check_parts.h"
#include <string.h>

/* In a feed about persons a name may stand in any column by mistake: none of its values is quoted. */
const char *quote(const Check *c, const Field *f, const char *s, size_t len)
{
    return f->personal || c->feed->personal ? NULL : arena_text(c->arena, s, text_cut(s, len, ERROR_ARG_SIZE - 1));
}

/* Of the innermost part whose origin is known. */
static const char *source_of(const Check *c, const Place *at)
{
    while (at && !at->origin)
        at = at->up;
    return origin_text(c->record, at ? at->origin : 0, c->arena);
}

static void report(Check *c, const Place *at, Finding f)
{
    c->n_complaints++;
    f.seq = c->record->seq;
    f.place = place_text(at, c->arena);
    f.source = source_of(c, at);
    c->findings->add(c->findings, &f);
}

void complain(Check *c, const Place *at, const char *code, const char *a, const char *b)
{
    c->refused = true;
    if (c->n_complaints < COMPLAINTS_MOST)
        report(c, at, (Finding){ .severity = FINDING_ERROR, .code = code, .arg = { a, b } });
}

/* One place stays free of warnings, so that a refused record always says why. */
void warn(Check *c, const Place *at, const char *code, const char *a)
{
    if (c->n_complaints < COMPLAINTS_MOST - 1)
        report(c, at, (Finding){ .severity = FINDING_WARNING, .code = code, .arg = { a } });
}
