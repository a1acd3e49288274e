/* What is complained about in a delivery, and what became of each record: collected while it is worked, written in its settlement. */
#pragma once
#include "gateway/model/record.h"
#include "persistence/inbox.h"

enum { FINDINGS_STORED = 10000 };

/* A finding of one envelope; texts live as long as the list they are in. */
typedef struct { const char *envelope; int no; Finding f; } StoredFinding;

/* Replaces the findings of the envelopes named in the list. */
Rc findings_write(Db *db, const StoredFinding *list, size_t n, Error *err) MUST_USE;
Rc findings_clear(Db *db, const Claimed *c, Error *err) MUST_USE;

/* Four bits a record. */
typedef struct { unsigned char *at; size_t n, size; } Outcomes;
void    outcomes_set (Outcomes *o, size_t i, Outcome what);        /* grows; i counts from 0 */
Outcome outcomes_get (const Outcomes *o, size_t i);
void    outcomes_free(Outcomes *o);
/* The nibbles of records first … last (0-based, inclusive), squeezed. */
void    outcomes_pack(const Outcomes *o, size_t first, size_t n, Buffer *out);
