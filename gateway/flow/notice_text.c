#include "gateway/flow/notice_text.h"
#include "gateway/law/civil.h"
#include "gateway/model/duty.h"
#include <stdio.h>
#include <string.h>

enum { DEBTORS_NAMED = 20 };

static void say(const Telling *t, const char *code, const char *a, const char *b, const char *c, Buffer *out)
{
    const char *args[ERROR_ARGS] = { a, b, c };
    texts_put(t->g->papers, lang_accept(t->lang), code, args, ERROR_ARGS, out);
}

static const char *cell(const Telling *t, int i, int column) { return rows_null(t->rows, i, column) ? NULL : rows_text(t->rows, i, column); }

static bool is_provisional(const Telling *t, int i) { return *rows_text(t->rows, i, TELL_PROVISIONAL) == 't'; }

static const char *due_day(const Telling *t, int i, char out[CIVIL_TEXT]) { return rows_null(t->rows, i, TELL_DUE_DAY) ? NULL : civil_text(rows_int(t->rows, i, TELL_DUE_DAY), out); }

void notice_subject(const Telling *t, Buffer *out)
{
    say(t, "notice_subject", t->day, NULL, NULL, out);
    buffer_string(out);
}

/* An occasion that is an event or a delivery says nothing to a reader. */
static const char *occasion_of(const Telling *t, int i)
{
    const char *s = rows_text(t->rows, i, TELL_OCCASION);
    return strchr(s, ':') ? NULL : s;
}

static void put_line(const Telling *t, int i, Buffer *out)
{
    char day[CIVIL_TEXT];
    const char *feed = cell(t, i, TELL_FEED);
    const Feed *f = feed ? feeds_find(t->g->feeds, feed) : NULL;
    const Obligation *o = obligation_find(&t->g->obligations, rows_text(t->rows, i, TELL_OBLIGATION));
    const char *title = f ? feed_title(f, t->lang) : NULL;
    SCOPED(buffer_free) Buffer what = {0};
    if (title)
        buffer_text(&what, title);
    else
        say(t, "notice_paragraph", o ? o->act : NULL, o ? o->paragraph : rows_text(t->rows, i, TELL_OBLIGATION), NULL, &what);
    buffer_text(out, "- ");
    say(t, "notice_line", buffer_string(&what), occasion_of(t, i), due_day(t, i, day), out);
}

/* Of officers: the following rows that differ only by their debtor. */
static int alike(const Telling *t, int i, int end)
{
    static const int columns[] = { TELL_WHAT, TELL_PROVISIONAL, TELL_DUE_DAY, TELL_OBLIGATION, TELL_OCCASION };
    int n = 1;
    for (; i + n < end; n++)
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
            if (strcmp(rows_text(t->rows, i, columns[k]), rows_text(t->rows, i + n, columns[k])) != 0)
                return n;
    return n;
}

static void put_debtors(const Telling *t, int i, int n, Buffer *out)
{
    SCOPED(buffer_free) Buffer list = {0};
    char count[16], more[16];
    int named = 0;
    for (int k = i; k < i + n; k++) {
        const char *bin = cell(t, k, TELL_DEBTOR);
        if (bin && named++ < DEBTORS_NAMED)
            buffer_print(&list, "%s%s", list.len ? ", " : "", bin);
    }
    snprintf(count, sizeof count, "%d", n);
    snprintf(more, sizeof more, "%d", named - DEBTORS_NAMED);
    say(t, "notice_debtors", count, list.len ? buffer_string(&list) : NULL, named > DEBTORS_NAMED ? more : NULL, out);
}

static void put_heading(const Telling *t, int i, Buffer *out)
{
    char code[40];
    snprintf(code, sizeof code, "notice_%.20s", rows_text(t->rows, i, TELL_WHAT));
    buffer_char(out, '\n');
    say(t, code, NULL, NULL, NULL, out);
    if (is_provisional(t, i))
        say(t, "notice_provisional", NULL, NULL, NULL, out);
    buffer_char(out, '\n');
}

static bool same_heading(const Telling *t, int a, int b)
{
    return strcmp(rows_text(t->rows, a, TELL_WHAT), rows_text(t->rows, b, TELL_WHAT)) == 0 && is_provisional(t, a) == is_provisional(t, b);
}

void notice_text(const Telling *t, int64_t number, Buffer *out)
{
    bool officers = rows_int(t->rows, t->first, TELL_PARTY) == 0;
    char no[24];
    int end = t->first + t->n;
    snprintf(no, sizeof no, "%lld", (long long)number);
    if (officers)
        say(t, "notice_to_officers", NULL, NULL, NULL, out);
    else
        say(t, "notice_to", cell(t, t->first, TELL_NAME), cell(t, t->first, TELL_BIN), NULL, out);
    buffer_char(out, '\n');
    for (int i = t->first, n; i < end; i += n) {
        n = officers ? alike(t, i, end) : 1;
        if (i == t->first || !same_heading(t, i - 1, i))
            put_heading(t, i, out);
        put_line(t, i, out);
        if (officers)
            put_debtors(t, i, n, out);
        buffer_char(out, '\n');
    }
    buffer_char(out, '\n');
    say(t, "notice_end", no, officers ? NULL : "/v1/duties", NULL, out);
    buffer_char(out, '\n');
    buffer_string(out);
}

static void put_item(const Telling *t, int i, Json *j)
{
    char day[CIVIL_TEXT];
    json_open(j, '{');
    json_put_text(j, "due_day", due_day(t, i, day));
    json_put_number(j, "duty", rows_int(t->rows, i, TELL_DUTY));
    json_put_text(j, "feed", cell(t, i, TELL_FEED));
    json_put_text(j, "obligation", rows_text(t->rows, i, TELL_OBLIGATION));
    json_put_text(j, "occasion", rows_text(t->rows, i, TELL_OCCASION));
    json_put_text(j, "what", rows_text(t->rows, i, TELL_WHAT));
    if (cell(t, i, TELL_DAYS))
        json_put_number(j, "working_days_left", rows_int(t->rows, i, TELL_DAYS));
    json_close(j, '}');
}

void notice_data(const Telling *t, int64_t number, const char *bin, Buffer *out)
{
    Json j = { .to = out };
    json_open(&j, '{');
    json_put_text(&j, "day", t->day);
    json_key(&j, "items");
    json_open(&j, '[');
    for (int i = t->first; i < t->first + t->n; i++)
        put_item(t, i, &j);
    json_close(&j, ']');
    json_put_number(&j, "number", number);
    json_put_text(&j, "party", bin);
    json_close(&j, '}');
    buffer_string(out);
}
