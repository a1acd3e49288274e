#include "gateway/base/text.h"
#include "gateway/law/calendar.h"
#include <stdio.h>
#include <string.h>

enum { SHOWN = 100 };

static int shown(const char *act) { return (int)text_cut(act, strlen(act), SHOWN); }

bool edition_works(const Edition *e, CivilDay day) { return !dayset_has(&e->off, day - e->first); }

int edition_working_days(const Edition *e, CivilDay from, CivilDay to)
{
    int n = 0;
    for (CivilDay day = from < e->first ? e->first : from; day <= to && day <= e->last; day++)
        n += edition_works(e, day);
    return n;
}

/* The edition that first said so of this day: those known later may only have repeated it. */
static const Edition *first_to_say(const Calendar *c, const Edition *e, CivilDay day)
{
    const Edition *const *all;
    size_t n = calendar_editions(c, e->year, &all), i = 0;
    while (i < n && all[i] != e)
        i++;
    for (; i > 0 && i < n && !all[i - 1]->computed && edition_works(all[i - 1], day) == edition_works(e, day); i--)
        ;
    return i < n ? all[i] : e;
}

/* What the Law of that moment says of it; the edition's own word, where it says nothing. */
static char *why_off(const Calendar *c, const Edition *e, CivilDay day, char out[WHY_TEXT])
{
    HolidayYear law;
    char of[CIVIL_TEXT];
    holidays_year(calendar_law(c), e->year, e->known_since, &law);
    const Holiday *h = law.why[day - e->first].holiday;
    CivilDay of_day = law.why[day - e->first].of;
    const Edition *by = first_to_say(c, e, day);
    if (!h)
        snprintf(out, WHY_TEXT, "day off by %s: %.*s", by->id, shown(by->act), by->act);
    else if (of_day == day)
        snprintf(out, WHY_TEXT, "%s%s", h->name, law.why[day - e->first].estimate ? " (estimate)" : "");
    else
        snprintf(out, WHY_TEXT, "day off instead of %s %s, %s", civil_weekday_name(of_day), civil_text(of_day, of), h->name);
    return out;
}

char *edition_why(const Calendar *c, const Edition *e, CivilDay day, char out[WHY_TEXT])
{
    bool works = edition_works(e, day);
    const Edition *by = first_to_say(c, e, day);
    if (!works && !civil_weekend(day))
        return why_off(c, e, day, out);
    if (works && civil_weekend(day))
        snprintf(out, WHY_TEXT, "%s worked by %s: %.*s", civil_weekday_name(day), by->id, shown(by->act), by->act);
    else
        snprintf(out, WHY_TEXT, "%s", works ? "working day" : civil_weekday_name(day));
    return out;
}
