#include "gateway/model/record.h"

const char *outcome_name(Outcome o)
{
    static const char *const names[] = { "none", "new", "changed", "unchanged", "withdrawn", "older", "refused" };
    return o <= OUTCOME_REFUSED ? names[o] : "unknown";
}

enum { LETTERS = 26 };

const char *column_letters(unsigned column, char text[COLUMN_LETTERS])
{
    char *at = text + COLUMN_LETTERS - 1;
    for (*at = '\0'; column; column = (column - 1) / LETTERS)
        *--at = (char)('A' + (column - 1) % LETTERS);
    return at;
}

static const char *cell_text(const Record *r, Origin origin, Arena *a)
{
    char text[COLUMN_LETTERS];
    unsigned column = origin & (2 * ORIGIN_COLUMNS - 1), row = r->line + (origin >> 15);
    return arena_printf(a, "%s%s%s%u", r->sheet, *r->sheet ? "!" : "", column_letters(column, text), row);
}

const char *origin_text(const Record *r, Origin origin, Arena *a)
{
    if (r->sheet)
        return cell_text(r, origin, a);
    if (r->message)
        return r->origins && origin ? arena_printf(a, "%s %s", r->message, r->origins[origin - 1]) : r->message;
    return r->origins && origin ? r->origins[origin - 1] : NULL;
}
