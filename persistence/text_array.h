/* A one-dimensional text[] or bytea[] in PostgreSQL's binary form, for parameters. */
#pragma once
#include "gateway/base/buffer.h"

size_t text_array_begin(Buffer *b, size_t n);                     /* returns where it begins in b */
size_t bytea_array_begin(Buffer *b, size_t n);
void   text_array_item (Buffer *b, const char *s, size_t len);    /* s NULL: null */
