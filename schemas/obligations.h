/* The register of obligations (gateway/law/obligation.h) from its files. */
#pragma once
#include "gateway/law/obligation.h"
#include "gateway/model/feed.h"

/* Hexadecimal SHA-256. */
typedef void TextHash(const void *in, size_t n, char out[READING_HASH]);

/* LAW/obligations.yaml and, beside it, one file of the installation's own (own NULL: none). Lives in a. RC_FATAL: not as such a file must be, a feed without a contract, an unknown role or event,
   two of one id; with file and line. */
Rc obligations_load(const char *law, const char *own, const Feeds *feeds, TextHash *hash, Arena *a, Obligations *out, Error *err) MUST_USE;

/* A reading from its text, as an approval keeps it. Lives in a. RC_FATAL: it is none. */
Rc reading_parse(const char *text, TextHash *hash, Arena *a, Reading *out, Error *err) MUST_USE;

/* Types of events that may be reported; ends with NULL. */
extern const char *const event_types[];
bool event_type_known(const char *type);
#define EVENT_SUPPORT "support-request"      /* one was handed in; how the others of it begin */
#define EVENT_HANDED_OVER "handed-over"                    /* the administrator took a delivery; made by acknowledgements only */
