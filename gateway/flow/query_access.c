#include "gateway/flow/query_access.h"
#include "gateway/base/text.h"
#include "persistence/audit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 100, LIMIT_MOST = 1000, CURSOR_MOST = 8192 };

bool sees_all(const Sender *who)
{
    return sender_has_role(who, "national-body") || sender_has_role(who, "administrator");
}

Rc asker_known(const Asker *a, Error *err)
{
    return a->who->party ? RC_OK : error_refuse(err, "unauthorised", NULL, NULL, NULL);
}

/* What one may not know of is not found, so that ids tell nothing. */
Rc may_see_delivery(Desk *d, const Asker *a, const char *id, Arena *arena, DeliveryRow *row, Error *err)
{
    if (asker_known(a, err) || report_delivery(d->db, id, arena, row, err))
        return err->rc;
    return sees_all(a->who) || row->party == a->who->party ? RC_OK : error_refuse(err, "not_found", NULL, NULL, NULL);
}

static bool any_role(const Sender *who, const char **roles, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sender_has_role(who, roles[i]))
            return true;
    return false;
}

Rc may_read_records(Desk *d, const Asker *a, const Feed *f, int *owner, Error *err)
{
    *owner = 0;
    if (f->public_ && !f->personal && d->g->config->public_read)
        return RC_OK;
    if (asker_known(a, err))
        return err->rc;
    if (f->personal)
        return sender_has_role(a->who, "personal-reader") ? (sees_all(a->who) ? RC_OK : (*owner = a->who->party, RC_OK))
                                                          : error_refuse(err, "forbidden", f->code, NULL, NULL);
    if (sees_all(a->who) || any_role(a->who, f->readers, f->n_readers))
        return RC_OK;
    *owner = a->who->party;
    return any_role(a->who, f->writers, f->n_writers) ? RC_OK : error_refuse(err, "forbidden", f->code, NULL, NULL);
}

Rc may_read_content(Desk *d, const Asker *a, const DeliveryRow *row, const Feed *f, Error *err)
{
    bool personal = !f || f->personal;
    if (personal && row->party != a->who->party && !sender_has_role(a->who, "personal-reader"))
        return error_refuse(err, "forbidden", row->feed, NULL, NULL);
    return personal ? journal(d, a, "content", row->feed, err) : RC_OK;
}

Rc journal(Desk *d, const Asker *a, const char *what, const char *detail, Error *err)
{
    char actor[96] = "anonymous";
    if (a->who->party)
        snprintf(actor, sizeof actor, "%s%s", a->who->party > 0 ? "party:" : "", a->who->party > 0 ? a->who->bin : a->from);
    return audit_add(d->db, clock_now(&d->g->clock), actor, "read", what, detail, err);
}

const char *reporter(const Asker *a, Arena *arena) { return a->who->party > 0 ? arena_printf(arena, "party:%s", a->who->bin) : a->from; }

Rc number_asked(const char *text, int64_t *out, Error *err)
{
    char *end;
    *out = text && *text >= '1' && *text <= '9' && strlen(text) <= 18 ? strtoll(text, &end, 10) : 0;
    return *out && !*end ? RC_OK : error_refuse(err, "not_found", NULL, NULL, NULL);
}

Rc delivery_part(Desk *d, const char *id, const DeliveryRow *row, PartOf what, int64_t at, StreamPart *out, Error *err)
{
    if (strcmp(row->source, "kafka") == 0)
        return stream_part(d->db, id, what, at, out, err);
    *out = (StreamPart){ .at = at };
    snprintf(out->id, sizeof out->id, "%s", id);
    return RC_OK;
}

const Feed *feed_asked(Desk *d, const char *code, Error *err)
{
    const Feed *f = feeds_find(d->g->feeds, code);
    if (!f)
        error_refuse(err, "not_found", NULL, NULL, NULL);
    return f;
}

unsigned page_limit(const Page *p) { return p->limit == 0 ? LIMIT : p->limit > LIMIT_MOST ? LIMIT_MOST : p->limit; }

void cursor_write(const Gateway *g, const char *what, const char *text, size_t n, Buffer *out)
{
    SCOPED(buffer_free) Buffer sealed = {0};
    size_t len = n + SEAL_OVERHEAD;
    vault_seal(g->vault, what, text, n, (unsigned char *)buffer_room(&sealed, len));
    hex_text(sealed.at, len, buffer_room(out, 2 * len + 1));
    buffer_used(out, 2 * len);
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static bool unhex(const char *s, size_t n, Buffer *out)
{
    for (size_t i = 0; i < n; i += 2) {
        int high = digit(s[i]), low = digit(s[i + 1]);
        if (high < 0 || low < 0)
            return false;
        buffer_char(out, (char)(high * 16 + low));
    }
    return true;
}

Rc cursor_read(const Gateway *g, const char *what, const char *cursor, Buffer *out, Error *err)
{
    SCOPED(buffer_free) Buffer sealed = {0};
    size_t n = strlen(cursor), len = 0;
    bool good = n >= 2 * SEAL_OVERHEAD && n % 2 == 0 && n < CURSOR_MOST && unhex(cursor, n, &sealed)
             && vault_unseal(g->vault, what, (unsigned char *)sealed.at, sealed.len, buffer_room(out, n / 2 + 1), &len);
    if (!good)
        return error_refuse(err, "bad_cursor", NULL, NULL, NULL);
    buffer_used(out, len);
    buffer_string(out);
    return RC_OK;
}
