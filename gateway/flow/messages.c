#include "gateway/flow/messages.h"
#include "gateway/flow/bell.h"
#include "gateway/flow/door.h"
#include "persistence/letters.h"
#include "persistence/marks.h"
#include "persistence/parties.h"
#include "persistence/text_array.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

const Kafka *kafka_settings(const Gateway *g) { return g->config->kafka; }

bool kafka_consumes(const Gateway *g) { return g->config->kafka && strcmp(g->config->kafka->topics, "none") != 0; }

static Instant now_of(const Desk *d) { return clock_now(&d->g->clock); }

Rc partition_mark(Desk *d, const Mark *partition, const int64_t *beginning, int64_t *next, char trouble[TROUBLE_SIZE], Error *err)
{
    return mark_read(d->db, partition, beginning, next, trouble, TROUBLE_SIZE, err);
}

Rc partition_stop(Desk *d, const Mark *partition, const char *why, Error *err) { return mark_stop(d->db, partition, why, now_of(d), err); }

Rc partitions_read(Desk *d, const char *cluster, const MarkRead *at, size_t n, Error *err) { return marks_read(d->db, cluster, at, n, err); }

Rc partitions_each(Desk *d, PartitionSink *sink, void *self, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (marks_list(d->db, &rows, err))
        return err->rc;
    for (int i = 0; i < rows_n(&rows); i++) {
        Partition p = { .cluster = rows_text(&rows, i, 0), .topic = rows_text(&rows, i, 1), .partition = (int)rows_int(&rows, i, 2), .next = rows_int(&rows, i, 3),
                        .trouble = rows_null(&rows, i, 4) ? NULL : rows_text(&rows, i, 4), .since = rows_null(&rows, i, 5) ? NULL : rows_text(&rows, i, 5) };
        Rc rc = sink(self, &p, err);
        if (rc)
            return rc;
    }
    return RC_OK;
}

/* Whatever a broker may send at once: it is packed in parts, as an envelope is. */
static void parts_pack(const Arrival *a, const Buffer *frames, Buffer *parts)
{
    SCOPED(buffer_free) Buffer part = {0};
    size_t n = (frames->len + PART_SIZE - 1) / PART_SIZE;
    bytea_array_begin(parts, n);
    for (size_t no = 0; no < n; no++) {
        size_t at = no * PART_SIZE, left = frames->len - at;
        part_pack(a->key, a->id, (int)no, frames->at + at, left < PART_SIZE ? left : PART_SIZE, &part);
        text_array_item(parts, part.at, part.len);
    }
}

Rc message_bury(Desk *d, const Mark *m, const char *feed, const Buffer *frames, const Error *why, Error *err)
{
    SCOPED(buffer_free) Buffer parts = { .ceiling = 256u << 20 };
    Arrival a = {0};
    time_t seconds = (time_t)(now_of(d) / 1000000);
    struct tm utc;
    strftime(a.month, sizeof a.month, "%Y-%m-01", gmtime_r(&seconds, &utc));
    snprintf(a.about.feed, sizeof a.about.feed, "%s", feed);
    random_uuid(a.id);
    random_bytes(a.key, sizeof a.key);
    if (inbox_key(d->db, d->g->vault, &a, err))
        return err->rc;
    parts_pack(&a, frames, &parts);
    bool told = strcmp(kafka_settings(d->g)->dead, "none") != 0;
    return mark_bury(d->db, m, &(Burial){ &a, &parts, why, told ? LETTERS_OF_DEAD : NULL }, now_of(d), err);
}

Rc message_pass(Desk *d, const Mark *m, Error *err) { return mark_pass(d->db, m, err); }

/* Only changes can be worked as they come, unless the feed takes all or nothing. */
static bool is_held(const Gateway *g, const Claim *about)
{
    const Feed *f = feeds_find(g->feeds, about->feed);
    return kind_read(about->kind) != KIND_CHANGES || (f && f->on_refused == REFUSED_ALL_OR_NOTHING);
}

Rc messages_open(Desk *d, const Sender *who, const Claim *about, const char *supplier_id, Mark *m, char id[ID_SIZE], Error *err)
{
    Stream s = { who->party, about, supplier_id, is_held(d->g, about), m->expected };
    Rc rc = stream_open(d->db, &s, now_of(d), id, err);
    m->stream = id;
    m->held = s.held;
    return rc;
}

Rc messages_complete(Desk *d, Error *err)
{
    int n;
    if (streams_complete(d->db, now_of(d), &n, err))
        return err->rc;
    if (n)
        bell_ring(d->g->bell);
    return RC_OK;
}

Rc sender_by_topic(Desk *d, const char *bin, Sender *out, Error *err)
{
    Rc rc = sender_find(d->db, bin, now_of(d), out, err);
    if (rc == RC_END)
        return error_refuse(err, "party_unknown", bin, NULL, NULL);
    snprintf(out->by, sizeof out->by, "kafka");
    return rc;
}
