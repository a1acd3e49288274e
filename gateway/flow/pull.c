#include "gateway/flow/gateway.h"
#include "gateway/flow/schedule.h"
#include "persistence/fetch_runs.h"
#include "persistence/parties.h"
#include <stdio.h>
#include <string.h>

const DropBox *drop_boxes(const Gateway *g, size_t *n)
{
    *n = g->config->drop_boxes_count;
    return g->config->drop_boxes;
}

const Pull *pulls(const Gateway *g, size_t *n)
{
    *n = g->config->fetches_count;
    return g->config->fetches;
}

const Pull *pull_find(const Gateway *g, const char *name)
{
    const Pull *end = g->config->fetches + g->config->fetches_count;
    for (const Pull *p = g->config->fetches; p < end; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

unsigned poll_seconds(const Gateway *g) { return g->config->poll_seconds; }

Rc sender_by_source(Desk *d, const char *bin, const char *by, Sender *out, char *lang, Error *err)
{
    Rc rc = sender_find(d->db, bin, clock_now(&d->g->clock), out, err);
    if (rc || (rc = party_lang(d->db, bin, lang, err)))
        return rc;
    snprintf(out->by, sizeof out->by, "%s", by);
    return RC_OK;
}

Rc desk_hold(Desk *d, const char *what, bool *held, Error *err) { return db_hold(d->db, what, held, err); }
Rc desk_release(Desk *d, const char *what, Error *err) { return db_release(d->db, what, err); }

void paper_text(const Gateway *g, const char *lang, const char *code, const char *const *args, size_t n_args, Buffer *out)
{
    texts_put(g->papers, lang_accept(lang), code, args, n_args, out);
}

Rc pull_period(const Gateway *g, const Pull *p, const char *rule, Instant at, char out[PERIOD_SIZE], Error *err)
{
    const Feed *f = feeds_find(g->feeds, p->feed);         /* the configuration was checked against the feeds */
    if (period_by_rule(rule ? rule : p->period, f->period, g->zone, at, out))
        return RC_OK;
    return error_refuse(err, "bad_period", rule, period_form_sample(f->period), NULL);
}

static Instant moment(const Gateway *g, const Pull *p, Instant now, Instant (*of)(const Schedule *, const Zone *, Instant))
{
    Schedule s;
    return p->schedule && schedule_read(p->schedule, &s) ? of(&s, g->zone, now) : 0;
}

Instant pull_due(const Gateway *g, const Pull *p, Instant now) { return moment(g, p, now, schedule_last); }
Instant pull_next(const Gateway *g, const Pull *p, Instant now) { return moment(g, p, now, schedule_next); }

static Instant now_of(const Desk *d) { return clock_now(&d->g->clock); }

Rc run_due(Desk *d, const Pull *p, Instant due, Error *err)
{
    char period[PERIOD_SIZE];
    return pull_period(d->g, p, NULL, due, period, err) ? err->rc : fetch_run_due(d->db, p->name, due, period, now_of(d), err);
}

Rc run_new(Desk *d, const Pull *p, const char *period, FetchRun *out, Error *err) { return fetch_run_new(d->db, p->name, period, now_of(d), out, err); }
Rc run_tidy(Desk *d, const Pull *p, Error *err) { return fetch_run_tidy(d->db, p->name, now_of(d), err); }
Rc run_take(Desk *d, const Pull *p, FetchRun *out, Error *err) { return fetch_run_take(d->db, p->name, now_of(d), out, err); }
Rc run_again(Desk *d, FetchRun *run, Error *err) { return fetch_run_again(d->db, run, now_of(d), err); }
Rc run_intend(Desk *d, const FetchRun *run, const char *delivery, Error *err) { return fetch_run_intend(d->db, run, delivery, err); }
Rc run_report(Desk *d, const FetchRun *run, const FetchReport *report, Error *err) { return fetch_run_report(d->db, run, report, now_of(d), err); }

static Rc pull_json(Desk *d, const Pull *p, Json *j, Error *err)
{
    static const char *const kinds[] = { [PULL_REST] = "rest", [PULL_SOAP] = "soap" };
    SCOPED(buffer_free) Buffer last = {0};
    char next[INSTANT_TEXT];
    if (fetch_run_last(d->db, p->name, &last, err))
        return err->rc;
    json_open(j, '{');
    json_put_text(j, "name", p->name);
    json_put_text(j, "source", kinds[p->source]);
    json_put_text(j, "party", p->party);
    json_put_text(j, "feed", p->feed);
    json_put_text(j, "schedule", p->schedule);
    json_put_text(j, "next", p->schedule ? instant_text(pull_next(d->g, p, now_of(d)), next) : NULL);
    json_key(j, "last"), json_raw(j, last.at, last.len);
    json_close(j, '}');
    return RC_OK;
}

Rc pulls_list(Desk *d, Buffer *json, Error *err)
{
    Json j = { .to = json };
    json_open(&j, '[');
    for (unsigned i = 0; i < d->g->config->fetches_count; i++)
        if (pull_json(d, &d->g->config->fetches[i], &j, err))
            return err->rc;
    json_close(&j, ']');
    return RC_OK;
}
