#include "schemas/reader_internal.h"

void piece_begin(Piece *p, uint32_t line)
{
    p->scan = (ElementScan){ 0 };
    p->len = 0;
    p->line = line;
    buffer_clear(&p->held);
}

bool piece_go(Piece *p, const char **at, const char *end, bool keep, JsonPlace *place, const char **s, size_t *len)
{
    const char *begin = *at;
    *at = element_scan(&p->scan, begin, end, &place->line);
    size_t n = (size_t)(*at - begin);
    bool direct = !p->len && p->scan.whole;
    p->len += n;
    place->offset += n;
    if (!direct && keep && p->len <= RECORD_LIMIT)
        buffer_add(&p->held, begin, n);
    *s = direct ? begin : p->held.at;
    *len = direct ? n : p->held.len;
    return p->scan.whole;
}
