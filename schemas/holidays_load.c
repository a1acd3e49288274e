#include "schemas/calendar.h"
#include "schemas/calendar_draft.h"
#include <string.h>

static void yaml_end(void *data) { yaml_free(&law_schema, data); }

static const char *under(LawDraft *d, const char *place, const char *key) { return arena_printf(d->a, "%s.%s", place, key); }

static bool month_day_read(const char *s, MonthDay *out)
{
    if (strlen(s) != 5 || s[2] != '-' || strspn(s, "0123456789") != 2 || strspn(s + 3, "0123456789") != 2)
        return false;
    *out = (MonthDay){ 10 * (s[0] - '0') + s[1] - '0', 10 * (s[3] - '0') + s[4] - '0' };
    return civil_there(2001, out->month, out->day);
}

static Rc days_take(LawDraft *d, const YamlHoliday *y, const char *place, Holiday *h)
{
    MonthDay *days = arena_alloc(d->a, (y->n_days + 1) * sizeof *days);
    for (unsigned i = 0; i < y->n_days; i++)
        if (!month_day_read(y->days[i], &days[i]))
            return law_fault(d, arena_printf(d->a, "%s.days[%u]", place, i + 1), "'%.40s': write a month and a day of every year, like 12-16", y->days[i]);
    h->days = days;
    h->n_days = y->n_days;
    return RC_OK;
}

/* Dates first, what is only expected behind them. */
static Rc dates_take(LawDraft *d, const YamlHoliday *y, const char *place, Holiday *h)
{
    const CivilDay *dates, *estimates;
    if (law_days(d, under(d, place, "dates"), y->dates, y->n_dates, &dates) || law_days(d, under(d, place, "estimates"), y->estimates, y->n_estimates, &estimates))
        return d->err->rc;
    CivilDay *all = arena_alloc(d->a, (y->n_dates + y->n_estimates + 1) * sizeof *all);
    memcpy(all, dates, y->n_dates * sizeof *all);
    memcpy(all + y->n_dates, estimates, y->n_estimates * sizeof *all);
    if (y->n_dates && y->n_estimates && estimates[0] <= dates[y->n_dates - 1])
        return law_fault(d, under(d, place, "estimates[1]"), "%s: estimates stand behind the dates that are known", y->estimates[0]);
    h->dates = all;
    h->n_dates = y->n_dates + y->n_estimates;
    h->n_estimates = y->n_estimates;
    return RC_OK;
}

static Rc day_maybe(LawDraft *d, const char *place, const char *text, CivilDay *out)
{
    if (!text || civil_read(text, out))
        return RC_OK;
    return law_fault(d, place, "'%.40s': there is no such day; write it like 2024-12-16", text);
}

static Rc moment_maybe(LawDraft *d, const char *place, const char *text, Instant *out) { return text ? law_moment(d, place, text, out) : RC_OK; }

static Rc holiday_take(LawDraft *d, const YamlHoliday *y, const char *place, Holiday *h)
{
    *h = (Holiday){ .name = y->name, .shifts = y->shifts, .from = INT64_MIN, .to = INT64_MAX };
    if (!y->n_days == !(y->n_dates + y->n_estimates))
        return law_fault(d, place, "write days of every year, or dates and estimates of single years");
    if (days_take(d, y, place, h) || dates_take(d, y, place, h) || day_maybe(d, under(d, place, "from"), y->from, &h->from)
        || day_maybe(d, under(d, place, "to"), y->to, &h->to) || moment_maybe(d, under(d, place, "known_since"), y->known_since, &h->known_since)
        || moment_maybe(d, under(d, place, "end_known_since"), y->end_known_since, &h->end_known_since))
        return d->err->rc;
    if (h->to < h->from)
        return law_fault(d, under(d, place, "to"), "%s is before it begins, %s", y->to, y->from);
    if (y->end_known_since && !y->to)
        return law_fault(d, under(d, place, "end_known_since"), "it has no end: write to");
    return RC_OK;
}

static Rc years_take(LawDraft *d, const YamlYears *y, HolidayLaw *out)
{
    if (y->from < 1900 || y->from > y->to || y->to > 2200)
        return law_fault(d, "years", "%u to %u: write years from 1900 to 2200, the first one first", y->from, y->to);
    out->first = (int)y->from;
    out->last = (int)y->to;
    return RC_OK;
}

Rc holidays_load(const char *file, Arena *a, HolidayLaw *out, Error *err)
{
    void *data = NULL;
    if (yaml_load(file, &law_schema, &data, err))
        return err->rc;
    arena_adopt(a, yaml_end, data);
    const YamlLaw *y = data;
    LawDraft d = { arena_text(a, file, strlen(file)), a, err };
    HolidayLaw law = { .act = y->act, .n = y->n_holidays };
    Holiday *all = arena_alloc(a, (law.n + 1) * sizeof *all);
    law.at = all;
    if (years_take(&d, &y->years, &law))
        return err->rc;
    for (unsigned i = 0; i < y->n_holidays; i++)
        if (holiday_take(&d, &y->holidays[i], arena_printf(a, "holidays[%u]", i + 1), &all[i]))
            return err->rc;
    *out = law;
    return RC_OK;
}
