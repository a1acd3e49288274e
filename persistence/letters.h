/* Letters: rows of the outbox that are one event each, told over the broker. Those of one recipient go out in their order. */
#pragma once
#include "persistence/inbox.h"

/* Routes of the outbox; no publication can have such a name. */
#define LETTERS_OF_DELIVERIES "kafka.deliveries"
#define LETTERS_OF_DEAD       "kafka.dead"

/* Within the closing transaction, once its envelopes are closed: a letter for each that is a delivery (not one of the batches of a larger one). all false: only of those that came by Kafka. */
Rc letters_closed(Db *db, const Claimed *c, bool all, Instant now, Error *err) MUST_USE;
/* The same for deliveries that were set aside and of which nobody was told yet. */
Rc letters_aside (Db *db, bool all, Instant now, Error *err) MUST_USE;

/* Columns that every list begins with. */
enum { LETTER_ID, LETTER_SINCE, LETTER_REFERENCE, LETTER_RECIPIENT, LETTER_ATTEMPTS, LETTER_OWN };
/* Those that are due, at most `most`, by recipient, then in order; none of a recipient of whom one waits for later. LETTER_SINCE: rows_instant. Own columns: of deliveries the party and its
   language; of dead messages topic, partition, offset, code. */
Rc letters_of_deliveries(Db *db, Instant now, unsigned most, Rows *out, Error *err) MUST_USE;
Rc letters_of_dead      (Db *db, Instant now, unsigned most, Rows *out, Error *err) MUST_USE;

/* n rows of such a list from the first on. */
typedef struct { const char *route; const Rows *rows; int first, n; } LettersOf;
Rc letters_sent (Db *db, const LettersOf *l, Instant now, Error *err) MUST_USE;
Rc letters_later(Db *db, const LettersOf *l, Instant next_at, const char *why, Error *err) MUST_USE;
Rc letters_dead (Db *db, const LettersOf *l, const char *why, Error *err) MUST_USE;          /* they are dead letters */
