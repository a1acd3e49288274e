/* Inside the Kafka source. */
#pragma once
#include "adapters/kafka.h"
#include "gateway/model/format.h"
#include "gateway/model/frame.h"
#include <librdkafka/rdkafka.h>

enum { TOPIC_SIZE = 250 };          /* Kafka allows 249 letters */

/* What a message says of itself. */
typedef enum { EVENT_RECORD, EVENT_END, EVENT_DOCUMENT } EventWhat;
typedef struct {
    EventWhat what;
    Format    format;               /* of a document, or of a record's value */
    Claim     claim;
    char      delivery[MESSAGE_ID_SIZE];        /* the supplier's id of it; "": it is one of its own */
    char          mapping[FEED_SIZE];   /* by which it is to be read; "": the one that is bound to the sender, if any */
    int64_t       expected;             /* of an end: how many records the delivery has */
    unsigned char id[EVENT_ID];         /* what is kept of source and id */
} Event;

/* Messages of one partition and delivery that are going to be kept together. */
typedef struct {
    Event   event;
    Buffer  frames, ids;
    int     messages;
    /* Of messages that are deliveries of their own: where each ends in frames, and the offset behind it. */
    size_t  end[DOORS_TOGETHER];
    int64_t next[DOORS_TOGETHER];
    int64_t opened_ms;
    Instant first_byte;
} Batch;

typedef enum {
    PART_WAITS,                     /* for its mark to be asked for, not before until_ms */
    PART_READS,
    PART_STOPPED,                   /* in trouble; whether it still is will be asked at until_ms */
} PartState;

/* A partition that the group has given us. */
typedef struct {
    char      topic[TOPIC_SIZE], bin[BIN_SIZE], feed[FEED_SIZE];
    int       partition;
    PartState state;
    int64_t   until_ms;
    int64_t   kept;                 /* the mark as we know it: everything before it is kept */
    int64_t   next;                 /* everything before it is kept or in the batch */
    int64_t   shown;                /* committed to the broker */
    int64_t   eof;                  /* the broker had nothing behind it, when it was asked for messages; -1: it has not said so */
    int64_t   ends;                 /* where it ended at `asked`; 0: it was not asked yet */
    Instant   asked;
    int64_t   alone;                /* messages before that offset are kept each by itself, since together they were refused */
    Batch     batch;
} Part;

struct KafkaSource {
    const Gateway *g;
    const Kafka   *about;
    Desk          *desk;
    rd_kafka_t    *rk;
    char           cluster[64];
    Part         **parts;  size_t n_parts;
    size_t         last;            /* the part of the latest message */
    size_t         held;            /* bytes in all batches */
    size_t         fetched;         /* bytes taken since more were asked for */
    Buffer         frame, headers;
    Digest        *digest;          /* of the id of a message */
    int64_t        look_ms, show_ms, ends_ms;   /* when is looked for what is due, when offsets are shown to the broker, when it is asked where partitions end */
};

int64_t kafka_now_ms(void);

/* kafka_open.c: connects nowhere yet. RC_FATAL: a property, or the pattern, is not understood. */
Rc kafka_open(KafkaSource *s, Error *err) MUST_USE;
/* The same, without joining the group. */
Rc kafka_connect(KafkaSource *s, Error *err) MUST_USE;

/* kafka_event.c. RC_REJECT: what it says makes no sense, or is not what its topic says. */
Rc event_read(const KafkaSource *s, const Part *p, const Frame *f, Event *out, Error *err) MUST_USE;

/* kafka_acknowledge.c: a topic nqs.in.<BIN of the administrator>.acknowledgements, each message {"delivery": ID, "records": N}. Told twice is told once.
   RC_REJECT: it makes no sense, or as report_handed_over. */
bool part_acknowledges(const Part *p);
Rc acknowledgement_take(KafkaSource *s, const Part *p, const Frame *f, Error *err) MUST_USE;

/* kafka_assign.c: what the group gives and takes. */
void  parts_given (KafkaSource *s, const rd_kafka_topic_partition_list_t *list);
void  parts_taken (KafkaSource *s);
rd_kafka_resp_err_t partitions_assign(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *list);      /* rd_kafka_assign, and until it has been done; list NULL: none */
Part *part_find   (KafkaSource *s, const char *topic, int partition);       /* NULL: it is not ours */
/* Asks for the marks of those that wait, and reads what may be read. */
Rc    parts_place (KafkaSource *s, Error *err) MUST_USE;
/* Nothing of it is in hand any more; it is read again from its mark, not before `ms` from now. */
void  part_again  (KafkaSource *s, Part *p, int64_t ms);
void  parts_again (KafkaSource *s);                     /* all of them */
Rc    part_stop   (KafkaSource *s, Part *p, const char *why, Error *err) MUST_USE;
void  parts_show  (KafkaSource *s);                     /* to the broker, for those who watch the lag */

/* kafka_end.c: notes where the partitions end, and up to when each is read. */
Rc parts_ends(KafkaSource *s, Error *err) MUST_USE;
/* Of the partition's leader more is fetched, if there is room and more is there. */
void part_fetch_on(KafkaSource *s, const Part *p);

/* kafka_batch.c: a message on its way; what is refused is dealt with there. RC_RETRY: the database. */
Rc part_take(KafkaSource *s, Part *p, const rd_kafka_message_t *m, Error *err) MUST_USE;
Rc part_keep(KafkaSource *s, Part *p, Error *err) MUST_USE;                 /* what is in its batch, if anything */
void batch_drop(KafkaSource *s, Batch *b);
