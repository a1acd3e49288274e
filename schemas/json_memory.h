/* Memory for cJSON while one element is read: taken from a block of the thread's own and given back all at once, instead of by dozens of malloc and free. */
#pragma once

void json_memory_begin(void);       /* what cJSON allocates on this thread from now on … */
void json_memory_end  (void);       /* … is gone now; calls nest */
