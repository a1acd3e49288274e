#include "gateway/flow/notices.h"
#include "gateway/base/log.h"
#include "gateway/flow/config_notices.h"
#include "gateway/flow/notice_text.h"
#include "gateway/law/almaty.h"
#include "gateway/law/term.h"
#include "gateway/model/duty.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_PAUSE = 60, LONGEST_PAUSE = 3600, DAY_SECONDS = 86400 };

struct Notices {
    const Gateway        *g;
    const NoticeSettings *s;
    Desk                 *desk;
    const atomic_bool    *stopping;
    CivilDay              told;                     /* a day that needs no looking at any more */
    void                 *open[CHANNELS_MOST];      /* at first need */
};

Notices *notices_new(const Gateway *g, const atomic_bool *stopping)
{
    Notices *n = calloc(1, sizeof *n);
    if (!n)
        abort();
    *n = (Notices){ .g = g, .s = notice_settings(g), .desk = desk_new(g), .stopping = stopping, .told = NO_DAY };
    return n;
}

void notices_free(Notices **n)
{
    if (!*n)
        return;
    for (unsigned i = 0; i < CHANNELS_MOST && channel(i); i++)
        if ((*n)->open[i])
            channel(i)->close((*n)->open[i]);
    desk_free(&(*n)->desk);
    free(*n);
    *n = NULL;
}

static Instant now_of(const Notices *n) { return clock_now(&n->g->clock); }

/* ---- telling a day ---- */

static const char *officers(const NoticeSettings *s, Arena *a)
{
    const char *all = NULL;
    for (unsigned i = 0; i < s->officers_count; i++)
        all = all ? arena_printf(a, "%s,%s", all, s->officers[i]) : s->officers[i];
    return all;
}

static const char *cell(const Rows *r, int i, int column) { return rows_null(r, i, column) ? NULL : rows_text(r, i, column); }

static Rc notice_write(Notices *n, const Channel *c, const Telling *t, const Recipient *to, Instant now, Arena *a, Error *err)
{
    SCOPED(buffer_free) Buffer subject = {0}, text = {0}, data = {0}, bytes = {0};
    char id[37];
    int64_t number;
    CivilDay day = almaty_day(n->g->zone, now);
    const char *address = c->address(to, a);
    if (!address)
        return RC_OK;
    if (notice_number(n->desk->db, &number, err))
        return err->rc;
    random_uuid(id);
    notice_subject(t, &subject);
    notice_text(t, number, &text);
    notice_data(t, number, to->bin, &data);
    c->write(n->g, &(Notice){ number, id, to->bin, address, t->lang, t->day, subject.at, text.at, data.at, now }, &bytes);
    NoticeRow row = { number, day, (int)rows_int(t->rows, t->first, TELL_PARTY), c->name, address, id, t->n, bytes.at, bytes.len };
    return notice_add(n->desk->db, &row, now, err);
}

/* Of one recipient, by each channel that reaches it. */
static Rc recipient_tell(Notices *n, Telling *t, Instant now, Arena *a, Error *err)
{
    bool party = rows_int(t->rows, t->first, TELL_PARTY) != 0;
    Recipient to = { party ? rows_text(t->rows, t->first, TELL_BIN) : NULL, party ? cell(t->rows, t->first, TELL_MAIL) : officers(n->s, a), party ? cell(t->rows, t->first, TELL_WEBHOOK) : NULL };
    t->lang = party ? rows_text(t->rows, t->first, TELL_LANG) : n->s->officers_lang;
    for (unsigned i = 0; channel(i); i++)
        if (channel(i)->wanted(n->s) && notice_write(n, channel(i), t, &to, now, a, err))
            return err->rc;
    return RC_OK;
}

static Rc all_tell(Notices *n, const Rows *rows, CivilDay day, Instant now, Error *err)
{
    char text[CIVIL_TEXT];
    Telling t = { .g = n->g, .rows = rows, .day = civil_text(day, text) };
    for (; t.first < rows_n(rows); t.first += t.n) {
        SCOPED(arena_free) Arena *a = arena_new();
        for (t.n = 1; t.first + t.n < rows_n(rows) && rows_int(rows, t.first + t.n, TELL_PARTY) == rows_int(rows, t.first, TELL_PARTY); t.n++)
            ;
        if (recipient_tell(n, &t, now, a, err))
            return err->rc;
    }
    return RC_OK;
}

/* Duties with at most so many working days left are those due by the end of the term that begins today. */
static Rc terms_of(const Notices *n, CivilDay day, Instant now, NoticeTerm out[NOTICE_TERMS], Error *err)
{
    const Counting by = { n->g->calendar, n->g->zone, now };
    for (unsigned i = 0; i < n->s->days_before_count; i++) {
        Due due;
        Term term = { WORKING_DAYS, n->s->days_before[i], true };
        if (term_due(&by, &term, day, &due, NULL, err))
            return err->rc;
        out[i] = (NoticeTerm){ (int)term.n, due.before };
    }
    return RC_OK;
}

/* Told and noted as told is one commit: whoever dies in between, no day is told twice and none is left out. */
static Rc day_tell(Notices *n, CivilDay day, Instant now, bool *told, Error *err)
{
    SCOPED(tx_end) Tx tx = {0};
    SCOPED(rows_end) Rows rows = {0};
    NoticeTerm terms[NOTICE_TERMS];
    NoticeRound round;
    if (terms_of(n, day, now, terms, err) || tx_begin(&tx, n->desk->db, err) || notice_round(n->desk->db, &round, err))
        return err->rc;
    *told = round.day == NO_DAY || round.day < day;
    if (!*told)
        return RC_OK;
    if (notices_to_tell(n->desk->db, &round, day, now, terms, n->s->days_before_count, &rows, err) || all_tell(n, &rows, day, now, err))
        return err->rc;
    round.day = day;
    return notice_round_go_on(n->desk->db, &round, err) || tx_commit(&tx, err) ? err->rc : RC_OK;
}

/* The hour has come, and the day was not looked at since. */
static bool is_to_tell(const Notices *n, CivilDay day, Instant now) { return n->told != day && now >= almaty_at(n->g->zone, day, notices_minute(n->s)); }

static Rc tell(Notices *n, Error *err)
{
    Instant now = now_of(n);
    CivilDay day = almaty_day(n->g->zone, now);
    bool told;
    if (!is_to_tell(n, day, now))
        return RC_OK;
    if (day_tell(n, day, now, &told, err))
        return err->rc;
    n->told = day;
    return RC_OK;
}

Rc notices_tell(Notices *n, Error *err)
{
    Instant now = now_of(n);
    CivilDay day = almaty_day(n->g->zone, now);
    char text[CIVIL_TEXT];
    bool told;
    if (day_tell(n, day, now, &told, err))
        return err->rc;
    return told ? RC_OK : error_refuse(err, "notices_told", civil_text(day, text), NULL, NULL);
}

/* ---- handing over ---- */

static void *open_channel(Notices *n, const Channel *c)
{
    unsigned i = 0;
    while (channel(i) != c)
        i++;
    if (!n->open[i])
        n->open[i] = c->open(n->g, n->stopping);
    return n->open[i];
}

static Instant again_at(const Notices *n, const NoticeDue *d, const Error *why, Instant now)
{
    int64_t seconds = FIRST_PAUSE;
    for (int i = 0; i < d->attempts && seconds < LONGEST_PAUSE; i++)
        seconds *= 2;
    seconds = seconds < LONGEST_PAUSE ? seconds : LONGEST_PAUSE;
    seconds = why->wait_seconds > seconds ? why->wait_seconds : seconds;
    Instant at = now + seconds * 1000000, end = d->made_at + (Instant)n->s->give_up_days * DAY_SECONDS * 1000000;
    return at < end ? at : 0;
}

static void note(const NoticeDue *d, LogLevel level, const char *state, const char *why)
{
    char number[24], attempt[16];
    snprintf(number, sizeof number, "%" PRId64, d->number);
    snprintf(attempt, sizeof attempt, "%d", d->attempts + 1);
    log_event(level, "notice", "notice", number, "channel", d->channel, "state", state, "attempt", attempt, why ? "error" : NULL, why, NULL);
}

static Rc conclude(Notices *n, const NoticeDue *d, Rc rc, const char *answer, const Error *why, Error *err)
{
    Instant now = now_of(n), next = rc == RC_OK || rc == RC_REJECT ? 0 : again_at(n, d, why, now);
    note(d, rc ? LOG_WARNING : LOG_INFO, rc == RC_OK ? "sent" : next ? "again" : "given_up", rc ? why->text : NULL);
    return notice_tried(n->desk->db, d->number, rc == RC_OK, next, rc ? *answer ? answer : why->text : answer, now, err);
}

/* Asked without the lock, which most steps need not have. RC_END: neither is there a day to tell nor a notice to hand over. */
static Rc anything(Notices *n, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Instant now = now_of(n);
    NoticeDue d;
    return is_to_tell(n, almaty_day(n->g->zone, now), now) ? RC_OK : notice_due(n->desk->db, now, a, &d, err);
}

static Rc send_one(Notices *n, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    char answer[CHANNEL_ANSWER] = "";
    NoticeDue d;
    Error why = {0};
    Rc rc = notice_due(n->desk->db, now_of(n), a, &d, err);
    if (rc)
        return rc;
    const Channel *c = channel_find(d.channel);
    if (!c || !c->wanted(n->s))
        rc = error_set(&why, RC_RETRY, "the channel is not configured");
    else
        rc = c->send(open_channel(n, c), &(Outgoing){ d.number, d.message_id, d.bin, d.address, d.bytes, d.n, d.made_at }, answer, &why);
    if (rc && n->stopping && atomic_load(n->stopping))
        return RC_END;
    return conclude(n, &d, rc, answer, &why, err);
}

Rc notices_step(void *notices, Error *err)
{
    Notices *n = notices;
    bool held;
    Error late;
    Rc any = anything(n, err);
    if (any)
        return any;
    if (desk_hold(n->desk, "notices", &held, err))
        return err->rc;
    if (!held)
        return RC_END;
    Rc rc = tell(n, err);
    rc = rc ? rc : send_one(n, err);
    Rc released = desk_release(n->desk, "notices", rc && rc != RC_END ? &late : err);
    return rc ? rc : released;
}
