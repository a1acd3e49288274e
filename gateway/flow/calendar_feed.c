#include "gateway/flow/query.h"
#include "gateway/law/civil.h"
#include "gateway/flow/gateway.h"
#include "persistence/parties.h"
#include "persistence/reports_duties.h"
#include "transforms/texts.h"
#include <stdio.h>
#include <string.h>

enum { LINE_MOST = 75, KEPT_DAYS = 400 };       /* RFC 5545 §3.1; what was due so long ago is left out */

/* A content line, folded at 75 octets and never inside a letter (RFC 5545 §3.1). */
static void put_line(Buffer *out, const Buffer *line)
{
    size_t width = 0;
    for (size_t i = 0; i < line->len;) {
        size_t n = 1;
        while (i + n < line->len && ((unsigned char)line->at[i + n] & 0xC0) == 0x80)
            n++;
        if (width + n > LINE_MOST) {
            buffer_text(out, "\r\n ");
            width = 1;
        }
        buffer_add(out, line->at + i, n);
        width += n;
        i += n;
    }
    buffer_text(out, "\r\n");
}

static void put(Buffer *out, const char *name, const char *value)
{
    SCOPED(buffer_free) Buffer line = {0};
    buffer_print(&line, "%s:%s", name, value);
    put_line(out, &line);
}

static void put_mark(Buffer *out, const char *mark)
{
    buffer_text(out, mark);
    buffer_text(out, "\r\n");
}

/* §3.3.11: commas, semicolons, backslashes and ends of lines are written with a backslash. */
static void put_text(Buffer *out, const char *name, const char *value)
{
    SCOPED(buffer_free) Buffer line = {0};
    buffer_print(&line, "%s:", name);
    for (; *value; value++) {
        if (*value == '\n') {
            buffer_text(&line, "\\n");
            continue;
        }
        if (strchr(",;\\", *value))
            buffer_char(&line, '\\');
        if (*value != '\r')
            buffer_char(&line, *value);
    }
    put_line(out, &line);
}

static void words(const Gateway *g, const char *lang, const char *code, const char *const args[ERROR_ARGS], Buffer *out)
{
    buffer_clear(out);
    texts_put(g->papers, lang_accept(lang), code, args, ERROR_ARGS, out);
    buffer_string(out);
}

static void put_alarm(Buffer *out, const char *before, const char *summary)
{
    put_mark(out, "BEGIN:VALARM");
    put(out, "ACTION", "DISPLAY");
    put(out, "TRIGGER", before);
    put_text(out, "DESCRIPTION", summary);
    put_mark(out, "END:VALARM");
}

static char *day_plain(CivilDay day, char out[16])
{
    int y, m, d;
    calendar_date(day, &y, &m, &d);
    snprintf(out, 16, "%04d%02d%02d", y, m, d);
    return out;
}

static void put_event(const Gateway *g, const char *bin, const char *lang, const DutyDay *d, Buffer *out)
{
    SCOPED(buffer_free) Buffer text = {0}, why = {0};
    char id[80], sequence[16], day[16];
    const Feed *f = d->feed ? feeds_find(g->feeds, d->feed) : NULL;
    const Obligation *o = obligation_find(&g->obligations, d->obligation);
    const char *args[ERROR_ARGS] = { f ? feed_title(f, lang) : o ? o->paragraph : d->obligation, strncmp(d->occasion, "event:", 6) && strncmp(d->occasion, "delivery:", 9) ? d->occasion : NULL };
    snprintf(id, sizeof id, "duty-%lld-%s@nqs-gateway", (long long)d->id, bin);
    snprintf(sequence, sizeof sequence, "%d", d->sequence);
    words(g, lang, f ? "calendar_deliver" : "calendar_fulfil", args, &text);
    put_mark(out, "BEGIN:VEVENT");
    put(out, "UID", id);
    put(out, "DTSTAMP", d->stamp);
    put(out, "LAST-MODIFIED", d->stamp);
    put(out, "SEQUENCE", sequence);
    put(out, "DTSTART;VALUE=DATE", day_plain(d->due_day, day));
    put(out, "DTEND;VALUE=DATE", day_plain(d->due_day + 1, day));
    put(out, "TRANSP", "TRANSPARENT");
    put(out, "STATUS", strcmp(d->state, "cancelled") == 0 ? "CANCELLED" : "CONFIRMED");
    put_text(out, "SUMMARY", text.at);
    if (o) {
        const char *norm[ERROR_ARGS] = { o->act, o->paragraph, o->quote };
        words(g, lang, "calendar_norm", norm, &why);
        put_text(out, "DESCRIPTION", why.at);
    }
    put(out, "CATEGORIES", d->state);
    if (strcmp(d->state, "open") == 0) {
        put_alarm(out, "-P5D", text.at);
        put_alarm(out, "-P1D", text.at);
    }
    put_mark(out, "END:VEVENT");
}

Rc query_calendar(Desk *d, const char *secret, Buffer *out, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(buffer_free) Buffer name = {0};
    CalendarOwner who;
    DutyDays days;
    Instant now = clock_now(&d->g->clock);
    Rc rc = calendar_owner(d->db, secret, a, &who, err);
    if (rc == RC_END)
        return error_refuse(err, "not_found", NULL, NULL, NULL);
    if (rc || report_due_days(d->db, who.party, now - (Instant)KEPT_DAYS * 86400 * 1000000, a, &days, err))
        return err->rc;
    const char *args[ERROR_ARGS] = { who.name };
    words(d->g, who.lang, "calendar_name", args, &name);
    put_mark(out, "BEGIN:VCALENDAR");
    put(out, "VERSION", "2.0");
    put(out, "PRODID", "-//nqs-gateway//due days//EN");
    put(out, "CALSCALE", "GREGORIAN");
    put(out, "METHOD", "PUBLISH");
    put_text(out, "X-WR-CALNAME", name.at);
    put(out, "REFRESH-INTERVAL;VALUE=DURATION", "PT12H");
    for (size_t i = 0; i < days.n; i++)
        put_event(d->g, who.bin, who.lang, &days.at[i], out);
    put_mark(out, "END:VCALENDAR");
    return RC_OK;
}
