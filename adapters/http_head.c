#include "adapters/http_inside.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Header fields that may stand once only: two of them are read differently by different programs along the way. */
static const char *const once[] = { "Content-Length", "Transfer-Encoding", "Host", "Content-Type", "Content-Encoding", "Authorization",
                                    "Idempotency-Key", "X-Client-Cert", "Expect", NULL };
enum { ONCE_MAX = 9 };
typedef struct { unsigned seen[ONCE_MAX]; bool disguised; } Seen;

/* libmicrohttpd 0.9.75 takes "Content-Length : 5" for another field, and joins a folded line to the field's name ("Content-Length5"). Either way a
   body would be read as the next request. */
static bool disguised(const char *name)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char *const framing[] = { "Content-Length", "Transfer-Encoding" };
    for (size_t i = 0; i < sizeof framing / sizeof *framing; i++)
        if (!strncasecmp(name, framing[i], strlen(framing[i])) && name[strlen(framing[i])])
            return true;
    return name[strspn(name, token)] != '\0';
}

static enum MHD_Result count(void *self, enum MHD_ValueKind kind, const char *key, const char *value)
{
    Seen *s = self;
    (void)kind, (void)value;
    s->disguised = s->disguised || disguised(key);
    for (unsigned i = 0; once[i]; i++)
        if (!strcasecmp(once[i], key))
            s->seen[i]++;
    return MHD_YES;
}

static Rc bad(Error *err, const char *what) { return error_refuse(err, "bad_request", what, NULL, NULL); }

static Rc judge_repeats(Exchange *x, Error *err)
{
    Seen s = {0};
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count, &s);
    if (s.disguised)
        return bad(err, "header fields");
    for (unsigned i = 0; once[i]; i++)
        if (s.seen[i] > 1)
            return bad(err, once[i]);
    return RC_OK;
}

static Rc judge_length(Exchange *x, const char *version, Error *err)
{
    const char *length = exchange_header(x, "Content-Length"), *transfer = exchange_header(x, "Transfer-Encoding");
    char limit[24];
    if (transfer && (length || strcasecmp(transfer, "chunked") || strcmp(version, "HTTP/1.1")))
        return bad(err, "Transfer-Encoding");
    x->has_body = transfer != NULL;
    if (!length)
        return RC_OK;
    if (!*length || strspn(length, "0123456789") != strlen(length))
        return bad(err, "Content-Length");
    errno = 0;
    x->length = strtoull(length, NULL, 10);
    x->has_body = x->length > 0;
    if (!errno && x->length <= x->server->settings->max_message)
        return RC_OK;
    snprintf(limit, sizeof limit, "%" PRIu64, x->server->settings->max_message);
    return error_refuse(err, "too_large", limit, NULL, NULL);
}

/* Trees are UTF-8. In what charset a table is its bytes tell, or its mapping. */
static bool charset_fits(const char *type)
{
    const char *set = strcasestr(type, "charset=");
    if (!set || !strncasecmp(type, "text/csv", 8) || !strncasecmp(type, "text/tab-", 9))
        return true;
    set += strlen("charset=");
    set += *set == '"';
    return !strncasecmp(set, "utf-8", 5) || !strncasecmp(set, "utf8", 4) || !strncasecmp(set, "us-ascii", 8);
}

/* "" stands for a request that does not say. A charset other than UTF-8 is another type. */
static Rc judge_type(const Exchange *x, Error *err)
{
    const char *type = exchange_header(x, "Content-Type");
    size_t len = type ? strcspn(type, "; \t") : 0;
    if (type && !charset_fits(type))
        return error_refuse(err, "unsupported_type", "charset", NULL, NULL);
    for (const char *const *t = x->route->types; *t; t++)
        if (strlen(*t) == len && !strncasecmp(*t, type ? type : "", len))
            return RC_OK;
    return error_refuse(err, "unsupported_type", "Content-Type", NULL, NULL);
}

Rc head_judge(Exchange *x, const char *version, Error *err)
{
    if (strcmp(version, "HTTP/1.1") && strcmp(version, "HTTP/1.0"))
        return bad(err, "HTTP version");
    if (judge_repeats(x, err) || judge_length(x, version, err))
        return err->rc;
    if (!x->route || !x->route->types)
        return RC_OK;
    x->coding = coding_read(exchange_header(x, "Content-Encoding"));
    if (x->coding == CODING_UNKNOWN)
        return error_refuse(err, "unsupported_type", "Content-Encoding", NULL, NULL);
    return judge_type(x, err);
}
