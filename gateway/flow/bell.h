/* Rung when something was kept, so that an idle worker of the same process looks at once instead of at its next round. Missing a ring costs only that round. */
#pragma once

typedef struct Bell Bell;

Bell *bell_new (void);
void  bell_free(Bell **b);
void  bell_ring(Bell *b);
/* Returns at a ring since the last return, or after ms. */
void  bell_wait(Bell *b, long ms);
