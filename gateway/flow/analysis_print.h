/* Writes the page of the analysis, piece by piece. Internal to gateway/flow/analysis_*.c. */
#pragma once
#include "gateway/flow/analysis.h"

typedef struct { const Gateway *g; const Analysis *n; Lang lang; Buffer *to; } Print;

enum { PRINT_NUMBER = 40 };

const char *print_in(const Print *p, const char *kk, const char *ru);
void print_raw    (const Print *p, const char *html);
void print_said   (const Print *p, const char *text);                 /* escaped */
void print_phrase (const Print *p, const char *code, const char *a, const char *b, const char *c);                  /* of schemas/texts/papers.yaml; arguments NULL: none; escaped */
void print_element(const Print *p, const char *open, const char *code, const char *arg, const char *close);         /* a phrase between two pieces of HTML */
void print_cell   (const Print *p, const char *text);                 /* of numbers */
const char *print_number(int64_t n, char to[PRINT_NUMBER]);           /* thousands apart */
const char *print_share (int64_t n, int64_t of, char to[PRINT_NUMBER]);      /* "12,5 %" */

void print_figure(const Print *p, const Figure *f);
void print_timely(const Print *p);
