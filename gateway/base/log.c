#include "gateway/base/log.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As much as a pipe takes in one piece (POSIX: PIPE_BUF), so lines of several threads and processes never mix. */
typedef struct { char at[PIPE_BUF]; size_t len; } Line;
enum { LINE_ROOM = PIPE_BUF - 3 };     /* a cut line still ends in a quote, if one is open, and in a line end */

static atomic_int least_level = LOG_INFO;

void log_level(LogLevel least) { atomic_store(&least_level, least); }

static void put(Line *l, const char *s, size_t n)
{
    n = text_cut(s, n, LINE_ROOM - l->len);
    memcpy(l->at + l->len, s, n);
    l->len += n;
}

static void put_text(Line *l, const char *s) { put(l, s, strlen(s)); }

static bool bare(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("._:/+@,-", *s))
            return false;
    return true;
}

static void put_escaped(Line *l, char c)
{
    char code[8];
    const char *name = c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : code;
    if (name == code)
        snprintf(code, sizeof code, "\\x%02x", (unsigned char)c);
    if (l->len + strlen(name) <= LINE_ROOM)
        put_text(l, name);
}

static bool must_escape(char c) { return (unsigned char)c < 0x20 || c == 0x7F || c == '"' || c == '\\'; }

static void put_value(Line *l, const char *s)
{
    if (bare(s)) {
        put_text(l, s);
        return;
    }
    put(l, "\"", 1);
    while (*s) {
        size_t n = 0;
        while (s[n] && !must_escape(s[n]))
            n++;
        put(l, s, n);
        s += n;
        if (*s)
            put_escaped(l, *s++);
    }
    l->at[l->len++] = '"';
}

static void put_pair(Line *l, const char *key, const char *value)
{
    if (l->len >= LINE_ROOM)
        return;
    put_text(l, " ");
    put_text(l, key);
    put_text(l, "=");
    if (l->len < LINE_ROOM)
        put_value(l, value ? value : "");
}

void log_event(LogLevel level, const char *event, ...)
{
    static const char *const names[] = { "debug", "info", "warning", "error" };
    if ((int)level < atomic_load(&least_level))
        return;
    char now[INSTANT_TEXT];
    Line line = { .len = 0 };
    put_text(&line, instant_text(clock_now(&system_clock), now));
    put_pair(&line, "level", names[level]);
    put_pair(&line, "event", event);
    va_list ap;
    va_start(ap, event);
    for (const char *key; (key = va_arg(ap, const char *)); )
        put_pair(&line, key, va_arg(ap, const char *));
    va_end(ap);
    line.at[line.len++] = '\n';
    if (write(STDERR_FILENO, line.at, line.len) < 0)
        return;     /* nobody is left to be told */
}
