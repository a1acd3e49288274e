#include "gateway/flow/analysis_print.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *print_in(const Print *p, const char *kk, const char *ru) { return p->lang == LANG_KK ? kk : ru; }

void print_raw(const Print *p, const char *html) { buffer_text(p->to, html); }
void print_said(const Print *p, const char *text) { buffer_xml(p->to, text, strlen(text)); }

/* A text of schemas/texts/papers.yaml, in which what it is told may be anything. */
void print_phrase(const Print *p, const char *code, const char *a, const char *b, const char *c)
{
    SCOPED(buffer_free) Buffer text = {0};
    const char *const args[] = { a, b, c };
    texts_put(p->g->papers, p->lang, code, args, 3, &text);
    print_said(p, buffer_string(&text));
}

void print_element(const Print *p, const char *open, const char *code, const char *arg, const char *close)
{
    print_raw(p, open);
    print_phrase(p, code, arg, NULL, NULL);
    print_raw(p, close);
}

/* Thousands apart by a narrow space that does not break. */
const char *print_number(int64_t n, char to[PRINT_NUMBER])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRId64, n), at = 0;
    for (int i = 0; i < len; i++)
        at += snprintf(to + at, (size_t)(PRINT_NUMBER - at), "%s%c", i && (len - i) % 3 == 0 ? "\u202f" : "", digits[i]);
    return to;
}

const char *print_share(int64_t n, int64_t of, char to[PRINT_NUMBER])
{
    int64_t tenths = of ? (n * 1000 + of / 2) / of : 0;
    snprintf(to, PRINT_NUMBER, "%" PRId64 ",%d\u00a0%%", tenths / 10, (int)(tenths % 10));
    return to;
}

void print_cell(const Print *p, const char *text)
{
    print_raw(p, "<td class=\"n\">");
    print_said(p, text);
    print_raw(p, "</td>");
}
