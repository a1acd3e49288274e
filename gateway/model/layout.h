/* How records stand in a supplier's own document; a mapping says it (transforms/mapping.h), the readers follow it. All zero: the canonical form. Texts are borrowed. */
#pragma once
#include "gateway/base/guard.h"
#include <stdbool.h>

typedef struct {
    /* Trees. Steps to one source record, from the document's root: XML "{urn:example}ProfessionList/{urn:example}Profession" (a name without {…} is of any namespace; the first steps
       may be missing from a SOAP payload, whose records then stand directly in <data>); JSON "data.items[]", "[]" (a bare array), "items[].programme" . NULL: the canonical form's own. */
    const char *records;

    /* Tables (CSV, XLSX). */
    const char *charset;          /* as iconv knows it; NULL: a byte order mark, else UTF-8, and windows-1251 where the first letters beyond ASCII are not UTF-8 */
    char        separator;        /* of CSV; 0: what "sep=" says, else whichever of ; tab and , the heading row has most of */
    const char *sheet;            /* of a workbook; NULL: its first */
    unsigned    heading_row;      /* counted from 1; 0: the first row that is not empty */
} Layout;

/* The steps of `records`. each: a list, whose every item is meant; in XML never set, since every element of the name is. */
typedef struct { const char *name, *ns; bool each; } LayoutStep;      /* name NULL: a list in a list, or the document itself; ns NULL: any */
typedef struct { LayoutStep *step; size_t n; } LayoutPath;

/* RC_FATAL: what is wrong with records, which must not be NULL. Lives in a. */
Rc layout_path(const Layout *l, Format format, Arena *a, LayoutPath *out, Error *err) MUST_USE;
