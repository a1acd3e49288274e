/* Texts of unknown origin: is it UTF-8, where may it be cut, what is its plain form. Lengths are in bytes. */
#pragma once
#include "gateway/base/arena.h"
#include "gateway/base/error.h"
#include <stdbool.h>

/* The longest prefix of s, at most max bytes, that does not split a character. */
size_t text_cut(const char *s, size_t len, size_t max);

/* A UTF-8 check that goes on across pieces. Start from {0}. Overlong forms, surrogates and code points above U+10FFFF are
   refused (RFC 3629), so is U+0000. */
typedef struct { unsigned char need, low, high; } Utf8;
bool utf8_feed(Utf8 *u, const char *bytes, size_t n);      /* false: not UTF-8, or a NUL */
bool utf8_whole(const Utf8 *u);                            /* no character is left unfinished */

size_t text_characters(const char *s, size_t len);         /* code points of valid UTF-8 */

/* Trimmed, runs of white space (Unicode) collapsed to one space, NFC (utf8proc). Returns s itself when it already is in that
   form; otherwise a copy in a. *out_len is its length. Never fails on valid UTF-8. More than 30 combining marks in a row stay as they
   are: no language writes so, and sorting them costs quadratic time. */
const char *text_plain(const char *s, size_t len, Arena *a, size_t *out_len);

/* As text_plain, and with upper and lower case made one (Unicode's case folding): to find words by, not to show them. What is longer than any word or heading, over
   1,024 bytes, stays as text_plain leaves it. Lives in a, or is s. */
const char *text_folded(const char *s, size_t len, Arena *a, size_t *out_len);

char *hex_text(const void *bytes, size_t n, char *out);    /* 2n + 1 bytes into out; returns out */
bool  url_is_http(const char *url);                        /* begins with http:// or https:// */
