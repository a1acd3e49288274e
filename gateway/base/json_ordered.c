#include "gateway/base/buffer.h"
#include <stdlib.h>
#include <string.h>

typedef struct { const char *key, *value; size_t key_len; } Member;
typedef struct { Member *at; size_t n, size; } Members;

static void members_end(Members *m) { free(m->at); }

static const char *blank(const char *at, const char *end)
{
    while (at < end && strchr(" \t\r\n", *at) && *at)
        at++;
    return at;
}

static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        at += *at == '\\';
    return at < end ? at + 1 : end;
}

static const char *scalar_end(const char *at, const char *end)
{
    while (at < end && !strchr(",]} \t\r\n", *at))
        at++;
    return at;
}

/* The end of the value that begins at `at`. */
static const char *value_end(const char *at, const char *end)
{
    int depth = 0;
    if (*at != '{' && *at != '[')
        return *at == '"' ? string_end(at, end) : scalar_end(at, end);
    while (at < end) {
        if (*at == '"') {
            at = string_end(at, end);
            continue;
        }
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at++;
        if (depth == 0)
            break;
    }
    return at;
}

static void member_add(Members *m, Member one)
{
    if (m->n == m->size) {
        m->size = m->size ? m->size * 2 : 16;
        m->at = realloc(m->at, m->size * sizeof *m->at);
        if (!m->at)
            abort();
    }
    m->at[m->n++] = one;
}

static int by_key(const void *a, const void *b)
{
    const Member *x = a, *y = b;
    size_t n = x->key_len < y->key_len ? x->key_len : y->key_len;
    int order = memcmp(x->key, y->key, n);
    return order ? order : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

/* Returns where the value ends. */
static const char *put(Buffer *to, const char *at, const char *end);

static const char *put_object(Buffer *to, const char *at, const char *end)
{
    SCOPED(members_end) Members m = {0};
    for (at = blank(at + 1, end); at < end && *at == '"'; at = blank(at, end)) {
        Member one = { .key = at };
        at = string_end(at, end);
        one.key_len = (size_t)(at - one.key);
        at = blank(blank(at, end) + 1, end);
        one.value = at;
        member_add(&m, one);
        at = blank(value_end(at, end), end);
        at += at < end && *at == ',';
    }
    if (m.n)
        qsort(m.at, m.n, sizeof *m.at, by_key);
    buffer_char(to, '{');
    for (size_t i = 0; i < m.n; i++) {
        buffer_text(to, i ? "," : "");
        buffer_add(to, m.at[i].key, m.at[i].key_len);
        buffer_char(to, ':');
        put(to, m.at[i].value, end);
    }
    buffer_char(to, '}');
    return at < end ? at + 1 : end;
}

static const char *put_array(Buffer *to, const char *at, const char *end)
{
    buffer_char(to, '[');
    for (at = blank(at + 1, end); at < end && *at != ']'; at = blank(at, end)) {
        at = blank(put(to, at, end), end);
        if (at < end && *at == ',') {
            buffer_char(to, ',');
            at++;
        }
    }
    buffer_char(to, ']');
    return at < end ? at + 1 : end;
}

static const char *put(Buffer *to, const char *at, const char *end)
{
    if (*at == '{')
        return put_object(to, at, end);
    if (*at == '[')
        return put_array(to, at, end);
    const char *stop = value_end(at, end);
    buffer_add(to, at, (size_t)(stop - at));
    return stop;
}

void json_ordered(Json *j, const char *json, size_t n)
{
    json_raw(j, "", 0);
    put(j->to, blank(json, json + n), json + n);
}
