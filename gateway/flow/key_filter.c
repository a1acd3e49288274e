#include "gateway/flow/key_filter.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 1 << 11, LAST_SIZE = 1 << 21 };        /* 16 KB to 16 MB */

static uint64_t fingerprint(const unsigned char *key, size_t n)
{
    uint64_t h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < n; i++)
        h = (h ^ key[i]) * 0x100000001b3ull;
    h ^= h >> 32;
    h *= 0x9e3779b97f4a7c15ull;
    h ^= h >> 29;
    return h ? h : 1;
}

static void *fresh(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p)
        abort();
    return p;
}

void key_filter_many(KeyFilter *f)
{
    f->met_size = LAST_SIZE;
    f->met = fresh(f->met_size, sizeof *f->met);
}

static bool meet(uint64_t *table, size_t size, uint64_t key)
{
    size_t at = key & (size - 1);
    while (table[at] && table[at] != key)
        at = (at + 1) & (size - 1);
    bool known = table[at] == key;
    table[at] = key;
    return known;
}

static bool grow(KeyFilter *f)
{
    size_t size = f->met_size ? f->met_size * 2 : FIRST_SIZE;
    if (size > LAST_SIZE)
        return false;
    uint64_t *table = fresh(size, sizeof *table);
    for (size_t i = 0; i < f->met_size; i++)
        if (f->met[i])
            meet(table, size, f->met[i]);
    free(f->met);
    f->met = table;
    f->met_size = size;
    return true;
}

static struct KeyCount *count_of(KeyFilter *f, uint64_t key)
{
    size_t at = key & (f->again_size - 1);
    while (f->again[at].key && f->again[at].key != key)
        at = (at + 1) & (f->again_size - 1);
    return &f->again[at];
}

static void grow_again(KeyFilter *f)
{
    KeyFilter wider = { .again_size = f->again_size ? f->again_size * 2 : 64 };
    wider.again = fresh(wider.again_size, sizeof *wider.again);
    for (size_t i = 0; i < f->again_size; i++)
        if (f->again[i].key)
            *count_of(&wider, f->again[i].key) = f->again[i];
    free(f->again);
    f->again = wider.again;
    f->again_size = wider.again_size;
}

static unsigned again(KeyFilter *f, uint64_t key)
{
    if (f->again_n * 4 >= f->again_size * 3) {
        if (f->again_size >= LAST_SIZE / 4) {
            f->overflow = true;
            return 1;
        }
        grow_again(f);
    }
    struct KeyCount *c = count_of(f, key);
    f->again_n += c->key == 0;
    c->key = key;
    return ++c->n + 1;
}

unsigned key_filter_round(KeyFilter *f, const void *key, size_t n)
{
    if (f->overflow)
        return 1;
    if (f->met_n * 4 >= f->met_size * 3 && !grow(f)) {
        key_filter_clear(f);
        f->overflow = true;
        return 1;
    }
    uint64_t print = fingerprint(key, n);
    if (meet(f->met, f->met_size, print))
        return again(f, print);
    f->met_n++;
    return 1;
}

void key_filter_clear(KeyFilter *f)
{
    free(f->met);
    free(f->again);
    *f = (KeyFilter){0};
}
