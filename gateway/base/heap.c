#include "gateway/base/heap.h"
#include <malloc.h>
#include <stdatomic.h>

/* glibc keeps what is freed between blocks that live on, in every arena: after large hostile documents that came to 30 MB. */
enum { WORTH_A_REST = 1 << 20, WORTH_IT_NOW = 64 << 20 };

static atomic_size_t since;              /* bytes dealt with after it was last given back */

/* Many threads that each hold little: few heaps, and large blocks (scrypt takes 16 MB for a moment) always go back to the system. Left to itself glibc
   would come to keep such a block in the heap of every thread. */
void heap_tame(void)
{
    mallopt(M_ARENA_MAX, 4);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

static void give_back_from(size_t least)
{
    if (atomic_load_explicit(&since, memory_order_relaxed) >= least && atomic_exchange(&since, 0) >= least)
        (void)malloc_trim(0);
}

void heap_worked(size_t bytes)
{
    atomic_fetch_add_explicit(&since, bytes, memory_order_relaxed);
    give_back_from(WORTH_IT_NOW);
}

void heap_rest(void) { give_back_from(WORTH_A_REST); }
