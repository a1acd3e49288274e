#include "gateway/flow/analysis.h"
#include "gateway/flow/query_access.h"
#include <stdlib.h>
#include <string.h>

typedef enum { AS_JSON, AS_CSV, AS_PAGE, FORMS } Form;
typedef struct { int year; Form form; Lang lang; char known_at[INSTANT_TEXT]; } Question;

static Rc wrong(const char *name, Error *err) { return error_refuse(err, "bad_parameter", name, NULL, NULL); }

static Rc year_take(const char *text, Question *q, Error *err)
{
    if (!text || strlen(text) != 4 || strspn(text, "0123456789") != 4 || *text == '0')
        return wrong("year", err);
    q->year = (int)strtol(text, NULL, 10);
    return RC_OK;
}

static const struct { const char *name, *media; } forms[FORMS] = {
    [AS_JSON] = { "json", "application/json" }, [AS_CSV] = { "csv", "text/csv; charset=utf-8; header=present" }, [AS_PAGE] = { "html", "text/html; charset=utf-8" } };

/* FORMS: there is none of that name. */
static Form form_of(const char *name)
{
    Form f = AS_JSON;
    while (name && f < FORMS && strcmp(forms[f].name, name) != 0)
        f++;
    return f;
}

const char *analysis_media(const char *format) { return forms[form_of(format) % FORMS].media; }

static Rc form_take(const char *text, Question *q, Error *err)
{
    q->form = form_of(text);
    return q->form < FORMS ? RC_OK : wrong("format", err);
}

static Rc lang_take(const char *text, const Asker *a, Question *q, Error *err)
{
    if (text && strcmp(text, "kk") != 0 && strcmp(text, "ru") != 0)
        return wrong("lang", err);
    const char *lang = text ? text : a->lang;
    q->lang = lang && strcmp(lang, "kk") == 0 ? LANG_KK : LANG_RU;
    return RC_OK;
}

/* What will be known later is not known now, so the answer would not stay. */
static Rc moment_take(Desk *d, const char *text, Question *q, Error *err)
{
    Instant now = clock_now(&d->g->clock), at = now;
    bool zoned = true;
    if (text && (!instant_read(text, &at, &zoned) || !zoned || at > now))
        return wrong("as_known_at", err);
    instant_text(at, q->known_at);
    return RC_OK;
}

Rc query_analysis(Desk *d, const Asker *a, const AnalysisFilter *f, Buffer *out, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(tx_end) Tx tx = {0};
    Question q;
    Analysis n;
    if (asker_known(a, err))
        return err->rc;
    if (!sees_all_duties(a->who))
        return error_refuse(err, "forbidden", "analysis", NULL, NULL);
    if (year_take(f->year, &q, err) || form_take(f->format, &q, err) || lang_take(f->lang, a, &q, err) || moment_take(d, f->as_known_at, &q, err)
        || journal(d, a, "analysis", f->year, err) || tx_reads(&tx, d->db, err) || analysis_make(d, q.year, q.known_at, arena, &n, err) || tx_commit(&tx, err))
        return err->rc;
    if (q.form == AS_JSON)
        analysis_json(&n, out);
    else
        (q.form == AS_CSV ? analysis_csv : analysis_page)(d->g, &n, q.lang, out);
    return RC_OK;
}
