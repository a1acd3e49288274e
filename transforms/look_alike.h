/* Cyrillic letters that look like Latin ones and stray into codes. */
#pragma once
#include "gateway/base/arena.h"

/* The Latin form of a code that mixes alphabets, in a: every non-ASCII character is a known look-alike, the others are Latin
   letters, digits, '-', '/', '.', '_', and at least one of them is a letter or digit. NULL: it is not such a code, or all ASCII already. */
const char *look_alike_latin(const char *s, size_t len, Arena *a, size_t *out_len);
