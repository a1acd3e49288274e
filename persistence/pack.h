/* A part of an envelope: bytes compressed (zstd), then sealed (AES-256-GCM) under the envelope's key and tied to its place. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/error.h"
#include "persistence/vault.h"

enum { PART_SIZE = 512 * 1024 };        /* bytes of a message in one part, at most */

/* out is overwritten. id: of the envelope; no: of the part. Thread-safe; a few compressors are shared by all threads. */
void part_pack  (const unsigned char key[KEY_SIZE], const char *id, int no, const void *in, size_t n, Buffer *out);
/* RC_FATAL: these are not the bytes that were packed. Appends to out. */
Rc   part_unpack(const unsigned char key[KEY_SIZE], const char *id, int no, const void *in, size_t n, Buffer *out, Error *err) MUST_USE;

/* The same compression for small things that are not secret (outcomes). */
void squeeze  (const void *in, size_t n, Buffer *out);
Rc   unsqueeze(const void *in, size_t n, size_t most, Buffer *out, Error *err) MUST_USE;
