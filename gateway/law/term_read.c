#include "gateway/base/text.h"
#include "gateway/law/term.h"
#include <string.h>

enum { SHOWN = 40 };          /* bytes of what is quoted */

static const struct { const char *words; TermUnit unit; unsigned only, most; } units[] = {       /* only: the number these words go with; 0: any */
    { "calendar days", CALENDAR_DAYS, 0, TERM_MOST }, { "calendar day", CALENDAR_DAYS, 1, TERM_MOST },
    { "working days", WORKING_DAYS, 0, TERM_MOST },   { "working day", WORKING_DAYS, 1, TERM_MOST },
    { "hours", HOURS, 0, 24 * TERM_MOST },            { "hour", HOURS, 1, 24 * TERM_MOST },
};

Rc term_read(const char *text, Term *out, Error *err)
{
    int shown = (int)text_cut(text, strlen(text), SHOWN);
    size_t digits = strspn(text, "0123456789");
    unsigned n = 0;
    for (size_t i = 0; i < digits && i < 6; i++)
        n = 10 * n + (unsigned)(text[i] - '0');
    for (size_t i = 0; digits && digits <= 6 && text[digits] == ' ' && i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].words, text + digits + 1) != 0 || (units[i].only && n != units[i].only))
            continue;
        if (n > units[i].most)
            return error_set(err, RC_REJECT, "'%.*s': at most %u %s", shown, text, units[i].most, units[i].words);
        *out = (Term){ units[i].unit, n, units[i].unit != HOURS };
        return RC_OK;
    }
    return error_set(err, RC_REJECT, "'%.*s': write a number and \"calendar days\", \"working days\" or \"hours\"", shown, text);
}
