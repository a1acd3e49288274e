#include "schemas/reader_internal.h"
#include <string.h>

/* The bytes not looked at yet. */
typedef struct { const char *at, *end; } Span;

/* The next byte that is not white space, or 0: there is none. It is not taken. */
static char peek(Span *s)
{
    s->at += blanks(s->at, (size_t)(s->end - s->at));
    return s->at < s->end ? *s->at : '\0';
}

static Rc refuse(Error *err) { return error_refuse(err, "not_well_formed", "JSON", NULL, NULL); }

/* RC_END: the string does not end within the span. *out is released by element_free. */
static Rc string_take(Span *s, cJSON **out, Error *err)
{
    uint32_t lines = 0;
    ElementScan scan = { 0 };
    const char *begin = s->at;
    s->at = element_scan(&scan, begin, s->end, &lines);
    if (!scan.whole)
        return RC_END;
    *out = element_parse(begin, (size_t)(s->at - begin));
    return *out ? RC_OK : refuse(err);
}

/* The value of a member that may stand before the records. */
static Rc value_take(Span *s, const char *name, Claim *out, Error *err)
{
    bool known = false;
    SCOPED(element_free) cJSON *value = NULL;
    Rc rc = claim_put(out, name, "", 0, &known, err);
    if (rc)
        return rc;
    if (!known)
        return error_refuse(err, "not_a_delivery", name, NULL, NULL);
    char colon = peek(s);
    if (colon != ':')
        return colon ? refuse(err) : RC_END;
    s->at++;
    char quote = peek(s);
    if (quote != '"')
        return quote ? error_refuse(err, "bad_parameter", name, NULL, NULL) : RC_END;
    rc = string_take(s, &value, err);
    return rc ? rc : claim_put(out, name, value->valuestring, strlen(value->valuestring), &known, err);
}

/* One member. *last: it was the records, nothing more is to be looked at. */
static Rc member_take(Span *s, Claim *out, bool *last, Error *err)
{
    SCOPED(element_free) cJSON *key = NULL;
    Rc rc = string_take(s, &key, err);
    if (rc)
        return rc;
    *last = strcmp(key->valuestring, "records") == 0;
    return *last ? RC_OK : value_take(s, key->valuestring, out, err);
}

Rc claim_json(const char *bytes, size_t n, Claim *out, Error *err)
{
    Span s = { bytes, bytes + n };
    char first = peek(&s);
    if (first != '{')
        return first == '[' ? RC_OK : first ? error_refuse(err, "not_a_delivery", "neither object nor array", NULL, NULL) : RC_END;
    s.at++;
    for (bool last = false; !last;) {
        char c = peek(&s);
        if (c == '}')
            return RC_OK;
        if (!c)
            return RC_END;
        Rc rc = RC_OK;
        if (c == ',')
            s.at++;
        else
            rc = c == '"' ? member_take(&s, out, &last, err) : refuse(err);
        if (rc)
            return rc;
    }
    return RC_OK;
}
