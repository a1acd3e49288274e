/* A file of data with one thing wrong in it, and what its loader must say of that. */
#pragma once
#include "gateway/base/error.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* One change, and what the error must say. It names the file and the line of what was changed; line 0: another, which `said` tells. */
typedef struct { const char *what, *into, *said; unsigned line; } Fault;

static char folder[] = "/tmp/nqs-law-XXXXXX";

static const char *file_write(const char *name, const char *text, const char *what, const char *into)
{
    static char path[200];
    const char *at = what ? strstr(text, what) : NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    if (what && !at)
        fail_msg("'%s' is not in the text", what);
    if (at)
        fprintf(f, "%.*s%s%s", (int)(at - text), text, into, at + strlen(what));
    else
        fputs(text, f);
    fclose(f);
    return path;
}

static void fault_is(const Fault *f, const char *path, Rc rc, const Error *err)
{
    char place[300];
    snprintf(place, sizeof place, f->line ? "%s:%u: " : "%s: ", path, f->line);
    if (rc != RC_FATAL)
        fail_msg("'%s' was taken", f->into);
    if (strncmp(err->text, place, strlen(place)) != 0 || !strstr(err->text, f->said))
        fail_msg("'%s': %s; expected '%s' at line %u", f->into, err->text, f->said, f->line);
}
