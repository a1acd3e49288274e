/* Texts in other people's charsets become UTF-8, in pieces of any size. What cannot be decoded is refused with its place, never replaced.

   A byte order mark (UTF-8, UTF-16) says more than any name. Without one the charset is the one named; with neither it is UTF-8, or windows-1251 if the first run of bytes beyond ASCII
   is not UTF-8. That is safe for Cyrillic: its letters are 0xC0 to 0xFF in windows-1251, so any two that stand together are no UTF-8, and neither is one letter alone or "№" or "Ё". A run is
   mistaken only if it is made of nothing but pairs like "В»", a capital letter before a closing mark, and no word is; nor is UTF-8 ever taken for windows-1251, unless it is broken where
   its first letters stand. What was decided holds for the whole document. */
#pragma once
#include "gateway/base/error.h"
#include <stddef.h>

typedef struct Charset Charset;

/* Gets the text in UTF-8, as it becomes known; a piece may end within a character. */
typedef Rc CharsetSink(void *self, const char *utf8, size_t n, Error *err);

/* name as iconv(3) knows it, or NULL. RC_REJECT unknown_charset {name}. */
Rc   charset_open(const char *name, CharsetSink *sink, void *self, Charset **out, Error *err) MUST_USE;
void charset_free(Charset **c);                                      /* NULL-safe */

/* RC_REJECT not_utf8 {offset}, not_in_charset {charset} {offset}, nul_character {offset}, offsets in bytes of the document; or what the sink returned. The text in front of a bad byte went to
   the sink, however the document is cut. After a refusal it must not be fed again. */
Rc   charset_feed(Charset *c, const char *bytes, size_t n, Error *err) MUST_USE;
Rc   charset_end (Charset *c, Error *err) MUST_USE;                  /* RC_REJECT torn {character} */
