/* Heartbeats, and processes that serve. */
#pragma once
#include "persistence/db.h"

/* What is signed: minute, process and moment of writing, RFC 3339. */
#define HEARTBEAT_TEXT "nqs-heartbeat-1\n%s\n%s\n%s\n"

Rc heartbeat_write(Db *db, Instant minute, const char *process, Instant now, const unsigned char signature[64], Error *err) MUST_USE;
/* oldest_upload 0: none is under way. Processes not heard of for a day are forgotten. */
Rc process_write(Db *db, const char *process, Instant now, Instant oldest_upload, Error *err) MUST_USE;
Rc process_end  (Db *db, const char *process, Error *err) MUST_USE;
/* Times without a heartbeat between two whole minutes, these included, as a JSON list of {from, to, minutes}. */
Rc heartbeat_gaps(Db *db, Instant from, Instant to, Arena *a, const char **json, Error *err) MUST_USE;
/* All between two instants: minute, process, at (RFC 3339 as it was signed), signature. */
Rc heartbeats_list(Db *db, Instant from, Instant to, Rows *out, Error *err) MUST_USE;
