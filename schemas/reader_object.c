/* One record that is a JSON document of its own: a line of NDJSON, the value of a message. */
#include "schemas/reader_internal.h"
#include <stdio.h>
#include <string.h>

enum { SHORT_TEXT = 16 * 1024 };

/* Nobody has looked at it but for UTF-8. */
static bool judge(const char *s, size_t len, Error *why)
{
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_JSON, false, NULL, NULL);
    return guard_feed(g, s, len, why) == RC_OK && guard_end(g, why) == RC_OK;
}

static Rc object_bad(Outlet *to, uint32_t line, const char *what, const char *why, Error *err)
{
    char bad[BAD_SIZE];
    snprintf(bad, sizeof bad, "%s is not a JSON object: %s", what, why);
    return outlet_bad(to, line, bad, err);
}

/* A short text with few brackets holds neither too many values nor too many levels, and need not be scanned for them. */
static bool few_brackets(const char *s, size_t len)
{
    unsigned n = 0;
    for (int kind = 0; kind < 2; kind++)
        for (const char *at = s; n <= RECORD_DEPTH && (at = memchr(at, "[{"[kind], (size_t)(s + len - at))); at++)
            n++;
    return n <= RECORD_DEPTH;
}

Rc object_emit(Outlet *to, const char *s, size_t len, uint32_t line, const char *what, Error *err)
{
    uint32_t ignored = 0;
    ElementScan scan = { 0 };
    Error why;
    size_t skip = blanks(s, len);
    if (skip == len || s[skip] != '{')
        return object_bad(to, line, what, "it does not begin with {", err);
    if (len > SHORT_TEXT || !few_brackets(s, len))
        element_scan(&scan, s + skip, s + len, &ignored);
    const char *refusal = element_refusal(&scan, len);
    if (refusal)
        return outlet_bad(to, line, refusal, err);
    if (!judge(s, len, &why))
        return object_bad(to, line, what, why.code, err);
    SCOPED(element_free) cJSON *json = element_parse(s, len);
    if (!json)
        return object_bad(to, line, what, "an escape in a string is wrong", err);
    Rc rc = element_emit(to, json, s, len, line, err);
    /* In a document of its own a doubled key is this record's fault, not the delivery's. It is found before anything is handed on. */
    return rc == RC_REJECT && strcmp(err->code, "duplicate_json_key") == 0 ? object_bad(to, line, what, "a key stands twice", err) : rc;
}
