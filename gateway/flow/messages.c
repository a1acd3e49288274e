#include "gateway/flow/messages.h"
#include "gateway/flow/door.h"
#include "persistence/marks.h"
#include "persistence/parties.h"
#include <stdio.h>
#include <time.h>

const Kafka *kafka_settings(const Gateway *g) { return g->config->kafka; }

static Instant now_of(const Desk *d) { return clock_now(&d->g->clock); }

Rc partition_mark(Desk *d, const Mark *partition, const int64_t *beginning, int64_t *next, char trouble[TROUBLE_SIZE], Error *err)
{
    return mark_read(d->db, partition, beginning, next, trouble, TROUBLE_SIZE, err);
}

Rc partition_stop(Desk *d, const Mark *partition, const char *why, Error *err) { return mark_stop(d->db, partition, why, now_of(d), err); }

Rc message_bury(Desk *d, const Mark *m, const char *feed, const Buffer *frames, const Error *why, Error *err)
{
    SCOPED(buffer_free) Buffer part = {0};
    Arrival a = {0};
    time_t seconds = (time_t)(now_of(d) / 1000000);
    struct tm utc;
    strftime(a.month, sizeof a.month, "%Y-%m-01", gmtime_r(&seconds, &utc));
    snprintf(a.about.feed, sizeof a.about.feed, "%s", feed);
    random_uuid(a.id);
    random_bytes(a.key, sizeof a.key);
    if (inbox_key(d->db, d->g->vault, &a, err))
        return err->rc;
    part_pack(a.key, a.id, 0, frames->at, frames->len, &part);
    return mark_bury(d->db, m, &a, &part, why, now_of(d), err);
}

Rc messages_open(Desk *d, const Sender *who, const Claim *about, const char *supplier_id, char id[ID_SIZE], Error *err)
{
    return stream_open(d->db, who->party, about, supplier_id, now_of(d), id, err);
}

Rc sender_by_topic(Desk *d, const char *bin, Sender *out, Error *err)
{
    Rc rc = sender_find(d->db, bin, now_of(d), out, err);
    if (rc == RC_END)
        return error_refuse(err, "party_unknown", bin, NULL, NULL);
    snprintf(out->by, sizeof out->by, "kafka");
    return rc;
}
