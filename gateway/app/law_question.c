#include "gateway/app/law_question.h"
#include "gateway/base/text.h"
#include "gateway/law/almaty.h"
#include "gateway/law/timetable.h"
#include <cjson/cJSON.h>
#include <string.h>

enum { SHOWN = 40 };

typedef struct { const char *from, *period, *plus, *on, *shift, *known_at; bool explain; } Members;

static const struct { const char *name; size_t at; bool flag; } members[] = {
#define TEXT(name) { #name, offsetof(Members, name), false }
    TEXT(from), TEXT(period), TEXT(plus), TEXT(on), TEXT(shift), TEXT(known_at), { "explain", offsetof(Members, explain), true },
#undef TEXT
};
enum { MEMBERS = sizeof members / sizeof *members };

static void json_end(cJSON **j) { cJSON_Delete(*j); }

static Rc wrong(Error *err, const char *member, const char *value, const char *why)
{
    return error_set(err, RC_REJECT, "%s: '%.*s' %s", member, (int)text_cut(value, strlen(value), SHOWN), value, why);
}

static Rc member_take(const cJSON *j, Members *m, unsigned *seen, Error *err)
{
    size_t i = 0;
    while (i < MEMBERS && strcmp(members[i].name, j->string) != 0)
        i++;
    if (i == MEMBERS)
        return wrong(err, "member", j->string, "is not known: from, period, plus, on, shift, known_at, explain");
    if (*seen & 1u << i)
        return error_set(err, RC_REJECT, "%s: stands there twice", members[i].name);
    *seen |= 1u << i;
    if (members[i].flag ? !cJSON_IsBool(j) : !cJSON_IsString(j))
        return error_set(err, RC_REJECT, "%s: write %s", members[i].name, members[i].flag ? "true or false" : "a string");
    if (members[i].flag)
        *(bool *)(void *)((char *)m + members[i].at) = cJSON_IsTrue(j);
    else
        *(const char **)(void *)((char *)m + members[i].at) = j->valuestring;
    return RC_OK;
}

/* cJSON would end a text at \u0000 and replace what is not UTF-8. */
static Rc line_parse(const char *line, size_t n, cJSON **out, Error *err)
{
    Utf8 utf8 = {0};
    const char *end = NULL;
    if (!n)
        return error_set(err, RC_REJECT, "the line is empty");
    if (!utf8_feed(&utf8, line, n) || !utf8_whole(&utf8))
        return error_set(err, RC_REJECT, "the line is not UTF-8");
    *out = memmem(line, n, "\\u0000", 6) ? NULL : cJSON_ParseWithLengthOpts(line, n, &end, false);
    if (!*out || strspn(end, " \t\r") < (size_t)(line + n - end) || !cJSON_IsObject(*out))
        return error_set(err, RC_REJECT, "the line is not a JSON object");
    return RC_OK;
}

static Rc shift_take(const Members *m, Term *t, Error *err)
{
    if (!m->shift)
        return RC_OK;
    bool moves = strcmp(m->shift, "next_working_day") == 0;
    if (!moves && strcmp(m->shift, "none") != 0)
        return wrong(err, "shift", m->shift, "is neither next_working_day nor none");
    if (moves && t->unit == HOURS)
        return error_set(err, RC_REJECT, "shift: a term of hours is not moved");
    t->moves = moves;
    return RC_OK;
}

static Rc from_take(const Members *m, const Zone *z, Question *q, Error *err)
{
    bool zoned, day = civil_read(m->from, &q->event);
    if (!day && !instant_read(m->from, &q->instant, &zoned))
        return wrong(err, "from", m->from, "is neither a day like 2024-12-12 nor an instant like 2024-12-12T10:00:00+05:00");
    q->by_instant = q->term.unit == HOURS;
    if (q->by_instant && day)
        return wrong(err, "from", m->from, "is a day; a term of hours begins at an instant like 2024-12-12T10:00:00+05:00");
    if (!day)
        q->event = almaty_day(z, q->instant);
    return RC_OK;
}

/* "15 December" of a year: a term of no days that begins, and ends, on that day. */
static Rc date_take(const Members *m, Period p, Question *q, Error *err)
{
    Timetable t;
    Error unread;
    if (timetable_read(m->on, &t, &unread) || t.form != ON_DATE || strchr(m->on, ':'))
        return wrong(err, "on", m->on, "is no day of a year, like 15 December");
    if (p.length != YEARLY)
        return wrong(err, "period", m->period, "is not a year, and the day is of a year");
    q->event = calendar_days(period_year(p), t.date.month, t.date.day);
    q->term = (Term){ CALENDAR_DAYS, 0, true };
    return RC_OK;
}

static Rc period_take(const Members *m, Question *q, Error *err)
{
    Period p;
    if (!period_read(m->period, &p))
        return wrong(err, "period", m->period, "is none of 2024-11, 2024-Q4, 2024-H2, 2024, 2024-11-25");
    if (m->on)
        return date_take(m, p, q, err);
    if (q->term.unit == HOURS)
        return error_set(err, RC_REJECT, "plus: a term of hours begins at an instant, not with a period");
    q->event = period_end(p);
    return RC_OK;
}

static Rc known_take(const Members *m, Question *q, Error *err)
{
    bool zoned;
    q->known_at = KNOWN_NOW;
    if (!m->known_at || (instant_read(m->known_at, &q->known_at, &zoned) && zoned))
        return RC_OK;
    return wrong(err, "known_at", m->known_at, "is no instant with its zone, like 2024-06-01T00:00:00+05:00");
}

static Rc term_take(const Members *m, Question *q, Error *err)
{
    if (m->on)
        return m->plus || m->from ? error_set(err, RC_REJECT, "on: goes with period alone, without plus") : RC_OK;
    if (!m->plus)
        return error_set(err, RC_REJECT, "plus: is missing");
    return term_read(m->plus, &q->term, err) ? error_at(err, "plus") : RC_OK;
}

Rc question_read(const char *line, size_t n, const Zone *z, Question *out, Error *err)
{
    SCOPED(json_end) cJSON *j = NULL;
    const cJSON *item;
    Members m = {0};
    Question q = {0};
    unsigned seen = 0;
    if (line_parse(line, n, &j, err))
        return err->rc;
    cJSON_ArrayForEach(item, j)
        if (member_take(item, &m, &seen, err))
            return err->rc;
    if (!m.from == !m.period)
        return error_set(err, RC_REJECT, "from: write from or period%s", m.from ? ", not both" : "");
    if (term_take(&m, &q, err) || (m.from ? from_take(&m, z, &q, err) : period_take(&m, &q, err)) || shift_take(&m, &q.term, err) || known_take(&m, &q, err))
        return err->rc;
    q.explain = m.explain;
    *out = q;
    return RC_OK;
}
