/* What the files that write templates share. Only for schemas/generate_template*.c. */
#pragma once
#include "schemas/generate_template.h"
#include "schemas/headings.h"

typedef struct { const Template *t; Arena *a; HeadingColumn *at; size_t n; } Columns;
Columns template_columns(const Template *t, Arena *a);

/* A text of the catalogue; arguments may be NULL. Lives in the columns' arena, as do all texts below. */
char *template_said(const Columns *c, const char *code, const char *one, const char *two);
const char *template_label(const Columns *c, const char *kk, const char *ru);      /* in its language; NULL: none */

/* What one cell of a column holds: of a list, its item. An array or an object: JSON text. */
const Field *column_leaf(const HeadingColumn *h);
bool column_is_json(const HeadingColumn *h);
bool column_repeats(const HeadingColumn *h);                 /* several values stand one below the other */
bool column_required(const HeadingColumn *h);                /* in every record */

char *column_need(const Columns *c, const HeadingColumn *h);
char *column_form(const Columns *c, const HeadingColumn *h);
char *column_codes(const Columns *c, const HeadingColumn *h, const char *between);   /* "value – label" of each; "": no code list */
char *column_comment(const Columns *c, const HeadingColumn *h);
