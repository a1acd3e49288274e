/* The C library's heap, held small: what a large document needed for a moment goes back to the system. Any thread. */
#pragma once
#include <stddef.h>

void heap_tame(void);                    /* once, before there are threads */

/* bytes of documents were dealt with: what they left in pieces between what lives on is given back at the next rest, or at once when it has become much. */
void heap_worked(size_t bytes);
void heap_rest(void);                    /* somebody has nothing to do: costs nothing when little was dealt with */
