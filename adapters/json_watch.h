/* Looks at a few members of a JSON document as it goes by, in little memory whatever its length. The guard (gateway/base/guard.h) must have seen the
   bytes before: that they are JSON is taken for granted. */
#pragma once
#include "gateway/flow/intake.h"

typedef enum { WATCH_NONE, WATCH_TEXT, WATCH_NUMBER, WATCH_LITERAL, WATCH_ARRAY, WATCH_OBJECT } WatchKind;

typedef struct {
    const char *path;           /* names of members from the root, with points between; NULL: never seen */
    WatchKind   kind;           /* WATCH_NONE: not there */
    char        text[2048];     /* of a text (escapes undone), number or literal; cut when longer */
    size_t      len;
    uint64_t    n;              /* how many elements or members an array or object has */
} Watched;

enum { WATCHED_MOST = 8, WATCH_DEPTH = 64 };

typedef struct {
    Watched *of;  size_t n_of;
    Digest  *digest;            /* of the bytes of the value of of[digest_of]; NULL: not wanted */
    size_t   digest_of;
    unsigned matched[WATCHED_MOST], open[WATCHED_MOST];      /* names matched; the depth at which its container is open, 0: it is not */
    bool     pending[WATCHED_MOST], reading[WATCHED_MOST];
    bool     in_object[WATCH_DEPTH + 2];
    unsigned depth;
    bool     in_text, is_key, escaped, in_scalar, key_next;
    int      hex;               /* digits of \uXXXX still to come */
    unsigned unit;
    char     key[260];
    size_t   key_len;
} JsonWatch;

/* of: their paths filled in, the rest is written here. */
void json_watch_begin(JsonWatch *w, Watched *of, size_t n_of);
void json_watch_feed (JsonWatch *w, const char *bytes, size_t n);
