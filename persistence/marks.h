/* How far the partitions of Kafka are read; deliveries of many messages; messages that are part of no delivery. */
#pragma once
#include "gateway/base/buffer.h"
#include "persistence/inbox.h"

/* $n… of a statement: cluster, topic, partition, first, next. */
void mark_args (const Mark *m, int64_t next, Args *args);
/* RC_REJECT mark_moved {topic} {partition} {first}. */
Rc   mark_moved(const Mark *m, Error *err);

/* Where the partition is read from. Where nothing of it was ever read: *beginning, which is written down then; RC_END when that is NULL. trouble: why reading has stopped (size bytes), ""
   when it has not. */
Rc mark_read(Db *db, const Mark *partition, const int64_t *beginning, int64_t *next, char *trouble, size_t size, Error *err) MUST_USE;

/* Moves the mark over messages that are kept already, or need not be. RC_REJECT mark_moved. */
Rc mark_pass(Db *db, const Mark *m, Error *err) MUST_USE;

/* Notes of n partitions how far they are read; a moment never goes back. */
Rc marks_read(Db *db, const char *cluster, const MarkRead *at, size_t n, Error *err) MUST_USE;

/* Reading has stopped there, since now, until mark_resume. */
Rc mark_stop(Db *db, const Mark *m, const char *why, Instant now, Error *err) MUST_USE;

/* A stopped partition is read again, from `next` on; *was becomes where it stood. RC_REJECT kafka_not_stopped {topic} {partition}. One partition of that name in each cluster. */
Rc mark_resume(Db *db, const char *topic, int partition, int64_t next, int64_t *was, Error *err) MUST_USE;

/* All of them: cluster, topic, partition, next, trouble, since (RFC 3339). */
Rc marks_list(Db *db, Rows *out, Error *err) MUST_USE;

/* For those who watch; answered within so many ms or not at all (RC_RETRY). First a row of sums: open deliveries of many messages, since when the oldest is (rows_instant), messages put aside.
   Then a row for each partition: topic, partition, messages that are not kept yet, has reading stopped, up to when it is read (rows_instant). */
Rc marks_report(Db *db, int ms, Rows *out, Error *err) MUST_USE;

/* As JSON lists: open deliveries of many messages with their age and what is missing, oldest first; messages that are part of no delivery, newest first. */
Rc streams_list(Db *db, Instant now, Buffer *json, Error *err) MUST_USE;
Rc buried_list (Db *db, int limit, Buffer *json, Error *err) MUST_USE;

/* A message that is part of no delivery, and why: parts: a bytea[], packed under the key and id of a. */
typedef struct {
    const Arrival *a;
    const Buffer  *parts;
    const Error   *why;
    const char    *route;           /* a reference to it goes out on that route of the outbox; NULL: none does */
} Burial;
/* Moves the mark over it and keeps it. RC_REJECT mark_moved. */
Rc mark_bury(Db *db, const Mark *m, const Burial *b, Instant now, Error *err) MUST_USE;

/* Its bytes, as a list of frames has them (gateway/model/frame.h), appended to out. RC_REJECT not_found. */
Rc buried_read(Db *db, const Vault *v, const char *id, Buffer *out, Error *err) MUST_USE;

/* A delivery of many messages. */
typedef struct {
    int          party;
    const Claim *about;
    const char  *supplier_id;
    bool         held;              /* it is worked when it is complete */
    int64_t      expected;          /* as this message, its end, says; ENDLESS: it is not its end */
} Stream;

/* Begins it, or finds it. RC_REJECT disagree {what} {was} {is}: it was begun with another period or kind, or ended with another number. RC_REJECT stream_complete: it is complete. */
Rc stream_open(Db *db, const Stream *s, Instant now, char id[ID_SIZE], Error *err) MUST_USE;

/* Counts those whose end has come and that have had messages since they were counted last; those that are all there are complete, and wait to be worked. *n: how many became so. */
Rc streams_complete(Db *db, Instant now, int *n, Error *err) MUST_USE;

/* Of a stream that is worked as it comes and whose batches all are: its end gets the sums of their outcomes and findings. */
Rc stream_sum(Db *db, const char *stream, Error *err) MUST_USE;

/* Which batch of such a delivery holds its finding or record number `at`, counted from 0 through all of them. */
typedef enum { PART_FINDINGS, PART_RECORDS } PartOf;
typedef struct {
    char    id[ID_SIZE];            /* the delivery itself, when it has no such batches or not so many */
    int64_t at, n;                  /* the number there, and how many it has; 0: the delivery itself */
} StreamPart;
Rc stream_part(Db *db, const char *delivery, PartOf what, int64_t at, StreamPart *out, Error *err) MUST_USE;

/* The ids of the envelopes of a stream, in the order of topic, partition and offset, as a text of ids with a space behind each. */
Rc stream_batches(Db *db, const char *stream, Buffer *out, Error *err) MUST_USE;
