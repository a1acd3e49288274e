#include "adapters/json_watch.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

void json_watch_begin(JsonWatch *w, Watched *of, size_t n_of)
{
    assert(n_of <= WATCHED_MOST);
    *w = (JsonWatch){ .of = of, .n_of = n_of };
    for (size_t i = 0; i < n_of; i++) {
        const char *path = of[i].path;
        of[i] = (Watched){ .path = path };
    }
}

/* The name at a place of a path, and whether it is the last. */
static const char *component(const char *path, unsigned no, size_t *len, bool *last)
{
    for (; path && no; no--) {
        path = strchr(path, '.');
        path = path ? path + 1 : NULL;
    }
    if (!path)
        return NULL;
    *len = strcspn(path, ".");
    *last = !path[*len];
    return path;
}

static void key_end(JsonWatch *w)
{
    for (size_t i = 0; i < w->n_of; i++) {
        size_t len;
        bool last;
        if (w->matched[i] != w->depth - 1)
            continue;
        const char *name = component(w->of[i].path, w->matched[i], &len, &last);
        w->pending[i] = name && len == w->key_len && memcmp(name, w->key, len) == 0;
    }
}

static bool is_last(const JsonWatch *w, size_t i)
{
    size_t len;
    bool last = false;
    component(w->of[i].path, w->matched[i], &len, &last);
    return last;
}

/* A value begins at the present depth. */
static void value_begin(JsonWatch *w, WatchKind kind)
{
    bool is_object = kind == WATCH_OBJECT, container = is_object || kind == WATCH_ARRAY;
    for (size_t i = 0; i < w->n_of; i++) {
        if (w->open[i] && w->open[i] == w->depth)
            w->of[i].n++;
        if (!w->pending[i])
            continue;
        w->pending[i] = false;
        if (is_last(w, i)) {
            w->of[i].kind = kind;
            w->of[i].len = 0;
            w->of[i].n = 0;
            w->reading[i] = !container;
            w->open[i] = container ? w->depth + 1 : 0;
        } else if (is_object) {
            w->matched[i] = w->depth;
        }
    }
}

static void value_end(JsonWatch *w)
{
    for (size_t i = 0; i < w->n_of; i++)
        if (w->reading[i]) {
            w->of[i].text[w->of[i].len] = '\0';
            w->reading[i] = false;
        }
    w->in_scalar = false;
}

static void push(JsonWatch *w, bool is_object)
{
    value_begin(w, is_object ? WATCH_OBJECT : WATCH_ARRAY);
    w->depth++;
    if (w->depth < sizeof w->in_object)
        w->in_object[w->depth] = is_object;
    w->key_next = is_object;
}

static void pop(JsonWatch *w)
{
    value_end(w);
    for (size_t i = 0; i < w->n_of; i++) {
        if (w->open[i] == w->depth)
            w->open[i] = 0;
        if (w->matched[i] && w->matched[i] == w->depth - 1)
            w->matched[i]--;
    }
    w->depth--;
    w->key_next = false;
}

static void put(JsonWatch *w, char c)
{
    if (w->in_text && w->is_key) {
        if (w->key_len < sizeof w->key)
            w->key[w->key_len++] = c;
        return;
    }
    for (size_t i = 0; i < w->n_of; i++)
        if (w->reading[i] && w->of[i].len + 1 < sizeof w->of[i].text)
            w->of[i].text[w->of[i].len++] = c;
}

/* What a link, a number or a code may hold is ASCII; any other character becomes ?. */
static void escape_byte(JsonWatch *w, char c)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *at = strchr(from, c);
    w->escaped = false;
    if (c == 'u') {
        w->hex = 4;
        w->unit = 0;
    } else {
        put(w, at && c ? to[at - from] : c);
    }
}

static void hex_byte(JsonWatch *w, char c)
{
    unsigned digit = c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
    w->unit = w->unit * 16 + digit;
    if (--w->hex == 0)
        put(w, w->unit < 0x80 ? (char)w->unit : '?');
}

static void text_byte(JsonWatch *w, char c)
{
    if (w->hex)
        hex_byte(w, c);
    else if (w->escaped)
        escape_byte(w, c);
    else if (c == '\\')
        w->escaped = true;
    else if (c != '"')
        put(w, c);
    else if (w->is_key) {
        w->in_text = w->is_key = false;
        key_end(w);
    } else {
        w->in_text = false;
        value_end(w);
    }
}

static void text_begin(JsonWatch *w)
{
    w->in_text = true;
    w->is_key = w->key_next;
    w->key_len = 0;
    w->key_next = false;
    if (!w->is_key)
        value_begin(w, WATCH_TEXT);
}

static void scalar_byte(JsonWatch *w, char c)
{
    if (!w->in_scalar)
        value_begin(w, c == '-' || (c >= '0' && c <= '9') ? WATCH_NUMBER : WATCH_LITERAL);
    w->in_scalar = true;
    put(w, c);
}

static void byte(JsonWatch *w, char c)
{
    switch (c) {
    case '"': text_begin(w); break;
    case '{': push(w, true); break;
    case '[': push(w, false); break;
    case '}':
    case ']': pop(w); break;
    case ',':
        value_end(w);
        w->key_next = w->depth < sizeof w->in_object && w->in_object[w->depth];
        break;
    case ':': break;
    case ' ': case '\t': case '\r': case '\n': value_end(w); break;
    default:
        if ((unsigned char)c < 0x80)            /* else: a byte order mark */
            scalar_byte(w, c);
    }
}

void json_watch_feed(JsonWatch *w, const char *bytes, size_t n)
{
    const char *end = bytes + n, *from = w->digest && w->open[w->digest_of] ? bytes : NULL;
    for (const char *at = bytes; at < end; at++) {
        if (w->in_text)
            text_byte(w, *at);
        else
            byte(w, *at);
        if (!w->digest || !w->open[w->digest_of] == !from)
            continue;
        if (from)
            digest_add(w->digest, from, (size_t)(at + 1 - from));
        from = from ? NULL : at;
    }
    if (from)
        digest_add(w->digest, from, (size_t)(end - from));
}
