#include "adapters/folder_inside.h"
#include "gateway/base/text.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

/* One protocol as it is put into words. */
typedef struct { const BoxWork *w; const cJSON *doc; Buffer *out; } Telling;

static void line(const BoxWork *w, Buffer *out, const char *code, const char *a, const char *b, const char *c)
{
    const char *args[] = { a, b, c };
    paper_text(w->g, w->lang, code, args, 3, out);
    buffer_char(out, '\n');
}

static void tell(const Telling *t, const char *code, const char *a, const char *b, const char *c) { line(t->w, t->out, code, a, b, c); }

static const cJSON *member(const cJSON *of, const char *name) { return cJSON_GetObjectItemCaseSensitive(of, name); }

/* A member as text; numbers in buf. "" when it is not there. */
static const char *text_of(const cJSON *of, const char *name, char buf[24])
{
    const cJSON *m = member(of, name);
    if (cJSON_IsNumber(m))
        snprintf(buf, 24, "%.0f", m->valuedouble);
    else
        buf[0] = '\0';
    return cJSON_IsString(m) ? m->valuestring : buf;
}

static double number_of(const cJSON *of, const char *name)
{
    const cJSON *m = member(of, name);
    return cJSON_IsNumber(m) ? m->valuedouble : 0;
}

static void title(const BoxWork *w, const char *name, Buffer *out)
{
    Utf8 u = {0};
    bool readable = utf8_feed(&u, name, strlen(name)) && utf8_whole(&u);
    line(w, out, "box_file", readable ? name : "…", NULL, NULL);
}

static void about(const Telling *t)
{
    char a[24], b[24], c[24];
    tell(t, "box_delivery", text_of(t->doc, "delivery", a), text_of(t->doc, "number", b), text_of(t->doc, "committed", c));
    tell(t, "box_about", text_of(t->doc, "feed", a), text_of(t->doc, "period", b), text_of(t->doc, "kind", c));
}

static void counts(const Telling *t)
{
    const cJSON *o = member(t->doc, "outcomes");
    char a[24], b[24], c[24];
    tell(t, "box_records", text_of(t->doc, "records", a), NULL, NULL);
    tell(t, "box_put", text_of(o, "new", a), text_of(o, "changed", b), text_of(o, "unchanged", c));
    tell(t, "box_not_put", text_of(o, "withdrawn", a), text_of(o, "older", b), text_of(o, "refused", c));
}

static void finding(const Telling *t, const cJSON *f)
{
    char a[24], b[24], c[24];
    const char *place = text_of(f, "place", b), *source = text_of(f, "source", c);
    bool whole = number_of(f, "record") == 0;
    bool error = strcmp(text_of(f, "severity", a), "error") == 0;
    buffer_text(t->out, "\n- ");
    paper_text(t->w->g, t->w->lang, error ? "box_error" : "box_warning", NULL, 0, t->out);
    buffer_text(t->out, " ");
    tell(t, whole ? "box_finding_whole" : "box_finding", whole ? NULL : text_of(f, "record", a), *place ? place : NULL, *source ? source : NULL);
    buffer_print(t->out, "  %s\n", text_of(f, "text", a));
}

static void findings(const Telling *t)
{
    const cJSON *list = member(t->doc, "findings"), *f;
    char a[24], b[24];
    if (number_of(t->doc, "findings_total") < 1)
        return;
    snprintf(b, sizeof b, "%d", cJSON_GetArraySize(list));
    buffer_char(t->out, '\n');
    tell(t, "box_findings", text_of(t->doc, "findings_total", a), b, NULL);
    cJSON_ArrayForEach(f, list)
        finding(t, f);
}

static void verdict(const Telling *t)
{
    char a[24];
    const cJSON *refused = member(t->doc, "refused");
    buffer_char(t->out, '\n');
    if (cJSON_IsObject(refused)) {
        tell(t, "box_refused_whole", NULL, NULL, NULL);
        buffer_print(t->out, "%s\n", text_of(refused, "text", a));
    } else if (number_of(member(t->doc, "outcomes"), "refused") > 0) {
        tell(t, "box_settled_partly", text_of(member(t->doc, "outcomes"), "refused", a), NULL, NULL);
    } else {
        tell(t, "box_settled", NULL, NULL, NULL);
    }
}

static void what_to_do(const Telling *t)
{
    bool whole = cJSON_IsObject(member(t->doc, "refused"));
    bool some = number_of(member(t->doc, "outcomes"), "refused") > 0;
    buffer_char(t->out, '\n');
    tell(t, whole ? "box_do_whole" : some ? "box_do_records" : number_of(t->doc, "findings_total") > 0 ? "box_do_look" : "box_do_nothing", NULL, NULL, NULL);
}

void box_text(const BoxWork *w, const char *name, const char *protocol, Buffer *out)
{
    cJSON *doc = cJSON_Parse(protocol);
    Telling t = { w, doc, out };
    title(w, name, out);
    about(&t);
    verdict(&t);
    counts(&t);
    findings(&t);
    what_to_do(&t);
    cJSON_Delete(doc);
}

void box_text_refused(const BoxWork *w, const char *name, const Error *why, Buffer *out)
{
    title(w, name, out);
    buffer_char(out, '\n');
    line(w, out, "box_refused_door", NULL, NULL, NULL);
    refusal_text(w->g, w->lang, why, out);
    buffer_text(out, "\n\n");
    line(w, out, "box_do_whole", NULL, NULL, NULL);
}
