#include "gateway/flow/query_access.h"
#include "persistence/presence.h"
#include "persistence/vault.h"
#include <stdio.h>
#include <string.h>

static const Instant minute = 60000000, day = 24 * 60 * 60000000ll, most = 366 * 24 * 60 * 60000000ll;

static Rc span_read(Desk *d, const char *from, const char *to, Instant *begin, Instant *end, Error *err)
{
    bool zoned = true;
    *end = clock_now(&d->g->clock) / minute * minute;      /* the minute under way may have none yet */
    if (to && (!instant_read(to, end, &zoned) || !zoned))
        return error_refuse(err, "bad_parameter", "to", NULL, NULL);
    *begin = *end - day;
    if (from && (!instant_read(from, begin, &zoned) || !zoned))
        return error_refuse(err, "bad_parameter", "from", NULL, NULL);
    *begin -= *begin % minute;
    *end -= *end % minute;
    return *begin < *end && *end - *begin <= most ? RC_OK : error_refuse(err, "bad_parameter", "from", NULL, NULL);
}

/* Ed25519 signs the same the same way (RFC 8032): the signature is what this key would have made. */
static bool is_ours(Desk *d, const Rows *r, int i)
{
    SCOPED(arena_free) Arena *a = arena_new();
    unsigned char ours[64];
    char text[256];
    size_t len;
    int n = snprintf(text, sizeof text, HEARTBEAT_TEXT, rows_text(r, i, 0), rows_text(r, i, 1), rows_text(r, i, 2));
    const unsigned char *theirs = rows_bytes(r, i, 3, a, &len);
    vault_sign(d->g->vault, text, (size_t)n, ours);
    return len == sizeof ours && same_bytes(ours, theirs, sizeof ours);
}

/* Are they all? */
static bool signatures_put(Desk *d, const Rows *r, Json *j)
{
    int bad = 0;
    json_key(j, "bad");
    json_open(j, '[');
    for (int i = 0; i < rows_n(r); i++) {
        if (is_ours(d, r, i))
            continue;
        bad++;
        json_open(j, '{');
        json_put_text(j, "minute", rows_text(r, i, 0));
        json_put_text(j, "process", rows_text(r, i, 1));
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "signatures_good"), json_bool(j, !bad);
    return !bad;
}

Rc query_heartbeats(Desk *d, const Asker *a, const char *from, const char *to, bool *good, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(rows_end) Rows r = {0};
    const char *gaps;
    char text[INSTANT_TEXT];
    Instant begin, end;
    if (!a->who->party || !sees_all(a->who))
        return error_refuse(err, a->who->party ? "forbidden" : "unauthorised", "heartbeats", NULL, NULL);
    if (span_read(d, from, to, &begin, &end, err) || heartbeat_gaps(d->db, begin, end, arena, &gaps, err) || heartbeats_list(d->db, begin, end, &r, err))
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_text(&j, "from", instant_text(begin, text));
    json_put_text(&j, "to", instant_text(end, text));
    json_put_number(&j, "heartbeats", rows_n(&r));
    *good = signatures_put(d, &r, &j);
    json_key(&j, "gaps"), json_raw(&j, gaps, strlen(gaps));
    json_close(&j, '}');
    return RC_OK;
}
