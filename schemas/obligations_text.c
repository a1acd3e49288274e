#include "schemas/obligations_parts.h"
#include "gateway/base/buffer.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const debtors[] = { [DEBTOR_ONE] = "one", [DEBTOR_EACH_OF] = "each_of", [DEBTOR_EVERY] = "every", [DEBTOR_CLASS] = "class" };
static const char *const owed[] = { [OWED_BY_PERIOD] = "period", [OWED_BY_EVENT] = "event", [OWED_BY_DELIVERY] = "delivery", [OWED_ON_CHANGE] = "on_change", [OWED_BY_OTHER_ACT] = "by_other_act" };
static const char *const settled[] = { [SETTLED_BY_DELIVERY] = "delivery", [SETTLED_BY_EVENT] = "event", [SETTLED_BY_HANDOVER] = "handed_over" };
static const char *const forms[] = { [DUE_NOT_SET] = "not_set", [DUE_NONE] = "none", [DUE_AFTER_PERIOD] = "end_of_period", [DUE_AFTER_EVENT] = "after_event", [DUE_ON_DATE] = "on" };
static const char *const units[] = { [CALENDAR_DAYS] = "calendar days", [WORKING_DAYS] = "working days", [HOURS] = "hours" };
enum { DEBTORS = 4, OWED = 5, SETTLED = 3, FORMS = 5 };

static const char *term_words(const Term *t, char out[48])
{
    snprintf(out, 48, "%u %s", t->n, units[t->unit]);
    return out;
}

static void put_norm(Json *j, const Obligation *o)
{
    json_key(j, "norm");
    json_open(j, '{');
    json_put_text(j, "act", o->act);
    json_put_text(j, "creditor", o->creditor);
    json_key(j, "debtor");
    json_open(j, '{');
    json_key(j, debtors[o->debtor]);
    json_open(j, '[');
    for (size_t i = 0; i < o->n_roles; i++)
        json_text(j, o->roles[i]);
    json_close(j, ']');
    json_close(j, '}');
    json_put_text(j, "edition", o->edition);
    json_put_text(j, "event", o->event);
    json_put_text(j, "feed", o->feed);
    json_put_text(j, "id", o->id);
    json_key(j, "months");
    json_number(j, o->owed_by == OWED_BY_PERIOD ? (int64_t)o->recurs : 0);
    json_put_text(j, "owed_by", owed[o->owed_by]);
    json_put_text(j, "paragraph", o->paragraph);
    json_put_text(j, "quote", o->quote);
    json_put_text(j, "settled_by", settled[o->settled_by]);
    json_put_text(j, "starts", o->starts);
    json_close(j, '}');
}

static void put_reading(Json *j, const Reading *r)
{
    char term[48], closing[48], date[16];
    bool timed = r->form == DUE_AFTER_PERIOD || r->form == DUE_AFTER_EVENT;
    snprintf(date, sizeof date, "%02d-%02d", r->date.month, r->date.day);
    json_key(j, "reading");
    json_open(j, '{');
    json_key(j, "begun_inside"), json_bool(j, r->begun_inside);
    json_put_text(j, "closes", r->closes ? term_words(&r->closing, closing) : "never");
    json_put_text(j, "date", r->form == DUE_ON_DATE ? date : NULL);
    json_put_text(j, "decides", moment_names[r->decides]);
    json_put_text(j, "due", forms[r->form]);
    json_key(j, "ended_inside"), json_bool(j, r->ended_inside);
    json_put_text(j, "id", r->id);
    json_key(j, "moves"), json_bool(j, timed ? r->term.moves : r->moves);
    json_put_text(j, "plus", timed ? term_words(&r->term, term) : NULL);
    json_put_text(j, "why", r->why);
    json_close(j, '}');
}

void reading_write(const Obligation *o, Reading *r, TextHash *hash, Arena *a)
{
    SCOPED(buffer_free) Buffer text = {0};
    Json j = { .to = &text };
    json_open(&j, '{');
    put_norm(&j, o);
    put_reading(&j, r);
    json_close(&j, '}');
    r->text = arena_text(a, text.at, text.len);
    hash(text.at, text.len, r->hash);
}

/* ---- and back ---- */

static const char *member(const cJSON *at, const char *name)
{
    const cJSON *m = cJSON_GetObjectItemCaseSensitive(at, name);
    return cJSON_IsString(m) ? m->valuestring : NULL;
}

static bool flag(const cJSON *at, const char *name) { return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(at, name)); }

static int word(const char *const *words, int n, const char *s)
{
    for (int i = 0; i < n; i++)
        if (s && strcmp(words[i], s) == 0)
            return i;
    return -1;
}

static bool understood(const cJSON *json, Arena *a, Reading *r)
{
    Error err = {0};
    const char *id = member(json, "id"), *why = member(json, "why"), *closes = member(json, "closes"), *plus = member(json, "plus"), *date = member(json, "date");
    int form = word(forms, FORMS, member(json, "due")), decides = word(moment_names, MOMENTS, member(json, "decides"));
    if (!id || !why || !closes || form < 0 || decides < 0)
        return false;
    *r = (Reading){ .id = arena_printf(a, "%s", id), .why = arena_printf(a, "%s", why), .form = (DueForm)form, .decides = (Moment)decides,
                    .begun_inside = flag(json, "begun_inside"), .ended_inside = flag(json, "ended_inside"), .moves = flag(json, "moves"), .closes = strcmp(closes, "never") != 0 };
    if ((r->closes && term_read(closes, &r->closing, &err)) || (plus && term_read(plus, &r->term, &err)))
        return false;
    r->term.moves = plus && r->moves;
    return form != DUE_ON_DATE || (date && sscanf(date, "%2d-%2d", &r->date.month, &r->date.day) == 2);
}

Rc reading_parse(const char *text, TextHash *hash, Arena *a, Reading *out, Error *err)
{
    cJSON *json = cJSON_ParseWithOpts(text, NULL, true);
    bool good = json && understood(cJSON_GetObjectItemCaseSensitive(json, "reading"), a, out);
    cJSON_Delete(json);
    if (!good)
        return error_set(err, RC_FATAL, "the text of an approved reading is not understood");
    out->text = arena_text(a, text, strlen(text));
    hash(text, strlen(text), out->hash);
    return RC_OK;
}
