/* The events of one parcel, read slice by slice from the rows and history of its feed; between slices nothing is open. */
#pragma once
#include "gateway/flow/gateway.h"
#include "persistence/outbox.h"

typedef struct {
    Desk              *d;
    const Publication *p;
    const OutboxRow   *row;                /* where the first slice begins */
    Arena             *arena[2];           /* of this slice and the one before: what positions point at outlives the next slice */
    unsigned           turn;
    Position           last;               /* behind all rows read so far, whether they became events or not */
    int64_t            records;            /* of a snapshot so far … */
    unsigned char      digest[HASH_SIZE];  /* … and their digest */
    bool               begun, done;
    /* The slice: each event with the place behind it, and records and digest up to it. */
    Event             *events;
    struct EventMark { Position at; int64_t records; unsigned char digest[HASH_SIZE]; } *marks;
    size_t             n;
} EventReader;

void events_begin(EventReader *r, Desk *d, const Publication *p, const OutboxRow *row);
/* The next slice; it may be empty. RC_END: there are no more. */
Rc   events_next (EventReader *r, Error *err) MUST_USE;
void events_end  (EventReader *r);
