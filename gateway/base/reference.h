/* XML references, for the guard that judges them and for unwrap that resolves them. Internal to gateway/base. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { REFERENCE_MAX = 16 };        /* bytes of the longest reference we take, & and ; included */

/* The code point that body (what stands between & and ;) denotes: one of the five predefined entities, or a number that is a legal
   XML character (XML 1.0 §2.2, §4.1, §4.6). 0 if it is none of these. */
uint32_t reference_read(const char *body, size_t n);
