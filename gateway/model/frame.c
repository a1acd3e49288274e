#include "gateway/model/frame.h"
#include <endian.h>
#include <string.h>

static const char magic[5] = "NQSK\1";
enum { NONE = 0xFFFFFFFF, HEADER_FIXED = 6 };

static void put16(Buffer *b, size_t n) { uint16_t x = htobe16((uint16_t)n); buffer_add(b, &x, sizeof x); }
static void put32(Buffer *b, size_t n) { uint32_t x = htobe32((uint32_t)n); buffer_add(b, &x, sizeof x); }
static void put64(Buffer *b, int64_t n) { uint64_t x = htobe64((uint64_t)n); buffer_add(b, &x, sizeof x); }

static size_t get16(const char *at) { uint16_t x; memcpy(&x, at, sizeof x); return be16toh(x); }
static size_t get32(const char *at) { uint32_t x; memcpy(&x, at, sizeof x); return be32toh(x); }
static int64_t get64(const char *at) { uint64_t x; memcpy(&x, at, sizeof x); return (int64_t)be64toh(x); }

void frames_head(Buffer *out, const char *topic, int partition)
{
    buffer_add(out, magic, sizeof magic);
    put32(out, (size_t)partition);
    put16(out, strlen(topic));
    buffer_text(out, topic);
}

void frame_header(Buffer *headers, const char *name, const void *value, size_t len)
{
    put16(headers, strlen(name));
    put32(headers, value ? len : NONE);
    buffer_text(headers, name);
    if (value)
        buffer_add(headers, value, len);
}

void frame_write(Buffer *out, const Frame *f)
{
    size_t key = f->key ? f->key_len : 0, value = f->value ? f->value_len : 0;
    put32(out, FRAME_FIXED - 4 + f->headers_len + key + value);
    put64(out, f->offset);
    put64(out, f->timestamp);
    buffer_char(out, (char)f->time);
    put32(out, f->headers_len);
    put32(out, f->key ? key : NONE);
    put32(out, f->value ? value : NONE);
    buffer_add(out, f->headers_len ? f->headers : "", f->headers_len);
    buffer_add(out, key ? f->key : "", key);
    buffer_add(out, value ? f->value : "", value);
}

bool frames_head_is(const char *bytes, size_t n) { return n >= 4 && memcmp(bytes, magic, 4) == 0; }
size_t frames_head_size(const char *bytes, size_t n) { return n < FRAMES_HEAD ? 0 : FRAMES_HEAD + get16(bytes + 9); }
size_t frame_size(const char *bytes, size_t n) { return n < 4 ? 0 : 4 + get32(bytes); }

bool frames_head_read(const char *bytes, size_t n, int *partition)
{
    if (n < FRAMES_HEAD || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    *partition = (int)get32(bytes + 5);
    return true;
}

bool frame_read(const char *bytes, size_t n, Frame *out)
{
    if (n < FRAME_FIXED)
        return false;
    size_t headers = get32(bytes + 21), key = get32(bytes + 25), value = get32(bytes + 29);
    size_t key_len = key == NONE ? 0 : key, value_len = value == NONE ? 0 : value;
    if (FRAME_FIXED + headers + key_len + value_len != n)
        return false;
    const char *at = bytes + FRAME_FIXED;
    *out = (Frame){ .offset = get64(bytes + 4), .timestamp = get64(bytes + 12), .time = bytes[20], .headers = at, .headers_len = headers,
                    .key = key == NONE ? NULL : at + headers, .key_len = key_len,
                    .value = value == NONE ? NULL : at + headers + key_len, .value_len = value_len };
    return true;
}

bool frame_header_next(const Frame *f, size_t *at, FrameHeader *out)
{
    const char *begin = f->headers + *at;
    size_t left = f->headers_len - *at;
    if (left < HEADER_FIXED)
        return false;
    size_t name = get16(begin), value = get32(begin + 2), value_len = value == NONE ? 0 : value;
    if (name + value_len > left - HEADER_FIXED)
        return false;
    *out = (FrameHeader){ begin + HEADER_FIXED, value == NONE ? NULL : begin + HEADER_FIXED + name, name, value_len };
    *at += HEADER_FIXED + name + value_len;
    return true;
}

const char *frame_header_find(const Frame *f, const char *begin, const char *name, size_t *len)
{
    FrameHeader h;
    size_t first = strlen(begin), wanted = strlen(name);
    for (size_t at = 0; frame_header_next(f, &at, &h);)
        if (h.name_len == first + wanted && memcmp(h.name, begin, first) == 0 && memcmp(h.name + first, name, wanted) == 0) {
            *len = h.value_len;
            return h.value;
        }
    return NULL;
}
