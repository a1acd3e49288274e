#include "gateway/base/error.h"
#include "gateway/base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

Rc error_set(Error *e, Rc rc, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    e->code[0] = '\0';
    e->wait_seconds = 0;
    return e->rc = rc;
}

static void append(Error *e, const char *between, const char *s)
{
    size_t used = strlen(e->text);
    snprintf(e->text + used, sizeof e->text - used, "%s%s", between, s);
}

Rc error_refuse(Error *e, const char *code, const char *a, const char *b, const char *c)
{
    const char *args[ERROR_ARGS] = { a, b, c };
    *e = (Error){ .rc = RC_REJECT };
    snprintf(e->code, sizeof e->code, "%s", code);
    append(e, "", code);
    for (int i = 0; i < ERROR_ARGS && args[i]; i++) {
        size_t len = text_cut(args[i], strlen(args[i]), ERROR_ARG_SIZE - 1);
        memcpy(e->arg[i], args[i], len);
        append(e, i ? ", " : ": ", e->arg[i]);
    }
    return RC_REJECT;
}

Rc error_at(Error *e, const char *fmt, ...)
{
    char place[160], whole[sizeof e->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(place, sizeof place, fmt, ap);
    va_end(ap);
    snprintf(whole, sizeof whole, "%s: %.*s", place, (int)(sizeof whole - sizeof place - 3), e->text);
    memcpy(e->text, whole, sizeof whole);
    return e->rc;
}
