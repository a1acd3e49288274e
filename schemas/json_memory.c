#include "schemas/json_memory.h"
#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>

enum { BLOCK_SIZE = 256 * 1024 };

typedef struct { size_t used; unsigned depth; alignas(max_align_t) char bytes[BLOCK_SIZE]; } Block;

static pthread_key_t  block_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* What does not fit, or is asked for outside of an element, comes from the heap. */
static void *take(size_t size)
{
    Block *b = pthread_getspecific(block_key);
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (!b || !b->depth || size > BLOCK_SIZE - b->used)
        return malloc(size);
    b->used += size;
    return b->bytes + b->used - size;
}

static void give(void *p)
{
    const Block *b = pthread_getspecific(block_key);
    if (!b || (char *)p < b->bytes || (char *)p >= b->bytes + BLOCK_SIZE)
        free(p);
}

static void prepare(void)
{
    if (pthread_key_create(&block_key, free))
        abort();
    cJSON_InitHooks(&(cJSON_Hooks){ take, give });
}

void json_memory_begin(void)
{
    pthread_once(&once, prepare);
    Block *b = pthread_getspecific(block_key);
    if (!b) {
        b = malloc(sizeof *b);
        if (!b || pthread_setspecific(block_key, b))
            abort();
        b->used = b->depth = 0;
    }
    b->depth++;
}

void json_memory_end(void)
{
    Block *b = pthread_getspecific(block_key);
    if (--b->depth == 0)
        b->used = 0;
}
