#include "adapters/folder_inside.h"
#include "gateway/base/log.h"
#include "gateway/model/metrics.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

enum { AT_ONCE = 64 };

typedef struct { Buffer receipt, protocol, text; } Drafts;

static void drafts_free(Drafts *d)
{
    buffer_free(&d->receipt);
    buffer_free(&d->protocol);
    buffer_free(&d->text);
}

static void json_end(cJSON **j) { cJSON_Delete(*j); }

/* "settled", "refused", …; a delivery that is set aside has no protocol yet: people will see to it. */
static bool state_is(const char *protocol, const char *state)
{
    SCOPED(json_end) cJSON *doc = cJSON_Parse(protocol);
    const char *is = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, "state"));
    return is && strcmp(is, state) == 0;
}

static Rc finish(BoxWork *w, const char *kept, const char *id, size_t *n, Error *err)
{
    SCOPED(drafts_free) Drafts d = {0};
    const char *name = kept + ID_SIZE;
    Asker asker = { &w->who, w->lang, "folder" };
    char as[256];
    if (query_receipt(w->desk, &asker, id, &d.receipt, err) || query_delivery(w->desk, &asker, id, &d.protocol, err))
        return err->rc;
    bool settled = state_is(buffer_string(&d.protocol), "settled");
    if (!settled && !state_is(buffer_string(&d.protocol), "refused"))
        return RC_OK;
    int to = settled ? w->box.done : w->box.refused;
    box_text(w, name, buffer_string(&d.protocol), &d.text);
    if (box_papers(&w->box, to, name, id, &(Papers){ &d.receipt, &d.protocol, &d.text }, as, err))
        return err->rc;
    Rc rc = box_move(w->box.kept, kept, to, as, err);
    if (rc == RC_OK) {
        ++*n;
        log_event(LOG_INFO, "box_finished", "box", w->box.about->folder, "delivery", id, "to", settled ? "done" : "refused", NULL);
    }
    return rc == RC_END ? RC_OK : rc;
}

typedef struct { BoxWork *w; char name[AT_ONCE][256], id[AT_ONCE][ID_SIZE]; size_t n, finished; } Waiting;

static Rc flush(Waiting *s, Error *err)
{
    const char *ids[AT_ONCE];
    bool done[AT_ONCE];
    size_t n = s->n;
    s->n = 0;
    for (size_t i = 0; i < n; i++)
        ids[i] = s->id[i];
    if (n && deliveries_done(s->w->desk, ids, n, done, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        s->w->waits |= !done[i];
    for (size_t i = 0; i < n; i++)
        if (done[i] && finish(s->w, s->name[i], s->id[i], &s->finished, err))
            return err->rc;
    return RC_OK;
}

static bool is_id(const char *s)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.";
    for (const char *f = form; *f; f++, s++)
        if (*f == 'x' ? !*s || !strchr("0123456789abcdef", *s) : *s != *f)
            return false;
    return *s != '\0';
}

static Rc visit(void *self, const char *name, Error *err)
{
    Waiting *s = self;
    if (!is_id(name) || strlen(name) > 255)
        return RC_OK;
    snprintf(s->name[s->n], sizeof s->name[0], "%s", name);
    snprintf(s->id[s->n], sizeof s->id[0], "%.*s", ID_SIZE - 1, name);
    return ++s->n < AT_ONCE ? RC_OK : flush(s, err);
}

Rc box_finish(BoxWork *w, size_t *n, Error *err)
{
    Waiting s = { .w = w };
    Rc rc = box_each(w->box.kept, visit, &s, err);
    if (!rc)
        rc = flush(&s, err);
    *n = s.finished;
    return rc;
}

/* In the form of a receipt and of a protocol, as far as there is anything to say. */
static void refusal_json(const BoxWork *w, const char *id, const Error *why, Buffer *out)
{
    SCOPED(buffer_free) Buffer text = {0};
    char now[INSTANT_TEXT];
    Json j = { .to = out };
    refusal_text(w->g, w->lang, why, &text);
    json_open(&j, '{');
    json_put_text(&j, "delivery", NULL);
    json_put_text(&j, "party", w->who.bin);
    json_put_text(&j, "source", "folder");
    json_put_text(&j, "message_id", id);
    json_put_text(&j, "state", "refused");
    json_put_text(&j, "at", instant_text(clock_now(door_settings(w->g)->clock), now));
    json_key(&j, "refused");
    json_open(&j, '{');
    json_put_text(&j, "code", why->code);
    json_key(&j, "text"), json_string(&j, text.at ? text.at : "", text.len);
    json_close(&j, '}');
    json_close(&j, '}');
}

Rc box_refuse(BoxWork *w, const char *name, const char *id, const Error *why, Error *err)
{
    SCOPED(drafts_free) Drafts d = {0};
    char as[256];
    refusal_json(w, id, why, &d.receipt);
    refusal_json(w, id, why, &d.protocol);
    box_text_refused(w, name, why, &d.text);
    if (box_papers(&w->box, w->box.refused, name, id, &(Papers){ &d.receipt, &d.protocol, &d.text }, as, err))
        return err->rc;
    Rc rc = box_move(w->box.taken, name, w->box.refused, as, err);
    box_forget_done(&w->box, name);
    if (rc == RC_OK) {
        count_refused("folder", why);
        door_refused(w->desk, &w->who, "folder", why);
        log_event(LOG_INFO, "box_refused", "box", w->box.about->folder, "code", why->code, NULL);
    }
    return rc == RC_END ? RC_OK : rc;
}
