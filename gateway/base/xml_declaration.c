#include "gateway/base/guard_internal.h"
#include <string.h>
#include <strings.h>

typedef struct { const char *at, *end; } Rest;
typedef struct { const char *at; size_t n; } Value;

static bool spaces(Rest *r)
{
    const char *begin = r->at;
    while (r->at < r->end && strchr(" \t\r\n", *r->at))
        r->at++;
    return r->at > begin;
}

static bool word(Rest *r, const char *w)
{
    size_t n = strlen(w);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, w, n) != 0)
        return false;
    r->at += n;
    return true;
}

/* S name Eq quoted; on false nothing is taken. */
static bool pseudo_attribute(Rest *r, const char *name, Value *v)
{
    Rest at = *r;
    if (!spaces(&at) || !word(&at, name))
        return false;
    spaces(&at);
    if (!word(&at, "="))
        return false;
    spaces(&at);
    if (at.at == at.end || (*at.at != '"' && *at.at != '\''))
        return false;
    const char *begin = at.at + 1, *close = memchr(begin, *at.at, (size_t)(at.end - begin));
    if (!close)
        return false;
    *v = (Value){ begin, (size_t)(close - begin) };
    *r = (Rest){ close + 1, at.end };
    return true;
}

static bool made_of(Value v, const char *set) { return v.n && strspn(v.at, set) >= v.n; }

static bool is_version(Value v)
{
    return v.n >= 3 && memcmp(v.at, "1.", 2) == 0 && made_of((Value){ v.at + 2, v.n - 2 }, "0123456789");
}

static bool is_encoding_name(Value v)
{
    return made_of(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
}

static bool is_standalone(Value v)
{
    return (v.n == 3 && memcmp(v.at, "yes", 3) == 0) || (v.n == 2 && memcmp(v.at, "no", 2) == 0);
}

static Rc encoding_check(Value v, uint64_t offset, Error *err)
{
    char name[ERROR_ARG_SIZE] = "";
    if (!is_encoding_name(v) || v.n >= sizeof name)
        return guard_malformed(err, "declaration", offset);
    memcpy(name, v.at, v.n);
    return strcasecmp(name, "UTF-8") == 0 ? RC_OK : error_refuse(err, "encoding", name, NULL, NULL);
}

Rc xml_declaration_check(const char *s, size_t n, uint64_t offset, Error *err)
{
    Rest r = { s, s + n };
    Value v;
    if (!pseudo_attribute(&r, "version", &v) || !is_version(v))
        return guard_malformed(err, "declaration", offset);
    if (pseudo_attribute(&r, "encoding", &v)) {
        Rc rc = encoding_check(v, offset, err);
        if (rc)
            return rc;
    }
    if (pseudo_attribute(&r, "standalone", &v) && !is_standalone(v))
        return guard_malformed(err, "declaration", offset);
    spaces(&r);
    return r.at == r.end ? RC_OK : guard_malformed(err, "declaration", offset);
}
