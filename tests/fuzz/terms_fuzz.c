#include "gateway/law/almaty.h"
#include "gateway/law/timetable.h"
#include "schemas/calendar.h"
#include "tests/fuzz/fuzz.h"

static Counting by;

static void begin(void)
{
    static Arena *arena;
    static Calendar *calendar;
    static Zone *zone;
    Error err;
    arena = arena_new();
    HOLDS(!calendar_load("schemas/law", NULL, arena, &calendar, &err) && !zone_load("Asia/Almaty", &zone, &err));
    by = (Counting){ calendar, zone, KNOWN_NOW };
}

static void period_try(const char *text)
{
    Period p;
    char out[PERIOD_TEXT];
    if (!period_read(text, &p))
        return;
    HOLDS(strcmp(period_text(p, out), text) == 0);
    HOLDS(period_begin(p) <= period_end(p) && period_around(p.length, period_end(p)).no == p.no);
}

static void term_try(const char *text)
{
    Error err;
    Term t;
    Due due;
    CivilDay event = calendar_days(2024, 12, 13);
    if (term_read(text, &t, &err) || t.unit == HOURS)
        return;
    HOLDS(!term_due(&by, &t, event, &due, NULL, &err) && due.day >= event + t.n && almaty_day(by.zone, due.before - 1) == due.day);
}

/* What is next after a moment is the last one at its own moment, and nothing lies between. */
static void timetable_try(const char *text)
{
    Error err;
    Timetable t;
    Occasion next, last;
    Instant after = INT64_C(1735689600000000);
    if (timetable_read(text, &t, &err)) {
        HOLDS(strstr(err.text, "understood are: "));
        return;
    }
    HOLDS(!timetable_next(&t, &by, after, &next, &err) && next.at > after);
    HOLDS(!timetable_last(&t, &by, next.at, &last, &err) && last.at == next.at && last.about.no == next.about.no);
    HOLDS(!timetable_last(&t, &by, next.at - 1, &last, &err) && last.at <= after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!by.calendar)
        begin();
    memcpy(text, data, size);
    text[size] = '\0';
    period_try(text);
    term_try(text);
    timetable_try(text);
    free(text);
    return 0;
}
