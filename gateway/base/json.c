#include "gateway/base/buffer.h"
#include "gateway/base/words.h"
#include <inttypes.h>

static void comma(Json *j, bool next)
{
    if (j->comma)
        buffer_char(j->to, ',');
    j->comma = next;
}

void json_open(Json *j, char bracket)
{
    comma(j, false);
    buffer_char(j->to, bracket);
}

void json_close(Json *j, char bracket)
{
    buffer_char(j->to, bracket);
    j->comma = true;
}

static void escape(Buffer *to, char c)
{
    static const char *const names[256] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
    };
    const char *name = names[(unsigned char)c];
    if (name)
        buffer_text(to, name);
    else
        buffer_print(to, "\\u%04x", (unsigned char)c);
}

static void quoted(Buffer *to, const char *s, size_t n)
{
    const char *end = s + n;
    buffer_char(to, '"');
    while (s < end) {
        const char *stop = skip_plain(s, end, '"', '\\', '\\');
        buffer_add(to, s, (size_t)(stop - s));
        if (stop < end)
            escape(to, *stop++);
        s = stop;
    }
    buffer_char(to, '"');
}

void json_key(Json *j, const char *key)
{
    comma(j, false);
    quoted(j->to, key, strlen(key));
    buffer_char(j->to, ':');
}

void json_string(Json *j, const char *s, size_t n)
{
    if (!s) {
        json_raw(j, "null", 4);
        return;
    }
    comma(j, true);
    quoted(j->to, s, n);
}

void json_text(Json *j, const char *s) { json_string(j, s, s ? strlen(s) : 0); }

void json_number(Json *j, int64_t n)
{
    comma(j, true);
    buffer_print(j->to, "%" PRId64, n);
}

void json_put_text(Json *j, const char *key, const char *s)
{
    json_key(j, key);
    json_text(j, s);
}

void json_put_number(Json *j, const char *key, int64_t n)
{
    json_key(j, key);
    json_number(j, n);
}

void json_put_raw(Json *j, const char *key, const char *json)
{
    json_key(j, key);
    json_raw(j, json, strlen(json));
}

void json_bool(Json *j, bool b) { b ? json_raw(j, "true", 4) : json_raw(j, "false", 5); }

void json_raw(Json *j, const char *json, size_t n)
{
    comma(j, true);
    buffer_add(j->to, json, n);
}
