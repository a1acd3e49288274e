#include "gateway/flow/door.h"
#include "gateway/base/text.h"
#include <stdio.h>
#include <string.h>

static void moment(Json *j, const char *key, Instant at)
{
    char text[INSTANT_TEXT];
    json_key(j, key);
    json_text(j, at ? instant_text(at, text) : NULL);
}

static void digest(Json *j, const char *key, const unsigned char bytes[DIGEST_SIZE])
{
    char text[9 + 2 * DIGEST_SIZE] = "sha-256:";
    hex_text(bytes, DIGEST_SIZE, text + 8);
    json_key(j, key);
    json_text(j, text);
}

static void moments(Json *j, const Door *d, const Meta *m, Instant committed)
{
    json_key(j, "moments");
    json_open(j, '{');
    json_key(j, "clock_synchronised");
    json_bool(j, clock_synchronised(&d->g->clock));
    moment(j, "committed", committed);
    moment(j, "first_byte", m->first_byte);
    moment(j, "last_byte", m->last_byte);
    moment(j, "sender", m->sender_date);
    moment(j, "transport", m->transport_date);
    json_close(j, '}');
}

/* Keys stand in the order RFC 8785 asks for. */
void receipt_write(Door *d, const Meta *m, int64_t number, Instant committed, Receipt *out)
{
    SCOPED(buffer_free) Buffer b = {0};
    Json j = { .to = &b };
    unsigned char kept[HASH_SIZE];
    hasher_peek(d->kept, kept);
    json_open(&j, '{');
    json_put_text(&j, "delivery", d->a.id);
    json_key(&j, "digests");
    json_open(&j, '{');
    digest(&j, "kept", kept);
    digest(&j, "payload", d->a.digest_payload);
    digest(&j, "sent", m->digest_sent ? m->digest_sent : kept);
    json_close(&j, '}');
    json_put_text(&j, "feed", d->a.about.feed);
    json_put_text(&j, "kind", d->a.about.kind);
    if (d->a.mapping)
        json_put_text(&j, "mapping", d->a.mapping);
    moments(&j, d, m, committed);
    json_put_number(&j, "number", number);
    json_put_text(&j, "party", d->who.bin);
    json_put_text(&j, "period", d->a.about.period);
    json_put_text(&j, "signature", "not_checked");      /* whatever came along is kept; nobody has looked yet */
    json_put_number(&j, "version", 1);
    json_close(&j, '}');
    out->json = arena_text(d->arena, b.at, b.len);
    out->json_len = b.len;
    out->number = number;
    snprintf(out->id, sizeof out->id, "%s", d->a.id);
}
