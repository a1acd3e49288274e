/* A one-dimensional text[] in PostgreSQL's binary form, for parameters. */
#pragma once
#include "gateway/base/buffer.h"

size_t text_array_begin(Buffer *b, size_t n);                     /* returns where it begins in b */
void   text_array_item (Buffer *b, const char *s, size_t len);    /* s NULL: null */
