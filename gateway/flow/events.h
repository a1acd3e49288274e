/* The events of one parcel, read slice by slice from the rows and history of its feed; between slices nothing is open. */
#pragma once
#include "gateway/flow/gateway.h"
#include "persistence/outbox.h"

/* Each event with the place behind it, and records and digest up to it; last: behind all rows that were read, whether they became events or not. */
typedef struct { Position at; int64_t records; unsigned char digest[HASH_SIZE]; } EventMark;
typedef struct { Event *events; EventMark *marks; size_t n; Position last; } EventSlice;

enum { SLICES_ALIVE = 3 };                 /* a slice, and what its positions point at, is good until so many others were read */

typedef struct {
    Desk              *d;
    const Publication *p;
    const OutboxRow   *row;                /* where the first slice begins */
    Arena             *arena[SLICES_ALIVE];
    unsigned           turn;
    Position           last;               /* behind all rows read so far, whether they became events or not */
    int64_t            records;            /* of a snapshot so far … */
    unsigned char      digest[HASH_SIZE];  /* … and their digest */
    bool               begun, done;
    EventSlice         slice;              /* the one being made */
    Buffer             text;
    /* What many events have in common. */
    char               time[INSTANT_TEXT], snapshot[24], type[2][128];
} EventReader;

void events_begin(EventReader *r, Desk *d, const Publication *p, const OutboxRow *row);
/* The next slice; it may be empty. RC_END: there are no more. */
Rc   events_next (EventReader *r, EventSlice *out, Error *err) MUST_USE;
void events_end  (EventReader *r);
