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

/* Reading has stopped there, since now, until mark_resume. */
Rc mark_stop(Db *db, const Mark *m, const char *why, Instant now, Error *err) MUST_USE;

/* Moves the mark over one message that is part of no delivery, and keeps it: part is packed, under the key and id of a. RC_REJECT mark_moved. */
Rc mark_bury(Db *db, const Mark *m, const Arrival *a, const Buffer *part, const Error *why, Instant now, Error *err) MUST_USE;

/* Begins a delivery of many messages, or finds it. RC_REJECT disagree {what} {was} {is}: it was begun with another period or kind. RC_REJECT stream_complete: it has ended. */
Rc stream_open(Db *db, int party, const Claim *about, const char *supplier_id, Instant now, char id[ID_SIZE], Error *err) MUST_USE;
