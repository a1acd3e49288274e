/* The inbox: envelopes between the door and work. */
#pragma once
#include "gateway/model/envelope.h"
#include "gateway/model/party.h"
#include "gateway/model/record.h"
#include "persistence/db.h"
#include "persistence/pack.h"

/* An envelope on its way in. The door fills it; persistence writes it. Texts are borrowed. */
typedef struct {
    char          id[ID_SIZE];
    int           party;
    Claim         about;
    char          month[11];                 /* first day of the month of receipt, "2026-11-01" */
    unsigned char key[KEY_SIZE];             /* of its parts */
    unsigned char wrapped[WRAPPED_SIZE];     /* the same under the key of feed and month */
    Format        format;
    PayloadForm   form;
    const char   *xml_prologue;
    const char   *mapping;                   /* by whose rules it is read; NULL: the canonical form */
    const char   *file_name;                 /* NULL: none */
    uint64_t      kept_bytes, payload_offset, payload_length;
    unsigned char digest_payload[DIGEST_SIZE];
    int           parts;                     /* committed so far */
} Arrival;

/* What the inbox knows before the deciding commit. */
typedef struct {
    int64_t number;                          /* drawn for this delivery */
    bool    repeat, other_content;           /* same message id, or same as the latest: its receipt is in receipt / with another payload */
    char    id[ID_SIZE];                     /* of the first one, when repeat */
    int64_t first_number;
    const char *receipt;  size_t receipt_len;   /* lives in the arena */
    bool    idle;                            /* nothing waits to be worked */
} Precedent;

/* Wraps a->key by the key of its feed and month, making that key (and the month's partition) at first need. */
Rc inbox_key(Db *db, Vault *v, Arrival *a, Error *err) MUST_USE;

/* Is the vault's key the one under which this database was written? RC_FATAL: it is another. */
Rc inbox_key_fits(Db *db, Vault *v, Error *err) MUST_USE;

/* Commits one more part, under an upload row. */
Rc inbox_part(Db *db, Arrival *a, const Buffer *part, Instant now, Error *err) MUST_USE;

/* One envelope about to be kept. The caller fills the first five, then receipt and committed once the precedent is known. */
typedef struct {
    const Arrival *a;
    const Meta    *m;
    const Buffer  *part;                     /* the last part, packed */
    Arena         *arena;                    /* for what is found */
    Precedent      precedent;                /* found by inbox_precedents */
    Instant        committed;
    const char    *receipt;  size_t receipt_len;
    bool           kept;                     /* by inbox_keep; false: another delivery with this message id was quicker, ask again */
} Keep;

/* Numbers, and what is known of each already. ask_idle: whether nothing waits to be worked is worth asking. *access: the state of all access now.
   Until they are kept or undrawn nothing of the same party and feed above these numbers is claimed: deliveries are worked in the order of their numbers, whatever the order of
   their commits. */
Rc inbox_precedents(Db *db, Keep *const *k, size_t n, bool ask_idle, long long *access, Error *err) MUST_USE;

/* The deciding commit, of all n at once: last parts, envelopes, places in the queue, ends of uploads. */
Rc inbox_keep(Db *db, Keep *const *k, size_t n, Error *err) MUST_USE;

/* The same of envelopes that came from one partition, in the order of their offsets (of a stream: one at a time): their mark is moved in the same commit. RC_REJECT mark_moved: it did not stand where the first one
   begins, somebody else keeps what comes from there; nothing is kept. */
Rc inbox_keep_marked(Db *db, Keep *const *k, size_t n, Error *err) MUST_USE;

/* After inbox_precedents that inbox_keep did not follow, or that failed: the numbers never will be kept. */
void inbox_undraw(Db *db);

Rc inbox_drop (Db *db, const Arrival *a, Error *err) MUST_USE;                /* removes the parts of an upload that does not become an envelope */
Rc inbox_sweep(Db *db, Instant older_than, int *removed, Error *err) MUST_USE; /* the same for all uploads not seen since */

/* An envelope as work sees it. Lives in the arena it was claimed into. */
typedef struct {
    char        id[ID_SIZE], month[11];
    int64_t     number;
    const char *period;
    Kind        kind;
    Format      format;
    PayloadForm form;
    const char *xml_prologue, *mapping;
    uint64_t    kept_bytes, payload_offset, payload_length;
    Instant     committed;
    int         parts, attempt;
    const char *source;
    const char *stream;                /* the delivery whose batches are worked with it (nqs.stream); NULL: none, its payload is its own */
    const char *sums;                  /* the delivery whose batches were worked before it, its end (nqs.stream); NULL: none */
    unsigned char key[KEY_SIZE];
} Envelope;

/* One (party, feed) whose oldest envelopes are this thread's until claim_end; a session lock holds others off. */
typedef struct {
    int         party;
    char        bin[BIN_SIZE];
    const char *feed;
    Envelope   *at;  size_t n;         /* in order of number; more than one only of kind changes, all small */
    int64_t     lock;
} Claimed;

enum { GROUP_ENVELOPES = 128, GROUP_BYTES = 768 * 1024, ATTEMPTS = 3 };

/* Their ids as the text of a uuid[]. */
void claimed_ids(const Claimed *c, Buffer *out);

/* Which (party, feed), by its lock, is to be passed over. */
typedef struct { bool (*is)(void *self, int64_t lock); void *self; } Resting;

/* RC_END: nothing to do. Counts the attempt in a commit of its own; an envelope with ATTEMPTS behind it, since the server was started, is set aside. resting may be
   NULL. */
Rc   inbox_claim(Db *db, const Vault *v, Arena *a, const Resting *resting, Claimed *out, Error *err) MUST_USE;
void inbox_release(Db *db, const Claimed *c);

/* Takes the attempt back that inbox_claim counted. */
Rc   inbox_uncount(Db *db, const Claimed *c, Error *err) MUST_USE;
/* The same when the claim was given back meanwhile; done: false when somebody is at work there just now. */
Rc   inbox_uncount_late(Db *db, const Claimed *c, bool *done, Error *err) MUST_USE;

/* Locks the claimed envelopes for the settling transaction. RC_RETRY: somebody else has closed or taken them. */
Rc   inbox_relock(Db *db, const Claimed *c, Error *err) MUST_USE;

/* The parts of an envelope in order, unpacked; append one to out. RC_END: no more after `no`. */
Rc   inbox_read(Db *db, const Envelope *e, int no, Buffer *out, Error *err) MUST_USE;
/* All parts of a small group in one call, one buffer each. */
Rc   inbox_read_group(Db *db, const Claimed *c, Buffer *out, Error *err) MUST_USE;
Rc   envelope_find(Db *db, const Vault *v, const char *id, Arena *a, Envelope *out, int *party, const char **feed, Error *err) MUST_USE;  /* RC_REJECT not_found */

/* Is a whole delivery (not changes) of the same (party, feed, period) with a higher number settled already; any with a lower number; any other of any period? */
Rc   inbox_neighbours(Db *db, const Claimed *c, bool *newer, bool *earlier, bool *earlier_any_period, Error *err) MUST_USE;

/* How one envelope ends. */
typedef struct {
    const Envelope *e;
    const char *refused_code;          /* refused as a whole; NULL: settled */
    const char *refused_arg[ERROR_ARGS];
    int      first_seq, last_seq;
    int      counts[OUTCOME_REFUSED + 1];
    unsigned n_findings;               /* all, the stored ones and the rest */
    const Buffer *outcomes;            /* squeezed nibbles */
} Closing;
Rc   inbox_close(Db *db, const Claimed *c, const Closing *closings, size_t n, int64_t settlement, Instant now, Error *err) MUST_USE;

/* The settlement's place in the order of commits. settlement_lock is the short lock: the clock is read under it, and nothing but the write and the commit follow. */
Rc   settlement_lock (Db *db, Error *err) MUST_USE;
Rc   settlement_draw (Db *db, int64_t *id, Error *err) MUST_USE;
/* envelopes: the text of a uuid[]. */
Rc   settlement_write(Db *db, int64_t id, const Claimed *c, const char *envelopes, Instant now, Error *err) MUST_USE;

/* Puts a delivery back to be worked once more (a refused or set-aside one). RC_REJECT not_found / settled. */
Rc   inbox_replay(Db *db, const char *id, Error *err) MUST_USE;
Rc   inbox_done(Db *db, const char *const *ids, size_t n, bool *done, Error *err) MUST_USE;

/* So many deliveries of a party were turned away in a minute because we were too busy (nqs.turned_away); feed "": it was not said yet. */
Rc attempts_write(Db *db, int party, const char *feed, Instant minute, int64_t n, Error *err) MUST_USE;
