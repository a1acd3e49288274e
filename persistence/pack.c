#include "persistence/pack.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { COMPRESSORS = 4, LEVEL = 1 };

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t  pool_free = PTHREAD_COND_INITIALIZER;
static ZSTD_CCtx      *pool[COMPRESSORS];
static bool            pool_taken[COMPRESSORS];

static int pool_take(void)
{
    pthread_mutex_lock(&pool_lock);
    int i = 0;
    while (pool_taken[i]) {
        if (++i == COMPRESSORS) {
            pthread_cond_wait(&pool_free, &pool_lock);
            i = 0;
        }
    }
    pool_taken[i] = true;
    pthread_mutex_unlock(&pool_lock);
    if (!pool[i] && !(pool[i] = ZSTD_createCCtx()))
        abort();
    return i;
}

static void pool_give(int i)
{
    pthread_mutex_lock(&pool_lock);
    pool_taken[i] = false;
    pthread_cond_signal(&pool_free);
    pthread_mutex_unlock(&pool_lock);
}

void squeeze(const void *in, size_t n, Buffer *out)
{
    buffer_clear(out);
    size_t bound = ZSTD_compressBound(n);
    char *room = buffer_room(out, bound);
    int i = pool_take();
    size_t len = ZSTD_compressCCtx(pool[i], room, bound, in, n, LEVEL);
    pool_give(i);
    if (ZSTD_isError(len)) {
        fprintf(stderr, "zstd: %s\n", ZSTD_getErrorName(len));
        abort();
    }
    buffer_used(out, len);
}

static pthread_key_t opener_key;
static void free_opener(void *d) { ZSTD_freeDCtx(d); }
static void make_opener_key(void) { pthread_key_create(&opener_key, free_opener); }

/* One a thread: making one costs more than opening a small part. */
static ZSTD_DCtx *decompressor(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_opener_key);
    ZSTD_DCtx *d = pthread_getspecific(opener_key);
    if (!d && (!(d = ZSTD_createDCtx()) || pthread_setspecific(opener_key, d)))
        abort();
    return d;
}

Rc unsqueeze(const void *in, size_t n, size_t most, Buffer *out, Error *err)
{
    unsigned long long size = ZSTD_getFrameContentSize(in, n);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > most)
        return error_set(err, RC_FATAL, "stored bytes are not a zstd frame of ours");
    size_t len = ZSTD_decompressDCtx(decompressor(), buffer_room(out, (size_t)size + 1), (size_t)size, in, n);
    if (ZSTD_isError(len) || len != size)
        return error_set(err, RC_FATAL, "stored bytes do not decompress");
    buffer_used(out, len);
    return RC_OK;
}

static void place(const char *id, int no, char out[64]) { snprintf(out, 64, "part %s %d", id, no); }

void part_pack(const unsigned char key[KEY_SIZE], const char *id, int no, const void *in, size_t n, Buffer *out)
{
    char what[64];
    SCOPED(buffer_free) Buffer squeezed = {0};
    squeeze(in, n, &squeezed);
    place(id, no, what);
    buffer_clear(out);
    seal(key, what, squeezed.at, squeezed.len, (unsigned char *)buffer_room(out, squeezed.len + SEAL_OVERHEAD));
    buffer_used(out, squeezed.len + SEAL_OVERHEAD);
}

Rc part_unpack(const unsigned char key[KEY_SIZE], const char *id, int no, const void *in, size_t n, Buffer *out, Error *err)
{
    char what[64];
    size_t len;
    SCOPED(buffer_free) Buffer squeezed = {0};
    place(id, no, what);
    if (unseal(key, what, in, n, buffer_room(&squeezed, n + 1), &len, err))
        return err->rc;
    return unsqueeze(squeezed.at, len, PART_SIZE, out, err);
}
