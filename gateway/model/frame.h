/* The kept bytes of an envelope that came by Kafka: a head, then one frame for each message, all of it exactly as the broker gave it.

   Head:   "NQSK", version (1 byte: 1), partition (4), length of the topic (2), topic.
   Frame:  bytes that follow (4), offset (8), timestamp in ms (8), its type (1: 0 none, 1 set by the producer, 2 by the broker), bytes of all headers (4), length of the key (4),
           length of the value (4), headers, key, value.
   Header: length of the name (2), length of the value (4), name, value.
   Numbers are unsigned and big-endian, most significant byte first, but for offset and timestamp, which are signed; a length of FFFFFFFF says that there is none (null). */
#pragma once
#include "gateway/base/buffer.h"

enum { FRAME_FIXED = 33, FRAMES_HEAD = 11 };

/* Nothing is copied: it lives as long as the bytes it was read from. */
typedef struct {
    int64_t     offset, timestamp;
    int         time;                           /* type of the timestamp */
    const char *headers, *key, *value;          /* key, value NULL: there is none */
    size_t      headers_len, key_len, value_len;
} Frame;

void frames_head (Buffer *out, const char *topic, int partition);
void frame_header(Buffer *headers, const char *name, const void *value, size_t len);     /* appends one header; value NULL: null */
void frame_write (Buffer *out, const Frame *f);

/* What the type of an event ends in, behind a point, that ends a delivery of many messages: it holds no record. */
#define FRAME_END "delivery-completed"

/* Does a head begin here? (Frames are never so long that their length reads like one.) */
bool frames_head_is(const char *bytes, size_t n);
/* The size of the head or frame that begins here; 0: too few bytes to tell. A size may be larger than n: then the rest is still to come. */
size_t frames_head_size(const char *bytes, size_t n);
size_t frame_size      (const char *bytes, size_t n);
/* False: that is none. The bytes are whole. */
bool frames_head_read(const char *bytes, size_t n, int *partition);
bool frame_read      (const char *bytes, size_t n, Frame *out);

/* The first header whose name is begin and name, one behind the other; NULL: there is none, or it is null. */
const char *frame_header_find(const Frame *f, const char *begin, const char *name, size_t *len);

/* The header at *at, 0 at first, which becomes the place of the next. False: there are no more. value NULL: it is null. */
typedef struct { const char *name, *value; size_t name_len, value_len; } FrameHeader;
bool frame_header_next(const Frame *f, size_t *at, FrameHeader *out);
