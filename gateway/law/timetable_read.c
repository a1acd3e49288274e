#include "gateway/base/text.h"
#include "gateway/law/timetable.h"
#include <string.h>

enum { WORDS = 12, N_MOST = 366, NINE = 9 * 60, SHOWN = 60 };

/* Small letters stand for themselves. */
static const struct { const char *words; TimetableForm form; bool working; TermUnit unit; } forms[] = {
    { "every day",                     EACH_DAY,         false, CALENDAR_DAYS },
    { "every working day",             EACH_WORKING_DAY, true,  CALENDAR_DAYS },
    { "first day of PERIOD",           ON_FIRST_DAY,     false, CALENDAR_DAYS },
    { "first working day of PERIOD",   ON_FIRST_DAY,     true,  CALENDAR_DAYS },
    { "last day of PERIOD",            ON_LAST_DAY,      false, CALENDAR_DAYS },
    { "last working day of PERIOD",    ON_LAST_DAY,      true,  CALENDAR_DAYS },
    { "PERIOD",                        AFTER_END,        false, CALENDAR_DAYS },
    { "PERIOD end",                    AFTER_END,        false, CALENDAR_DAYS },
    { "PERIOD end + N calendar DAYS",  AFTER_END,        false, CALENDAR_DAYS },
    { "PERIOD end + N working DAYS",   AFTER_END,        false, WORKING_DAYS },
    { "DAY MONTH",                     ON_DATE,          false, CALENDAR_DAYS },
};
enum { FORMS = sizeof forms / sizeof *forms };

#define UNDERSTOOD "every [working] day; first or last [working] day of month, quarter, half-year or year; month end, quarter end + 5 working days, half-year end + 10 calendar days; " \
                   "15 December; and behind it at HH:MM"

typedef struct { const char *at; size_t n; } Word;
typedef struct { Word word[WORDS]; size_t n; } Words;

static bool word_is(Word w, const char *text) { return strlen(text) == w.n && memcmp(text, w.at, w.n) == 0; }

/* What is more than WORDS is cut: no form has so many. */
static void split(const char *text, Words *out)
{
    out->n = 0;
    for (const char *s = text; *s && out->n < WORDS; s += out->word[out->n++].n) {
        s += strspn(s, " ");
        out->word[out->n] = (Word){ s, strcspn(s, " ") };
        if (!*s)
            break;
    }
}

static bool number(Word w, unsigned most, unsigned *out)
{
    unsigned n = 0;
    if (!w.n || w.n > 3 || strspn(w.at, "0123456789") < w.n)
        return false;
    for (size_t i = 0; i < w.n; i++)
        n = 10 * n + (unsigned)(w.at[i] - '0');
    *out = n;
    return n <= most;
}

static bool period_word(Word w, PeriodLength *out)
{
    static const struct { const char *name; PeriodLength length; } lengths[] = {
        { "month", MONTHLY }, { "quarter", QUARTERLY }, { "half-year", HALF_YEARLY }, { "year", YEARLY },
    };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        if (word_is(w, lengths[i].name)) {
            *out = lengths[i].length;
            return true;
        }
    return false;
}

/* A date of every year: 29 February is none. */
static bool day_word(Word w, int month, int *day)
{
    unsigned n;
    if (!number(w, 31, &n) || !n || (month && (int)n > civil_month_days(2001, month)))
        return false;
    *day = (int)n;
    return true;
}

static bool month_word(Word w, Timetable *t)
{
    t->date.month = civil_month_named(w.at, w.n);
    return t->date.month && t->date.day <= civil_month_days(2001, t->date.month);
}

static bool fits(Word w, Word form, Timetable *t)
{
    if (word_is(form, "PERIOD"))
        return period_word(w, &t->length);
    if (word_is(form, "N"))
        return number(w, N_MOST, &t->term.n);
    if (word_is(form, "DAYS"))
        return word_is(w, "days") || (word_is(w, "day") && t->term.n == 1);
    if (word_is(form, "DAY"))
        return day_word(w, 0, &t->date.day);
    if (word_is(form, "MONTH"))
        return month_word(w, t);
    return w.n == form.n && memcmp(w.at, form.at, w.n) == 0;
}

/* How many words fit this form; all = it is of this form. */
static size_t form_try(const Words *words, size_t i, Timetable *out, bool *all)
{
    Words form;
    size_t n = 0;
    split(forms[i].words, &form);
    *out = (Timetable){ .form = forms[i].form, .working = forms[i].working, .term = { forms[i].unit, 0, true }, .length = DAILY };
    while (n < words->n && n < form.n && fits(words->word[n], form.word[n], out))
        n++;
    *all = n == words->n && n == form.n;
    return n;
}

static bool time_word(Word w, int *minute)
{
    if (w.n != 5 || w.at[2] != ':' || strspn(w.at, "0123456789") != 2 || strspn(w.at + 3, "0123456789") < 2)
        return false;
    int hour = 10 * (w.at[0] - '0') + w.at[1] - '0', of_hour = 10 * (w.at[3] - '0') + w.at[4] - '0';
    *minute = 60 * hour + of_hour;
    return hour < 24 && of_hour < 60;
}

/* Takes the time off the end. False: there is "at", or something with a colon, and no time. */
static bool time_take(Words *words, int *minute)
{
    Word last = words->n ? words->word[words->n - 1] : (Word){ "", 0 };
    bool timed = memchr(last.at, ':', last.n), at = words->n > 1 && word_is(words->word[words->n - 2], "at");
    *minute = NINE;
    if (!timed && !at)
        return true;
    words->n -= at ? 2 : 1;
    return time_word(last, minute);
}

static Rc complain(const char *text, const Words *all, size_t place, Error *err)
{
    int shown = (int)text_cut(text, strlen(text), SHOWN);
    if (place >= all->n)
        return error_set(err, RC_REJECT, "'%.*s': something is missing at its end; understood are: " UNDERSTOOD, shown, text);
    Word w = all->word[place];
    return error_set(err, RC_REJECT, "'%.*s': '%.*s' at character %zu is not understood; understood are: " UNDERSTOOD, shown, text, (int)text_cut(w.at, w.n, SHOWN), w.at,
                     text_characters(text, (size_t)(w.at - text)) + 1);
}

Rc timetable_read(const char *text, Timetable *out, Error *err)
{
    Words all, words;
    Timetable t;
    int minute;
    size_t best = 0;
    split(text, &all);
    words = all;
    if (!time_take(&words, &minute))
        return complain(text, &all, all.n - 1, err);
    for (size_t i = 0; i < FORMS; i++) {
        bool whole;
        size_t n = form_try(&words, i, &t, &whole);
        if (whole) {
            t.minute = minute;
            t.length = t.form == ON_DATE ? YEARLY : t.length;
            *out = t;
            return RC_OK;
        }
        best = n > best ? n : best;
    }
    return complain(text, words.n && best < words.n ? &all : &words, best, err);
}
