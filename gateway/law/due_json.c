#include "gateway/law/due_json.h"
#include <stdio.h>
#include <string.h>

char *instant_plain(Instant at, char out[INSTANT_TEXT])
{
    char *fraction = strstr(instant_text(at, out), ".000000Z");
    if (fraction)
        memcpy(fraction, "Z", 2);
    return out;
}

static void put_day(Json *j, const char *key, CivilDay day)
{
    char text[CIVIL_TEXT];
    json_key(j, key);
    json_text(j, civil_text(day, text));
}

static void put_instant(Json *j, const char *key, Instant at)
{
    char text[INSTANT_TEXT];
    json_key(j, key);
    json_text(j, instant_plain(at, text));
}

static void put_step(Json *j, const Calendar *c, const Step *s)
{
    static const char *const kinds[] = { [STEP_EVENT] = "event", [STEP_COUNTED] = "counted", [STEP_SKIPPED] = "skipped", [STEP_DUE] = "due" };
    char why[WHY_TEXT] = "calendar day";
    json_open(j, '{');
    put_day(j, "day", s->day);
    json_key(j, "step");
    json_text(j, kinds[s->kind]);
    if (s->kind == STEP_COUNTED) {
        json_key(j, "n");
        json_number(j, s->n);
    }
    if (s->kind == STEP_EVENT)
        snprintf(why, sizeof why, s->n ? "day 1 is the next day" : "the term's last day");
    else if (s->edition)
        edition_why(c, s->edition, s->day, why);
    json_key(j, "why");
    json_text(j, why);
    json_close(j, '}');
}

static void put_calendar(Json *j, const Due *due)
{
    bool provisional = false;
    json_key(j, "calendar");
    json_open(j, '[');
    for (size_t i = 0; i < due->n_editions; i++) {
        json_text(j, due->edition[i]->id);
        provisional |= due->edition[i]->provisional;
    }
    json_close(j, ']');
    if (provisional) {
        json_key(j, "provisional");
        json_bool(j, true);
    }
}

static void put_steps(Json *j, const Calendar *c, const Steps *steps)
{
    json_key(j, "steps");
    json_open(j, '[');
    for (size_t i = 0; i < steps->n; i++)
        put_step(j, c, &steps->at[i]);
    json_close(j, ']');
}

void due_json(const Due *due, const Steps *steps, const Calendar *c, Json *j)
{
    put_day(j, "due_day", due->day);
    put_instant(j, "before", due->before);
    put_calendar(j, due);
    if (steps)
        put_steps(j, c, steps);
}
