#include "adapters/http_decode.h"
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

/* A zstd window may be 8 MB: many at once would pass the whole program's limit of 64 MB. */
enum { OUT_SIZE = 32 * 1024, WINDOW_LOG_MAX = 23, ALL_DECODERS = 24 << 20, GZIP_MEMORY = 48 * 1024, ZSTD_MEMORY = 160 * 1024 };
static atomic_size_t memory_held;

struct Decoder {
    Coding        coding;
    uint64_t      limit, made;
    bool          whole, some;      /* whole: the last frame or member has ended */
    size_t        held;
    unsigned char head[18];         /* of the frame under way: as much as a head may have */
    unsigned      head_len;
    uint64_t      frame_made;
    z_stream      z;
    ZSTD_DStream *zstd;
    char          out[OUT_SIZE];
};

static const struct { const char *name; Coding coding; } codings[] = {
    { "", CODING_NONE }, { "identity", CODING_NONE }, { "gzip", CODING_GZIP }, { "x-gzip", CODING_GZIP }, { "zstd", CODING_ZSTD },
};

Coding coding_read(const char *content_encoding)
{
    if (!content_encoding)
        return CODING_NONE;
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++)
        if (!strcasecmp(codings[i].name, content_encoding))
            return codings[i].coding;
    return CODING_UNKNOWN;
}

static const char *coding_name(Coding c) { return c == CODING_GZIP ? "gzip" : "zstd"; }

static void hold(Decoder *d, size_t memory)
{
    if (memory > d->held)
        atomic_fetch_add(&memory_held, memory - d->held);
    else
        atomic_fetch_sub(&memory_held, d->held - memory);
    d->held = memory;
}

Decoder *decoder_new(Coding coding, uint64_t limit)
{
    Decoder *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->coding = coding;
    d->limit = limit;
    bool fine;
    if (coding == CODING_GZIP) {
        fine = inflateInit2(&d->z, 15 + 16) == Z_OK;       /* +16: gzip framing only */
        hold(d, sizeof *d + GZIP_MEMORY);
    } else {
        d->zstd = ZSTD_createDStream();
        hold(d, sizeof *d + ZSTD_MEMORY);
        fine = d->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX));
    }
    if (!fine)
        abort();
    return d;
}

size_t decoder_memory(const Decoder *d) { return d->held; }

void decoder_free(Decoder **d)
{
    if (!*d)
        return;
    if ((*d)->coding == CODING_GZIP)
        inflateEnd(&(*d)->z);
    ZSTD_freeDStream((*d)->zstd);
    hold(*d, 0);
    free(*d);
    *d = NULL;
}

static Rc made(Decoder *d, size_t n, DecodeSink *sink, void *self, Error *err)
{
    char limit[24];
    d->made += n;
    if (d->made > d->limit) {
        snprintf(limit, sizeof limit, "%" PRIu64, d->limit);
        return error_refuse(err, "too_large", limit, NULL, NULL);
    }
    return n ? sink(self, d->out, n, err) : RC_OK;
}

static Rc bad(const Decoder *d, Error *err) { return error_refuse(err, "bad_coding", coding_name(d->coding), NULL, NULL); }

static Rc feed_gzip(Decoder *d, const char *bytes, size_t n, DecodeSink *sink, void *self, Error *err)
{
    d->z.next_in = (Bytef *)(uintptr_t)bytes;
    d->z.avail_in = (uInt)n;
    do {
        if (d->whole && d->z.avail_in) {                    /* RFC 1952 allows several members in a row */
            inflateReset(&d->z);
            d->whole = false;
        }
        d->z.next_out = (Bytef *)d->out;
        d->z.avail_out = OUT_SIZE;
        int z = inflate(&d->z, Z_NO_FLUSH);
        if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
            return bad(d, err);
        d->whole = z == Z_STREAM_END;
        Rc rc = made(d, OUT_SIZE - d->z.avail_out, sink, self, err);
        if (rc)
            return rc;
    } while (d->z.avail_in || (!d->z.avail_out && !d->whole));
    return RC_OK;
}

static bool no_room(Error *err)
{
    if (atomic_load(&memory_held) <= ALL_DECODERS)
        return false;
    error_refuse(err, "too_many", NULL, NULL, NULL);
    err->rc = RC_RETRY;
    return true;
}

/* A frame begins with its number (RFC 8878 3.1.1, 3.1.2). The library also reads forms from before the standard, and those not the same way however they are cut. */
static bool head_agrees(Decoder *d, const unsigned char *bytes, size_t n)
{
    static const unsigned char frame[] = { 0x28, 0xB5, 0x2F, 0xFD }, skippable[] = { 0x50, 0x2A, 0x4D, 0x18 };
    size_t room = sizeof d->head - d->head_len, taken = n < room ? n : room;
    memcpy(d->head + d->head_len, bytes, taken);
    d->head_len += (unsigned)taken;
    size_t known = d->head_len < sizeof frame ? d->head_len : sizeof frame;
    bool skips = known && (d->head[0] & 0xF0) == skippable[0];
    return skips ? memcmp(d->head + 1, skippable + 1, known - 1) == 0 : memcmp(d->head, frame, known) == 0;
}

/* Neither does it hold every frame to the length that its head gives. */
static bool length_agrees(const Decoder *d)
{
    unsigned long long said = ZSTD_getFrameContentSize(d->head, d->head_len);
    return said == ZSTD_CONTENTSIZE_UNKNOWN || said == d->frame_made;
}

static Rc feed_zstd(Decoder *d, const char *bytes, size_t n, DecodeSink *sink, void *self, Error *err)
{
    ZSTD_inBuffer in = { bytes, n, 0 };
    bool full;
    do {
        ZSTD_outBuffer out = { d->out, OUT_SIZE, 0 };
        if (!head_agrees(d, (const unsigned char *)bytes + in.pos, n - in.pos))
            return bad(d, err);
        size_t left = ZSTD_decompressStream(d->zstd, &out, &in);
        if (ZSTD_isError(left))
            return bad(d, err);
        d->whole = !left;
        d->frame_made += out.pos;
        if (d->whole && !length_agrees(d))
            return bad(d, err);
        if (d->whole)
            d->frame_made = d->head_len = 0;
        full = out.pos == OUT_SIZE;
        hold(d, sizeof *d + ZSTD_sizeof_DStream(d->zstd));
        if (no_room(err))
            return err->rc;
        Rc rc = made(d, out.pos, sink, self, err);
        if (rc)
            return rc;
    } while (in.pos < in.size || (full && !d->whole));
    return RC_OK;
}

Rc decoder_feed(Decoder *d, const char *bytes, size_t n, DecodeSink *sink, void *self, Error *err)
{
    if (!n)
        return RC_OK;
    d->some = true;
    if (no_room(err))
        return err->rc;
    return (d->coding == CODING_GZIP ? feed_gzip : feed_zstd)(d, bytes, n, sink, self, err);
}

Rc decoder_end(const Decoder *d, Error *err)
{
    return d->whole && d->some ? RC_OK : error_refuse(err, "torn", coding_name(d->coding), NULL, NULL);
}
