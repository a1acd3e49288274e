/* Has this key been met before in this settlement, and how often? 64-bit fingerprints in bounded memory. Two keys of one fingerprint only
   cost an extra round of the merge, never a wrong answer. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t *met;         size_t met_size, met_n;         /* open addressing; 0 = free */
    struct KeyCount { uint64_t key; uint32_t n; } *again;  size_t again_size, again_n;
    bool      overflow;    /* more keys than the ceiling: rounds are counted by the database instead */
} KeyFilter;

unsigned key_filter_round(KeyFilter *f, const void *key, size_t n);   /* 1 for the first, 2 for the second, … */
void     key_filter_many(KeyFilter *f);                               /* of an empty filter: very many keys will come. Growing by doubling would hold half as much again for a moment */
void     key_filter_clear(KeyFilter *f);                              /* gives the memory back */
