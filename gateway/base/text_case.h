/* Small and capital letters. */
#pragma once
#include "gateway/base/arena.h"

/* The text in small or capital letters (Unicode), in a; s itself when nothing changes. *out_len is its length. */
typedef enum { TEXT_LOWER, TEXT_UPPER } TextCase;
const char *text_case(const char *s, size_t len, TextCase to, Arena *a, size_t *out_len);
