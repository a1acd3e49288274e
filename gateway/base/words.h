/* Eight bytes at a time: how the scanners of this folder find the next byte that matters. Internal to gateway/base. */
#pragma once
#include <endian.h>
#include <stdint.h>
#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (unsigned char)(byte))

/* The first byte of s is the lowest of the word, on every machine. */
static inline uint64_t word_load(const char *s)
{
    uint64_t w;
    memcpy(&w, s, sizeof w);
    return le64toh(w);
}

/* Both mark bytes by their top bit; the lowest mark is exact, marks above it may be false. */
static inline uint64_t word_equal(uint64_t w, char c)
{
    uint64_t t = w ^ EACH(c);
    return (t - EACH(1)) & ~t & EACH(0x80);
}
static inline uint64_t word_control(uint64_t w) { return (w - EACH(0x20)) & ~w & EACH(0x80); }

/* The first a, b, c or byte below 0x20 from `at` on; `end` if there is none. */
static inline const char *skip_plain(const char *at, const char *end, char a, char b, char c)
{
    for (; end - at >= 8; at += 8) {
        uint64_t w = word_load(at);
        uint64_t found = word_equal(w, a) | word_equal(w, b) | word_equal(w, c) | word_control(w);
        if (found)
            return at + (__builtin_ctzll(found) >> 3);
    }
    while (at < end && (unsigned char)*at >= 0x20 && *at != a && *at != b && *at != c)
        at++;
    return at;
}
