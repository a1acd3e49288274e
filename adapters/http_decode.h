/* Content-Encoding undone as the bytes come, with a ceiling on what comes out of it and on the memory all decoders hold together. */
#pragma once
#include "gateway/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { CODING_NONE, CODING_GZIP, CODING_ZSTD, CODING_UNKNOWN } Coding;
Coding coding_read(const char *content_encoding);                        /* NULL: none */

typedef struct Decoder Decoder;
typedef Rc DecodeSink(void *self, const char *bytes, size_t n, Error *err);

Decoder *decoder_new (Coding coding, uint64_t limit);                    /* CODING_GZIP or CODING_ZSTD */
size_t   decoder_memory(const Decoder *d);
void     decoder_free(Decoder **d);                                      /* NULL-safe */
/* RC_REJECT too_large {limit}, bad_coding {name}; RC_RETRY too_many: the decoders' memory is used up; or what the sink returned. */
Rc decoder_feed(Decoder *d, const char *bytes, size_t n, DecodeSink *sink, void *self, Error *err) MUST_USE;
Rc decoder_end (const Decoder *d, Error *err) MUST_USE;                  /* RC_REJECT torn {name} */
