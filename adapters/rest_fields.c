#include "adapters/rest_inside.h"
#include <string.h>
#include <strings.h>

enum { BASE64_SHA256 = 44 };

static Rc bad_key(Error *err) { return error_refuse(err, "bad_parameter", "Idempotency-Key", NULL, NULL); }

/* A structured-field string (RFC 8941 §3.3.3) or the same characters bare. */
Rc idempotency_key(Exchange *x, const char **out, Error *err)
{
    const char *in = exchange_header(x, "Idempotency-Key");
    *out = NULL;
    if (!in)
        return RC_OK;
    bool quoted = *in == '"';
    char *key = arena_alloc(exchange_arena(x), strlen(in) + 1), *to = key;
    for (in += quoted; *in && !(quoted && *in == '"'); in++) {
        if (quoted && *in == '\\' && *++in != '"' && *in != '\\')
            return bad_key(err);
        if (*in < 0x20 || *in > 0x7e)
            return bad_key(err);
        *to++ = *in;
    }
    if ((quoted && strcmp(in, "\"")) || to == key || to - key >= MESSAGE_ID_SIZE)
        return bad_key(err);
    *out = key;
    return RC_OK;
}

/* One member of the dictionary: name=:base64: (RFC 9530 §2, RFC 8941 §3.3.5). Returns what follows it, NULL when it is none. */
static const char *member(const char *s, const char **value, size_t *len, bool *sha256)
{
    s += strspn(s, " \t");
    size_t name = strcspn(s, "=");
    *sha256 = name == 7 && !strncasecmp(s, "sha-256", 7);
    s += name;
    if (!name || strncmp(s, "=:", 2))
        return NULL;
    *value = s + 2;
    *len = strspn(*value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
    s = *value + *len;
    if (*s++ != ':')
        return NULL;
    s += strspn(s, " \t");
    return !*s ? s : *s == ',' && s[1] ? s + 1 : NULL;
}

Rc content_digest(const Exchange *x, const char **out, Error *err)
{
    const char *s = exchange_header(x, "Content-Digest"), *found = NULL;
    *out = NULL;
    if (!s)
        return RC_OK;
    do {
        const char *value = NULL;
        size_t len = 0;
        bool sha256;
        s = member(s, &value, &len, &sha256);
        if (!s || (sha256 && (len != BASE64_SHA256 || found)))
            return error_refuse(err, "bad_digest_header", NULL, NULL, NULL);
        if (sha256)
            found = value;
    } while (*s);
    if (!found)
        return error_refuse(err, "bad_digest_header", NULL, NULL, NULL);
    *out = found;
    return RC_OK;
}

bool digest_equals(const unsigned char digest[DIGEST_SIZE], const char base64[BASE64_SHA256])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[BASE64_SHA256];
    for (unsigned i = 0, at = 0; i < DIGEST_SIZE; i += 3) {
        unsigned left = DIGEST_SIZE - i;
        unsigned v = (unsigned)digest[i] << 16 | (left > 1 ? (unsigned)digest[i + 1] << 8 : 0) | (left > 2 ? digest[i + 2] : 0);
        text[at++] = letters[v >> 18];
        text[at++] = letters[v >> 12 & 63];
        text[at++] = left > 1 ? letters[v >> 6 & 63] : '=';
        text[at++] = left > 2 ? letters[v & 63] : '=';
    }
    return !memcmp(text, base64, sizeof text);
}
