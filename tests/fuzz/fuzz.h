/* What the fuzz targets share. A target is one file NAME_fuzz.c that ends with LLVMFuzzerTestOneInput; its seeds stand in corpus/NAME, its words in NAME.dict.
   Run in the project's folder: contracts are read from schemas/contracts. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/error.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must be true of every input. */
#define HOLDS(what)                                                              \
    do {                                                                         \
        if (!(what)) {                                                           \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                             \
        }                                                                        \
    } while (0)

/* How an input is cut: whole, into single bytes, or into pieces of many sizes (the same for the same input). */
typedef enum { CUT_WHOLE, CUT_BYTES, CUT_PIECES, CUTS } Cut;

typedef Rc FuzzFeed(void *self, const char *bytes, size_t n, Error *err);

static inline uint64_t fuzz_dice(const uint8_t *data, size_t size)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < size; i++)
        h = (h ^ data[i]) * UINT64_C(0x100000001B3);
    return h | 1;
}

static inline size_t fuzz_piece(Cut cut, size_t left, uint64_t *dice)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    size_t n = cut == CUT_WHOLE ? left : cut == CUT_BYTES ? 1 : 1 + (*dice >> 8) % (*dice % 4 ? 9 : 300);
    return n < left ? n : left;
}

/* Each piece is a heap block of just its size, so that a step over either end is seen. */
static inline Rc fuzz_feed(Cut cut, const uint8_t *data, size_t size, FuzzFeed *feed, void *self, Error *err)
{
    uint64_t dice = fuzz_dice(data, size);
    Rc rc = RC_OK;
    for (size_t at = 0, n; at < size && !rc; at += n) {
        n = fuzz_piece(cut, size - at, &dice);
        char *piece = malloc(n);
        memcpy(piece, data + at, n);
        rc = feed(self, piece, n, err);
        free(piece);
    }
    return rc;
}

/* Input refused for what it says, never because the world or we are wrong. */
static inline void fuzz_judged(Rc rc, const Error *err)
{
    HOLDS(rc == RC_OK || rc == RC_REJECT);
    HOLDS(rc == RC_OK || err->code[0]);
}

static inline bool fuzz_same(const Buffer *a, const Buffer *b) { return a->len == b->len && (!a->len || !memcmp(a->at, b->at, a->len)); }

/* The two runs of one input end alike; shows both where they do not. */
static inline void fuzz_agree(Buffer *whole, Buffer *cut)
{
    if (fuzz_same(whole, cut))
        return;
    fprintf(stderr, "whole:\n%s\ncut:\n%s\n", buffer_string(whole), buffer_string(cut));
    HOLDS(!"the same however it is cut");
}
