#include "persistence/text_array.h"
#include <arpa/inet.h>

static void put32(Buffer *b, int64_t v)
{
    uint32_t n = htonl((uint32_t)v);
    buffer_add(b, &n, 4);
}

size_t text_array_begin(Buffer *b, size_t n)
{
    size_t begin = b->len;
    const int64_t head[] = { 1, 1, 25, (int64_t)n, 1 };     /* dimensions, has nulls, oid of text, items, first index */
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        put32(b, head[i]);
    return begin;
}

void text_array_item(Buffer *b, const char *s, size_t len)
{
    put32(b, s ? (int64_t)len : -1);
    if (s)
        buffer_add(b, s, len);
}
