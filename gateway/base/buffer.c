#include "gateway/base/buffer.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 64 };

static const size_t usual_ceiling = 64u << 20;

void buffer_free(Buffer *b)
{
    free(b->at);
    b->at = NULL;
    b->len = b->size = 0;
}

void buffer_clear(Buffer *b) { b->len = 0; }

static void die(const char *why, size_t size)
{
    fprintf(stderr, "buffer: %s at %zu bytes\n", why, size);
    abort();
}

static void grow(Buffer *b, size_t n)
{
    size_t ceiling = b->ceiling ? b->ceiling : usual_ceiling;
    if (n > ceiling || b->len > ceiling - n)
        die("ceiling reached", ceiling);
    size_t need = b->len + n + 1, size = b->size ? b->size : SMALLEST;      /* + 1: room for the NUL of buffer_string */
    while (size < need)
        size *= 2;
    if (size > ceiling + 1)
        size = ceiling + 1;
    char *at = realloc(b->at, size);
    if (!at)
        die("out of memory", size);
    b->at = at;
    b->size = size;
}

char *buffer_room(Buffer *b, size_t n)
{
    if (b->size <= b->len || n >= b->size - b->len)
        grow(b, n);
    return b->at + b->len;
}

void buffer_used(Buffer *b, size_t n)
{
    assert(n <= b->size - b->len);
    b->len += n;
}

void buffer_add(Buffer *b, const void *bytes, size_t n)
{
    if (!n)
        return;
    memcpy(buffer_room(b, n), bytes, n);
    b->len += n;
}

void buffer_text(Buffer *b, const char *s) { buffer_add(b, s, strlen(s)); }

void buffer_char(Buffer *b, char c)
{
    *buffer_room(b, 1) = c;
    b->len++;
}

void buffer_print(Buffer *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    assert(n >= 0);
    vsnprintf(buffer_room(b, (size_t)n), (size_t)n + 1, fmt, again);
    b->len += (size_t)n;
    va_end(again);
    va_end(ap);
}

void buffer_xml(Buffer *b, const char *s, size_t n)
{
    static const char *const escapes[256] = { ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;" };
    size_t begin = 0;
    for (size_t i = 0; i < n; i++) {
        const char *escape = escapes[(unsigned char)s[i]];
        if (!escape)
            continue;
        buffer_add(b, s + begin, i - begin);
        buffer_text(b, escape);
        begin = i + 1;
    }
    buffer_add(b, s + begin, n - begin);
}

const char *buffer_string(Buffer *b)
{
    *buffer_room(b, 0) = '\0';
    return b->at;
}
