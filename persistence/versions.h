/* The versions of records that one settlement made current, in the order in which it did: what is published of it. */
#pragma once
#include "persistence/outbox.h"
#include "persistence/table.h"

typedef struct {
    int64_t  settlement;
    Position after, until;
    bool     former;               /* with what each stood for before */
    unsigned limit;
} VersionsAsked;

/* Begins the answer; rows by stream_next. Columns: the fields as in report_records, then period, number, settlement, seq, withdrawn (ground or null); with `former`,
   whether a version was there before that was not withdrawn, and its fields. */
Rc versions_read(Db *db, const Table *t, const VersionsAsked *asked, Error *err) MUST_USE;

/* Indexes by which the versions of a settlement are found at once; made where they are missing. Only feeds whose changes are published need them. */
Rc versions_index(Db *db, const Table *t, Error *err) MUST_USE;
