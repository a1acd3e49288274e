#include "schemas/shared_texts.h"
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 16 * 1024, OPEN_BLOCKS = 32, SLAB = 1 << 20, SLABS = 64, PLAIN_MOST = 22 << 20, HELD_MOST = 28 << 20, OPENINGS_MOST = 50000, LEVEL = 1 };

/* Where each text ends (uint32_t), then the texts. n_packed 0: it stands there as it is. */
typedef struct { uint32_t first, size; unsigned char *at; uLong n_packed; } Block;

/* used: when it was asked for last; 0: never. */
typedef struct { size_t no; uint64_t used; Buffer bytes; } Opened;

struct SharedTexts {
    Block   *block;   size_t n_blocks, room;
    Buffer   ends, texts;               /* of the block that is being filled */
    uint32_t n, filling_first;
    size_t   held;                      /* bytes of blocks */
    unsigned char *slab[SLABS];         /* where they lie: large enough for free() to give them back to the system */
    size_t   n_slabs, slab_used;
    uint64_t asked;
    unsigned openings;
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
    for (size_t i = 0; i < (*t)->n_slabs; i++)
        free((*t)->slab[i]);
    for (int i = 0; i < OPEN_BLOCKS; i++)
        buffer_free(&(*t)->open[i].bytes);
    buffer_free(&(*t)->ends);
    buffer_free(&(*t)->texts);
    free((*t)->block);
    free(*t);
    *t = NULL;
}

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

/* Room for size bytes, of which the caller says afterwards how many it took. */
static unsigned char *slab_room(SharedTexts *t, size_t size)
{
    if (!t->n_slabs || SLAB - t->slab_used < size) {
        assert(t->n_slabs < SLABS);
        t->slab[t->n_slabs++] = must(malloc(SLAB));
        t->slab_used = 0;
    }
    return t->slab[t->n_slabs - 1] + t->slab_used;
}

static void slab_take(SharedTexts *t, size_t size) { t->slab_used += (size + sizeof(uint32_t) - 1) & ~(sizeof(uint32_t) - 1); }

/* What was told first stays plain: nearly every workbook's texts do, and may then be asked for in any order. */
static Block pack(SharedTexts *t, const unsigned char *bytes, size_t size)
{
    uLong packed = t->held < PLAIN_MOST ? 0 : compressBound(size);
    unsigned char *at = slab_room(t, packed ? packed : size);
    if (!packed)
        memcpy(at, bytes, size);
    else if (compress2(at, &packed, bytes, size, LEVEL) != Z_OK)
        abort();
    slab_take(t, packed ? packed : size);
    return (Block){ t->filling_first, (uint32_t)size, at, packed };
}

static void block_close(SharedTexts *t)
{
    if (!t->ends.len)
        return;
    if (t->n_blocks == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->block = must(reallocarray(t->block, t->room, sizeof *t->block));
    }
    buffer_add(&t->ends, t->texts.at, t->texts.len);
    Block b = pack(t, (const unsigned char *)t->ends.at, t->ends.len);
    t->block[t->n_blocks++] = b;
    t->held += (b.n_packed ? b.n_packed : b.size) + sizeof b;
    t->filling_first = t->n;
    buffer_clear(&t->ends);
    buffer_clear(&t->texts);
}

Rc shared_texts_add(SharedTexts *t, const char *s, size_t len, Error *err)
{
    if (t->held > HELD_MOST || t->n == UINT32_MAX)
        return error_refuse(err, "too_many_texts", NULL, NULL, NULL);
    buffer_add(&t->texts, s, len);
    uint32_t end = (uint32_t)t->texts.len;
    buffer_add(&t->ends, &end, sizeof end);
    t->n++;
    if (t->ends.len + t->texts.len >= BLOCK)
        block_close(t);
    return RC_OK;
}

void shared_texts_whole(SharedTexts *t)
{
    block_close(t);
    buffer_free(&t->ends);
    buffer_free(&t->texts);
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

static void block_open(SharedTexts *t, size_t no, Opened *o)
{
    const Block *b = &t->block[no];
    uLongf size = b->size;
    buffer_clear(&o->bytes);
    if (uncompress((unsigned char *)buffer_room(&o->bytes, size), &size, b->at, b->n_packed) != Z_OK || size != b->size)
        abort();
    buffer_used(&o->bytes, size);
    o->no = no;
    t->openings++;
}

/* The bytes of a block; to open one, the one not asked for longest makes room. */
static const char *block_bytes(SharedTexts *t, size_t no)
{
    Opened *oldest = t->open;
    if (!t->block[no].n_packed)
        return (const char *)t->block[no].at;
    for (Opened *o = t->open; o < t->open + OPEN_BLOCKS; o++) {
        if (o->used && o->no == no) {
            o->used = ++t->asked;
            return o->bytes.at;
        }
        oldest = o->used < oldest->used ? o : oldest;
    }
    block_open(t, no, oldest);
    oldest->used = ++t->asked;
    return oldest->bytes.at;
}

bool shared_texts_spent(const SharedTexts *t) { return t->openings > OPENINGS_MOST; }

bool shared_text(SharedTexts *t, size_t i, const char **s, size_t *len)
{
    if (i >= t->n || shared_texts_spent(t))
        return false;
    size_t no = block_of(t, (uint32_t)i);
    uint32_t first = t->block[no].first, n = (no + 1 < t->n_blocks ? t->block[no + 1].first : t->n) - first, at = (uint32_t)i - first;
    const char *bytes = block_bytes(t, no);
    const uint32_t *ends = (const uint32_t *)(const void *)bytes;
    uint32_t begin = at ? ends[at - 1] : 0;
    *s = bytes + n * sizeof *ends + begin;
    *len = ends[at] - begin;
    return true;
}
