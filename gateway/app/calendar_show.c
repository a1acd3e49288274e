#include "gateway/app/calendar_show.h"
#include "gateway/law/period.h"
#include "gateway/law/due_json.h"
#include <stdio.h>

/* What is known always has no moment. */
static void put_since(Json *j, const Edition *e)
{
    char at[INSTANT_TEXT];
    json_key(j, "known_since");
    json_text(j, e->known_since ? instant_plain(e->known_since, at) : NULL);
    json_put_text(j, "known_since_is", e->computed ? "computed" : e->assumed ? "assumed" : "read");
}

static void put_head(Json *j, const Edition *e)
{
    json_put_number(j, "year", e->year);
    json_put_text(j, "edition", e->id);
    put_since(j, e);
    json_put_text(j, "act", e->act);
    json_put_text(j, "source", e->source);
    json_key(j, "provisional");
    json_bool(j, e->provisional);
    json_put_number(j, "working_days", edition_working_days(e, e->first, e->last));
}

static void put_months(Json *j, const Edition *e)
{
    char name[PERIOD_TEXT];
    json_key(j, "months");
    json_open(j, '[');
    for (Period p = period_around(MONTHLY, e->first); period_begin(p) <= e->last; p = period_next(p)) {
        json_open(j, '{');
        json_put_text(j, "month", period_text(p, name));
        json_put_number(j, "working_days", edition_working_days(e, period_begin(p), period_end(p)));
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* Days that are not what the week alone would make them. */
static void put_days(Json *j, const char *key, const Calendar *c, const Edition *e, bool weekend)
{
    char day_text[CIVIL_TEXT], why[WHY_TEXT];
    json_key(j, key);
    json_open(j, '[');
    for (CivilDay day = e->first; day <= e->last; day++) {
        if (civil_weekend(day) != weekend || edition_works(e, day) != weekend)
            continue;
        json_open(j, '{');
        json_put_text(j, "day", civil_text(day, day_text));
        json_put_text(j, "weekday", civil_weekday_name(day));
        json_put_text(j, "why", edition_why(c, e, day, why));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_editions(Json *j, const Calendar *c, int year)
{
    const Edition *const *all;
    size_t n = calendar_editions(c, year, &all);
    json_key(j, "editions");
    json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(j, '{');
        json_put_text(j, "edition", all[i]->id);
        put_since(j, all[i]);
        json_put_number(j, "working_days", edition_working_days(all[i], all[i]->first, all[i]->last));
        json_put_text(j, "act", all[i]->act);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void calendar_json(const Calendar *c, const Edition *e, Buffer *out)
{
    Json j = { out, false };
    json_open(&j, '{');
    put_head(&j, e);
    put_months(&j, e);
    put_days(&j, "days_off", c, e, false);
    put_days(&j, "worked_weekend_days", c, e, true);
    put_editions(&j, c, e->year);
    json_close(&j, '}');
}

void calendar_print(const char *json)
{
    static const char *const months[] = { "month", "working_days", NULL }, *const days[] = { "day", "weekday", "why", NULL };
    static const char *const editions[] = { "edition", "known_since", "known_since_is", "working_days", "act", NULL };
    static const struct { const char *title, *list; const char *const *columns; } tables[] = {
        { "Working days", "months", months }, { "Days off, Monday to Friday", "days_off", days },
        { "Days worked on a weekend", "worked_weekend_days", days }, { "Editions", "editions", editions },
    };
    print_pairs(json);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        printf("\n%s\n", tables[i].title);
        print_table(json, tables[i].list, tables[i].columns);
    }
}

int calendar_changes(const Edition *before, const Edition *after, Buffer *out)
{
    int n = 0;
    char day_text[CIVIL_TEXT];
    for (CivilDay day = after->first; day <= after->last; day++) {
        bool was = edition_works(before, day), is = edition_works(after, day);
        if (was == is)
            continue;
        n++;
        buffer_print(out, "    %s %-9s  %s\n", civil_text(day, day_text), civil_weekday_name(day), is ? "was off, is worked" : "was worked, is off");
    }
    return n;
}

static void report_edition(const Calendar *c, const Edition *e)
{
    SCOPED(buffer_free) Buffer changes = {0};
    HolidayYear law;
    char since[INSTANT_TEXT];
    holidays_year(calendar_law(c), e->year, e->known_since, &law);
    Edition alone = *e;
    alone.off = law.off;
    int n = calendar_changes(&alone, e, &changes);
    printf("%-10s known since %s%s, %d working days%s%s\n", e->id, instant_plain(e->known_since, since), e->assumed ? " (assumed)" : "",
           edition_working_days(e, e->first, e->last), e->provisional ? ", a forecast" : "", n ? "; other than by the Law alone:" : "");
    fputs(buffer_string(&changes), stdout);
}

void calendar_report(const Calendar *c)
{
    int without = 0;
    for (int year = calendar_first_year(c); year <= calendar_last_year(c); year++) {
        HolidayYear law;
        const Edition *const *all;
        size_t n = calendar_editions(c, year, &all);
        for (size_t i = 0; i < n; i++)
            if (!all[i]->computed)
                report_edition(c, all[i]);
        holidays_year(calendar_law(c), year, KNOWN_NOW, &law);
        if (all[n - 1]->computed && !law.complete && !without)
            without = year;
    }
    if (without)
        printf("from %d on no edition, and a holiday of the moon without a date: that day counts as worked\n", without);
}
