#include "gateway/base/csv.h"
#include "gateway/flow/query_access.h"
#include "gateway/law/civil.h"
#include "persistence/reports_timeliness.h"
#include <string.h>

static Rc day_asked(const char *text, const char *name, Error *err)
{
    CivilDay day;
    return !text || civil_read(text, &day) ? RC_OK : error_refuse(err, "bad_parameter", name, NULL, NULL);
}

/* "feed,period", in any order. */
static Rc grouping(const char *by, TimelinessAsked *out, Error *err)
{
    const struct { const char *name; bool *flag; } flags[] = { { "feed", &out->by_feed }, { "period", &out->by_period }, { "party", &out->by_party } };
    for (const char *s = by; *s;) {
        size_t n = strcspn(s, ","), i = 0;
        while (i < 3 && (strlen(flags[i].name) != n || memcmp(flags[i].name, s, n) != 0))
            i++;
        if (i == 3)
            return error_refuse(err, "bad_parameter", "by", NULL, NULL);
        *flags[i].flag = true;
        s += n + (s[n] == ',');
    }
    return RC_OK;
}

static Rc groups(Desk *d, const Asker *a, const TimelinessFilter *f, Rows *out, Error *err)
{
    bool officer = sees_all_duties(a->who);
    TimelinessAsked asked = { .party = officer ? 0 : a->who->party, .final_only = !officer, .bin = f->party, .feed = f->feed, .period = f->period, .obligation = f->obligation,
                              .from = f->from, .to = f->to, .as_known_at = f->as_known_at };
    if (asker_known(a, err))
        return err->rc;
    if (f->feed && !feeds_find(d->g->feeds, f->feed))
        return error_refuse(err, "bad_parameter", "feed", NULL, NULL);
    return grouping(f->by ? f->by : "feed,period", &asked, err) || day_asked(f->from, "from", err) || day_asked(f->to, "to", err) || instant_asked(f->as_known_at, "as_known_at", err)
        || report_timeliness(d->db, &asked, clock_now(&d->g->clock), out, err) ? err->rc : RC_OK;
}

Rc query_timeliness(Desk *d, const Asker *a, const TimelinessFilter *f, Buffer *json, Error *err)
{
    SCOPED(rows_end) Rows r = {0};
    if (groups(d, a, f, &r, err))
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    json_key(&j, "timeliness");
    json_open(&j, '[');
    for (int i = 0; i < rows_n(&r); i++)
        json_raw(&j, rows_text(&r, i, 0), strlen(rows_text(&r, i, 0)));
    json_close(&j, ']');
    json_close(&j, '}');
    return RC_OK;
}

Rc query_timeliness_csv(Desk *d, const Asker *a, const TimelinessFilter *f, Buffer *csv, Error *err)
{
    static const char *const names[TIMELINESS_CELLS] = { TIMELINESS_NAMES };
    SCOPED(rows_end) Rows r = {0};
    if (groups(d, a, f, &r, err))
        return err->rc;
    csv_begin(csv, names, TIMELINESS_CELLS);
    for (int i = 0; i < rows_n(&r); i++) {
        for (int c = 0; c < TIMELINESS_CELLS; c++)
            csv_put(csv, c == 0, rows_text(&r, i, TIMELINESS_FROM + c));
        buffer_text(csv, "\r\n");
    }
    return RC_OK;
}
