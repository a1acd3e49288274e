#include "gateway/flow/door.h"
#include "gateway/model/format.h"
#include "persistence/duties.h"
#include "schemas/reader.h"
#include <stdio.h>
#include <string.h>

static Rc merge_one(const char *what, char *into, size_t size, const char *other, Error *err)
{
    if (!*other || strcmp(into, other) == 0)
        return RC_OK;
    if (*into)
        return error_refuse(err, "disagree", what, into, other);
    snprintf(into, size, "%s", other);
    return RC_OK;
}

static Rc merge(Claim *into, const Claim *other, Error *err)
{
    return merge_one("feed", into->feed, sizeof into->feed, other->feed, err)
        || merge_one("period", into->period, sizeof into->period, other->period, err)
        || merge_one("kind", into->kind, sizeof into->kind, other->kind, err) ? err->rc : RC_OK;
}

static void kinds_text(const Feed *f, Buffer *out)
{
    for (Kind k = KIND_LIST; k <= KIND_NIL; k <<= 1)
        if (f->kinds & k)
            buffer_print(out, "%s%s", out->len ? ", " : "", kind_name(k));
    buffer_string(out);
}

static Rc may_deliver(const Sender *who, const Feed *f, Error *err)
{
    for (size_t i = 0; i < f->n_writers; i++)
        if (sender_has_role(who, f->writers[i]))
            return RC_OK;
    return error_refuse(err, "forbidden", f->code, NULL, NULL);
}

static Rc kind_allowed(const Feed *f, const char *kind, Error *err)
{
    SCOPED(buffer_free) Buffer allowed = {0};
    if (kind_read(kind) & f->kinds)
        return RC_OK;
    kinds_text(f, &allowed);
    return error_refuse(err, "bad_kind", kind, allowed.at, NULL);
}

static Rc claim_fits(const Feed *f, const Claim *said, Error *err)
{
    if (*said->period && !period_valid(f->period, said->period))
        return error_refuse(err, "bad_period", said->period, period_form_sample(f->period), NULL);
    return *said->kind ? kind_allowed(f, said->kind, err) : RC_OK;
}

Rc claim_early(const Gateway *g, const Sender *who, const Claim *said, Error *err)
{
    const Feed *f = *said->feed ? feeds_find(g->feeds, said->feed) : NULL;
    if (*said->feed && !f)
        return error_refuse(err, "unknown_feed", said->feed, NULL, NULL);
    return f && (may_deliver(who, f, err) || claim_fits(f, said, err)) ? err->rc : RC_OK;
}

/* Whose role has ended may hand in what it owes still, and nothing else. */
static Rc owed_still(Desk *desk, const Sender *who, const Claim *said, Error *err)
{
    const Feed *f = feeds_find(desk->g->feeds, said->feed);
    Error forbidden = *err;
    bool owed;
    *err = (Error){0};
    if (duty_owed(desk->db, who->party, f->code, *said->period ? said->period : NULL, &owed, err))
        return err->rc;
    if (owed)
        return claim_fits(f, said, err);
    *err = forbidden;
    return err->rc;
}

/* Forbidden by the roles at hand, so it is worth asking further. */
static bool is_forbidden(Rc rc, const Error *err) { return rc && strcmp(err->code, "forbidden") == 0; }

Rc claim_judge(Desk *desk, Sender *who, const Claim *said, Error *err)
{
    Rc rc = claim_early(desk->g, who, said, err);
    if (is_forbidden(rc, err) && who->credential) {
        if (sender_confirm(desk, who, err))
            return err->rc;
        rc = claim_early(desk->g, who, said, err);
    }
    return is_forbidden(rc, err) ? owed_still(desk, who, said, err) : rc;
}

static Rc complete(const Claim *c, Error *err)
{
    if (!*c->feed)
        return error_refuse(err, "feed_missing", NULL, NULL, NULL);
    if (!*c->period)
        return error_refuse(err, "period_missing", NULL, NULL, NULL);
    return *c->kind ? RC_OK : error_refuse(err, "kind_missing", NULL, NULL, NULL);
}

/* Looking again at each byte of a slow sender would cost the square of the head, so it is looked at when it has doubled. */
static bool worth_looking(const Door *d, bool is_all)
{
    return is_all || d->head.len >= CLAIM_CEILING || (d->head.len >= 128 && d->head.len >= 2 * d->tried);
}

static Rc claim_settle(Door *d, const Claim *found, Error *err)
{
    Claim merged = d->said;
    if (merge(&merged, found, err) || complete(&merged, err) || claim_judge(d->desk, &d->who, &merged, err))
        return err->rc;
    d->a.about = merged;
    d->feed = feeds_find(d->g->feeds, merged.feed);
    buffer_free(&d->head);
    return RC_OK;
}

Rc mapping_seek(Door *d, const char *root, Error *err)
{
    Claim found = {0};
    d->ask.root = root;
    Rc rc = mapping_choose(d->g->mappings, &d->ask, &d->mapping, err);
    d->ask.root = NULL;
    if (!rc && !d->mapping && d->a.format == FORMAT_JSON_SEQ)         /* it has no canonical form */
        return error_refuse(err, "format_needs_mapping", format_names[d->a.format].name, NULL, NULL);
    if (rc || !d->mapping)
        return rc;
    d->a.mapping = mapping_name(d->mapping);
    rc = mapping_claim(d->mapping, &d->said, d->ask.file, d->sender_date, clock_now(&d->g->clock), &found, err);
    return rc ? rc : claim_settle(d, &found, err);
}

/* A root of another form may be some mapping's. */
static Rc unknown_root(Door *d, const Buffer *root, Error *err)
{
    Error mine = {0};
    if (mapping_seek(d, root->at, &mine))
        *err = mine;
    return d->feed ? RC_OK : err->rc;
}

Rc claim_seek(Door *d, bool is_all, Error *err)
{
    SCOPED(buffer_free) Buffer root = {0};
    Claim found = {0};
    if (!worth_looking(d, is_all))
        return RC_OK;
    d->tried = d->head.len;
    /* A delivery of nothing may be said by the transport alone. */
    bool silent = is_all && d->head.len == 0 && kind_read(d->said.kind) == KIND_NIL;
    Rc rc = silent ? RC_OK : claim_read(d->a.format, d->a.xml_prologue, d->head.at ? d->head.at : "", d->head.len, is_all, &found, &root, err);
    if (rc == RC_END)
        return RC_OK;
    if (rc == RC_REJECT && root.len && buffer_string(&root))
        return unknown_root(d, &root, err);
    return rc ? rc : claim_settle(d, &found, err);
}
