#include "persistence/staging.h"
#include "gateway/base/text.h"
#include "persistence/text_array.h"
#include "persistence/vault.h"
#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <string.h>


static void put32(Buffer *b, int64_t v) { uint32_t n = htonl((uint32_t)v); buffer_add(b, &n, 4); }

static void item_hex(Buffer *b, const void *bytes, size_t n)
{
    put32(b, (int64_t)(2 * n + 2));
    buffer_text(b, "\\x");
    hex_text(bytes, n, buffer_room(b, 2 * n + 1));
    buffer_used(b, 2 * n);
}

static void item_number(Buffer *b, int64_t n)
{
    char text[24];
    text_array_item(b, text, (size_t)snprintf(text, sizeof text, "%" PRId64, n));
}

/* A JSON array of strings as PostgreSQL's array text: the escapes of both agree but for \uXXXX, \b, \f, \n, \r, \t. */
static void item_array(Buffer *b, const Value *v)
{
    size_t begin = b->len;
    put32(b, 0);
    buffer_char(b, '{');
    for (const char *s = v->text + 1, *end = v->text + v->len - 1; s < end; s++) {
        static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
        const char *at = *s == '\\' ? strchr(from, s[1]) : NULL;
        if (*s == '\\' && s[1] == 'u') {
            buffer_char(b, (char)((s[4] <= '1' ? s[4] - '0' : 0) * 16 + (s[5] <= '9' ? s[5] - '0' : s[5] - 'a' + 10)));
            s += 5;
        } else if (at) {
            buffer_char(b, to[at - from]);
            s++;
        } else {
            buffer_char(b, *s);
            if (*s == '\\')
                buffer_char(b, *++s);
        }
    }
    buffer_char(b, '}');
    uint32_t n = htonl((uint32_t)(b->len - begin - 4));
    memcpy(b->at + begin, &n, 4);
}

static void item_value(Buffer *b, const Field *f, const Row *r)
{
    const Value *v = &r->values[f->index];
    bool given = v->text && (r->wish == WISH_PUT || f->key_position);
    if (!given)
        text_array_item(b, NULL, 0);
    else if (f->personal)
        item_hex(b, v->text, v->len);
    else if (f->type == TYPE_ARRAY && f->column_type[0] == 't')
        item_array(b, v);
    else
        text_array_item(b, v->text, v->len);
}

enum { OWN_SEQ, OWN_ROUND, OWN_WISH, OWN_GROUND, OWN_HASH, OWN_PERIOD, OWN_NUMBER, OWN_N };
static_assert((int)OWN_N == (int)ROW_OWN_COLUMNS, "as the statements read them");

static void item_own(Buffer *b, int which, const Row *r)
{
    switch (which) {
    case OWN_SEQ:    item_number(b, r->seq); break;
    case OWN_ROUND:  item_number(b, r->round); break;
    case OWN_WISH:   item_number(b, r->wish); break;
    case OWN_GROUND: text_array_item(b, r->ground, r->ground ? strlen(r->ground) : 0); break;
    case OWN_HASH:   item_hex(b, r->hash, ROW_HASH_SIZE); break;
    case OWN_PERIOD: text_array_item(b, r->period, strlen(r->period)); break;
    default:         item_number(b, r->number); break;
    }
}

void rows_arrays(const Feed *feed, const Row *rows, size_t n, Buffer *bytes, Args *args)
{
    size_t begin[ARGS_MAX], arrays = OWN_N + feed->n_fields;
    buffer_clear(bytes);
    for (size_t a = 0; a < arrays; a++) {
        begin[a] = text_array_begin(bytes, n);
        for (size_t i = 0; i < n; i++)
            if (a < OWN_N)
                item_own(bytes, (int)a, &rows[i]);
            else
                item_value(bytes, &feed->fields[a - OWN_N], &rows[i]);
    }
    for (size_t a = 0; a < arrays; a++)
        arg_bytes(args, bytes->at + begin[a], (a + 1 < arrays ? begin[a + 1] : bytes->len) - begin[a]);
}
