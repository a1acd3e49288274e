#include "schemas/shared_texts.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 64 * 1024, OPEN_BLOCKS = 8, HELD_MOST = 20 << 20, LEVEL = 1 };

/* Texts of a block stand one behind the other, each after its length. */
typedef struct { uint32_t first, size; unsigned char *packed; uLong n_packed; } Block;

typedef struct { size_t no; bool used; Buffer text; uint32_t *at; } Opened;

struct SharedTexts {
    Block   *block;   size_t n_blocks, room;
    Buffer   filling;
    uint32_t n, filling_first;
    size_t   held;
    Opened   open[OPEN_BLOCKS];
};

SharedTexts *shared_texts_new(void)
{
    SharedTexts *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    return t;
}

void shared_texts_free(SharedTexts **t)
{
    if (!*t)
        return;
    for (size_t i = 0; i < (*t)->n_blocks; i++)
        free((*t)->block[i].packed);
    for (int i = 0; i < OPEN_BLOCKS; i++) {
        buffer_free(&(*t)->open[i].text);
        free((*t)->open[i].at);
    }
    buffer_free(&(*t)->filling);
    free((*t)->block);
    free(*t);
    *t = NULL;
}

static void block_close(SharedTexts *t)
{
    if (!t->filling.len)
        return;
    if (t->n_blocks == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->block = reallocarray(t->block, t->room, sizeof *t->block);
    }
    uLong bound = compressBound(t->filling.len), size = bound;
    unsigned char *packed = malloc(bound);
    if (!t->block || !packed || compress2(packed, &size, (const unsigned char *)t->filling.at, t->filling.len, LEVEL) != Z_OK)
        abort();
    unsigned char *fit = realloc(packed, size);
    t->block[t->n_blocks++] = (Block){ t->filling_first, (uint32_t)t->filling.len, fit ? fit : packed, size };
    t->held += size + sizeof(Block);
    t->filling_first = t->n;
    buffer_clear(&t->filling);
}

Rc shared_texts_add(SharedTexts *t, const char *s, size_t len, Error *err)
{
    uint32_t size = (uint32_t)len;
    if (t->held > HELD_MOST || t->n == UINT32_MAX)
        return error_refuse(err, "too_many_texts", NULL, NULL, NULL);
    buffer_add(&t->filling, &size, sizeof size);
    buffer_add(&t->filling, s, len);
    t->n++;
    if (t->filling.len >= BLOCK)
        block_close(t);
    return RC_OK;
}

void shared_texts_whole(SharedTexts *t)
{
    block_close(t);
    buffer_free(&t->filling);
}

static size_t block_of(const SharedTexts *t, uint32_t i)
{
    size_t low = 0, high = t->n_blocks;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (t->block[middle].first <= i)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void block_open(const SharedTexts *t, size_t no, Opened *o)
{
    const Block *b = &t->block[no];
    uint32_t n = (no + 1 < t->n_blocks ? t->block[no + 1].first : t->n) - b->first, at = 0;
    uLongf size = b->size;
    buffer_clear(&o->text);
    if (uncompress((unsigned char *)buffer_room(&o->text, size), &size, b->packed, b->n_packed) != Z_OK || size != b->size)
        abort();
    buffer_used(&o->text, size);
    o->at = reallocarray(o->at, n, sizeof *o->at);
    if (!o->at)
        abort();
    for (uint32_t i = 0, len; i < n; i++, at += len) {
        memcpy(&len, o->text.at + at, sizeof len);
        o->at[i] = at += sizeof len;
    }
    o->no = no;
    o->used = true;
}

bool shared_text(SharedTexts *t, size_t i, const char **s, size_t *len)
{
    uint32_t size;
    if (i >= t->n)
        return false;
    size_t no = block_of(t, (uint32_t)i);
    Opened *o = &t->open[no % OPEN_BLOCKS];
    if (!o->used || o->no != no)
        block_open(t, no, o);
    uint32_t at = o->at[i - t->block[no].first];
    memcpy(&size, o->text.at + at - sizeof size, sizeof size);
    *s = o->text.at + at;
    *len = size;
    return true;
}
