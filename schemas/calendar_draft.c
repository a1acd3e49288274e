#include "schemas/calendar_draft.h"
#include <stdarg.h>
#include <stdio.h>

Rc law_fault(LawDraft *d, const char *place, const char *fmt, ...)
{
    char why[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    return error_set(d->err, RC_FATAL, "%s:%u: %s: %s", d->file, yaml_line(d->file, place), place, why);
}

Rc law_moment(LawDraft *d, const char *place, const char *text, Instant *out)
{
    bool zoned;
    if (instant_read(text, out, &zoned) && zoned)
        return RC_OK;
    return law_fault(d, place, "'%.60s': write a moment with its zone, like 2024-06-07T00:00:00+05:00", text);
}

Rc law_days(LawDraft *d, const char *place, char *const *texts, unsigned n, const CivilDay **out)
{
    CivilDay *days = arena_alloc(d->a, (n + 1) * sizeof *days);
    for (unsigned i = 0; i < n; i++) {
        const char *at = arena_printf(d->a, "%s[%u]", place, i + 1);
        if (!civil_read(texts[i], &days[i]))
            return law_fault(d, at, "'%.40s': there is no such day; write it like 2024-12-16", texts[i]);
        if (i && days[i] <= days[i - 1])
            return law_fault(d, at, "%s: days rise, each stands there once; %s is before it", texts[i], texts[i - 1]);
    }
    *out = days;
    return RC_OK;
}
