/* The text of a reading. Internal to schemas/obligations*.c. */
#pragma once
#include "schemas/obligations.h"

/* Fills in text and hash from the rest of it and its norm. */
void reading_write(const Obligation *o, Reading *r, TextHash *hash, Arena *a);
