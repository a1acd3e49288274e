#include "schemas/place.h"

const char *place_text(const Place *p, Arena *a)
{
    if (!p)
        return "";
    const char *up = place_text(p->up, a);
    if (!p->name)
        return arena_printf(a, "%s[%u]", up, p->item);
    return arena_printf(a, "%s%s%.*s", up, p->up ? "." : "", (int)p->len, p->name);
}
