#include "schemas/obligations.h"
#include "gateway/model/party.h"
#include "schemas/calendar_draft.h"
#include "schemas/obligations_parts.h"
#include "schemas/obligations_yaml.h"
#include <stdlib.h>
#include <string.h>

const char *const event_types[] = {
    "platform-launched", "platform-registered", "standards-plan-received", "certificate-received", "application-started", "candidate-registered",
    "support-request", "support-request-correction", "support-request-functioning", "support-request-answered", "analysis-handed-over",
    "accreditation-decided", "certificate-issued", "accreditation-refused", "refusal-explained", "withdrawal-ground-found", "withdrawal-decided", "withdrawal-copy-sent",
    "appeal-registered", "appeal-decided", "breach-found", "breach-notified", NULL
};

bool event_type_known(const char *type)
{
    for (const char *const *t = event_types; *t; t++)
        if (strcmp(*t, type) == 0)
            return true;
    return false;
}

static void yaml_end(void *data) { yaml_free(&obligations_schema, data); }

static const char *under(LawDraft *d, const char *place, const char *key) { return arena_printf(d->a, "%s.%s", place, key); }

/* ---- debtors, causes, what settles ---- */

static Rc role_must(LawDraft *d, const char *place, const char *role)
{
    return role_known(role) ? RC_OK : law_fault(d, place, "'%.60s' is no role; roles: nqs-gateway party --help", role);
}

static Rc debtor_take(LawDraft *d, const YamlDebtor *y, const char *place, Obligation *o)
{
    const char **roles = arena_alloc(d->a, (y->n_each_of + 2) * sizeof *roles);
    int said = !!y->one + !!y->every + !!y->persons + !!y->n_each_of;
    if (said != 1)
        return law_fault(d, place, "write one of one, each_of, every, class");
    o->debtor = y->one ? DEBTOR_ONE : y->every ? DEBTOR_EVERY : y->persons ? DEBTOR_CLASS : DEBTOR_EACH_OF;
    roles[0] = y->one ? y->one : y->every ? y->every : y->persons;
    o->n_roles = y->n_each_of ? y->n_each_of : 1;
    for (unsigned i = 0; i < y->n_each_of; i++)
        roles[i] = y->each_of[i];
    o->roles = roles;
    for (size_t i = 0; i < o->n_roles && o->debtor != DEBTOR_CLASS; i++)
        if (role_must(d, place, roles[i]))
            return d->err->rc;
    return RC_OK;
}

static Rc event_must(LawDraft *d, const char *place, const char *type)
{
    return event_type_known(type) ? RC_OK : law_fault(d, place, "'%.60s' is no type of event; types: nqs-gateway event --help", type);
}

static Rc feed_must(LawDraft *d, const Feeds *feeds, const char *place, const char *feed)
{
    return feeds_find(feeds, feed) ? RC_OK : law_fault(d, place, "there is no contract of feed '%.60s'", feed);
}

static const struct { OwedBy owed_by; PeriodLength length; } recurrences[] = {
    [RECURS_MONTH] = { OWED_BY_PERIOD, MONTHLY }, [RECURS_QUARTER] = { OWED_BY_PERIOD, QUARTERLY }, [RECURS_HALF_YEAR] = { OWED_BY_PERIOD, HALF_YEARLY }, [RECURS_YEAR] = { OWED_BY_PERIOD, YEARLY },
    [RECURS_ON_CHANGE] = { OWED_ON_CHANGE, YEARLY }, [RECURS_BY_OTHER_ACT] = { OWED_BY_OTHER_ACT, YEARLY },
};

static Rc cause_take(LawDraft *d, const Feeds *feeds, const YamlObligation *y, const char *place, Obligation *o)
{
    const YamlStart *s = y->starts;
    if (!!y->recurs + (s && s->event) + (s && s->delivery) != 1)
        return law_fault(d, place, "write recurs, or starts with an event or a delivery");
    if (y->recurs) {
        o->owed_by = recurrences[y->recurs].owed_by;
        o->recurs = recurrences[y->recurs].length;
        return RC_OK;
    }
    o->owed_by = s->event ? OWED_BY_EVENT : OWED_BY_DELIVERY;
    o->starts = s->event;
    if (s->event)
        return event_must(d, under(d, place, "starts.event"), s->event);
    if (strcmp(s->delivery, "any") != 0) {
        o->feed = s->delivery;
        return feed_must(d, feeds, under(d, place, "starts.delivery"), s->delivery);
    }
    return RC_OK;
}

static Rc settle_take(LawDraft *d, const Feeds *feeds, const YamlObligation *y, const char *place, Obligation *o)
{
    const YamlSettle *s = y->settled_by;
    if (!!y->feed + (s && s->event) + (s && s->handed_over) != 1)
        return law_fault(d, place, "write feed, or settled_by with an event or handed_over");
    o->settled_by = y->feed ? SETTLED_BY_DELIVERY : s->event ? SETTLED_BY_EVENT : SETTLED_BY_HANDOVER;
    if (y->feed) {
        o->feed = y->feed;
        return feed_must(d, feeds, under(d, place, "feed"), y->feed);
    }
    if (s->event) {
        o->event = s->event;
        return event_must(d, under(d, place, "settled_by.event"), s->event);
    }
    if (strcmp(s->handed_over, "any") != 0) {
        o->feed = s->handed_over;
        return feed_must(d, feeds, under(d, place, "settled_by.handed_over"), s->handed_over);
    }
    return o->owed_by == OWED_BY_DELIVERY ? RC_OK : law_fault(d, place, "handed_over: any goes with starts.delivery only");
}

/* ---- readings ---- */

static Rc term_must(LawDraft *d, const char *place, const char *text, Term *out)
{
    Error why = {0};
    return term_read(text, out, &why) ? law_fault(d, place, "%s", why.text) : RC_OK;
}

static bool date_read(const char *s, MonthDay *out)
{
    if (strlen(s) != 5 || s[2] != '-' || strspn(s, "0123456789") != 2 || strspn(s + 3, "0123456789") != 2)
        return false;
    *out = (MonthDay){ 10 * (s[0] - '0') + s[1] - '0', 10 * (s[3] - '0') + s[4] - '0' };
    return civil_there(2001, out->month, out->day);
}

static Rc due_take(LawDraft *d, const YamlDue *y, const char *place, const Obligation *o, Reading *r)
{
    if (!!y->end_of + !!y->after + !!y->on + y->not_set + y->none != 1)
        return law_fault(d, place, "write one of end_of, after, on, not_set, none");
    r->form = y->end_of ? DUE_AFTER_PERIOD : y->after ? DUE_AFTER_EVENT : y->on ? DUE_ON_DATE : y->not_set ? DUE_NOT_SET : DUE_NONE;
    r->moves = y->shift == SHIFT_NEXT_WORKING_DAY;
    if ((y->end_of && (strcmp(y->end_of, "period") != 0 || o->owed_by != OWED_BY_PERIOD)) || (y->after && (strcmp(y->after, "event") != 0 || o->owed_by != OWED_BY_EVENT))
        || (y->on && (o->owed_by != OWED_BY_PERIOD || o->recurs != YEARLY)))
        return law_fault(d, place, "end_of: period goes with recurs, after: event with starts, on with recurs: year");
    if (y->on)
        return date_read(y->on, &r->date) ? RC_OK : law_fault(d, under(d, place, "on"), "'%.40s': write a month and a day, like 12-15", y->on);
    if (!y->end_of && !y->after)
        return RC_OK;
    if (!y->plus)
        return law_fault(d, place, "write plus, like: 5 working days");
    if (term_must(d, under(d, place, "plus"), y->plus, &r->term))
        return d->err->rc;
    r->term.moves = r->moves && r->term.unit != HOURS;
    return RC_OK;
}

static Rc reading_take(LawDraft *d, const YamlReading *y, const char *place, const Obligation *o, Reading *r)
{
    Moment decides = 0;
    while (decides < MOMENTS && strcmp(moment_names[decides], y->decides) != 0)
        decides++;
    if (decides == MOMENTS)
        return law_fault(d, under(d, place, "decides"), "'%.40s': write sender_date, transport, first_byte, last_byte or commit", y->decides);
    *r = (Reading){ .id = y->id, .decides = decides, .begun_inside = y->begun_inside == INSIDE_OWES, .ended_inside = y->ended_inside == INSIDE_OWES, .why = y->why };
    r->closes = y->closes && strcmp(y->closes, "never") != 0;
    if (due_take(d, &y->due, under(d, place, "due"), o, r) || (r->closes && term_must(d, under(d, place, "closes"), y->closes, &r->closing)))
        return d->err->rc;
    return RC_OK;
}

static Rc readings_take(LawDraft *d, const YamlObligation *y, const char *place, TextHash *hash, Obligation *o)
{
    Reading *all = arena_alloc(d->a, (y->n_readings + 1) * sizeof *all);
    o->readings = all;
    for (unsigned i = 0; i < y->n_readings; i++) {
        const char *at = arena_printf(d->a, "%s.readings[%u]", place, i + 1);
        if (reading_find(o, y->readings[i].id))
            return law_fault(d, under(d, at, "id"), "two readings are %.60s", y->readings[i].id);
        if (reading_take(d, &y->readings[i], at, o, &all[i]))
            return d->err->rc;
        reading_write(o, &all[i], hash, d->a);
        o->n_readings++;
    }
    return RC_OK;
}

static Rc obligation_take(LawDraft *d, const Feeds *feeds, const YamlObligation *y, const char *place, TextHash *hash, Obligation *o)
{
    *o = (Obligation){ .id = y->id, .act = y->norm.act, .edition = y->norm.edition, .paragraph = y->norm.paragraph, .quote = y->quote, .creditor = y->creditor };
    if (strspn(y->id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(y->id))
        return law_fault(d, under(d, place, "id"), "'%.60s': small letters, digits and - only", y->id);
    return debtor_take(d, &y->debtor, under(d, place, "debtor"), o) || role_must(d, under(d, place, "creditor"), y->creditor) || cause_take(d, feeds, y, place, o)
        || settle_take(d, feeds, y, place, o) || readings_take(d, y, place, hash, o) ? d->err->rc : RC_OK;
}

static Rc file_take(const char *file, const Feeds *feeds, TextHash *hash, Arena *a, Obligations *out, Error *err)
{
    void *data = NULL;
    if (yaml_load(file, &obligations_schema, &data, err))
        return err->rc;
    arena_adopt(a, yaml_end, data);
    const YamlObligations *y = data;
    LawDraft d = { arena_text(a, file, strlen(file)), a, err };
    Obligation *all = arena_alloc(a, (out->n + y->n_obligations) * sizeof *all);
    if (out->n)
        memcpy(all, out->at, out->n * sizeof *all);
    out->at = all;
    for (unsigned i = 0; i < y->n_obligations; i++) {
        const char *place = arena_printf(a, "obligations[%u]", i + 1);
        if (obligation_find(out, y->obligations[i].id))
            return law_fault(&d, under(&d, place, "id"), "two obligations are %.60s", y->obligations[i].id);
        if (obligation_take(&d, feeds, &y->obligations[i], place, hash, &all[out->n]))
            return err->rc;
        out->n++;
    }
    return RC_OK;
}

Rc obligations_load(const char *law, const char *own, const Feeds *feeds, TextHash *hash, Arena *a, Obligations *out, Error *err)
{
    Obligations all = {0};
    if (file_take(arena_printf(a, "%s/obligations.yaml", law), feeds, hash, a, &all, err) || (own && file_take(own, feeds, hash, a, &all, err)))
        return err->rc;
    *out = all;
    return RC_OK;
}
