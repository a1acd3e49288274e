#include "persistence/text_array.h"
#include <arpa/inet.h>

static void put32(Buffer *b, int64_t v)
{
    uint32_t n = htonl((uint32_t)v);
    buffer_add(b, &n, 4);
}

static size_t begin_array(Buffer *b, size_t n, int oid)
{
    size_t begin = b->len;
    const int64_t head[] = { 1, 1, oid, (int64_t)n, 1 };    /* dimensions, has nulls, type, items, first index */
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        put32(b, head[i]);
    return begin;
}

size_t text_array_begin(Buffer *b, size_t n)  { return begin_array(b, n, 25); }
size_t bytea_array_begin(Buffer *b, size_t n) { return begin_array(b, n, 17); }

void text_array_item(Buffer *b, const char *s, size_t len)
{
    put32(b, s ? (int64_t)len : -1);
    if (s)
        buffer_add(b, s, len);
}
