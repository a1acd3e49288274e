/* How records stand in a supplier's own document; a mapping says it (transforms/mapping.h), the readers follow it. All zero: the canonical form. Texts are borrowed. */
#pragma once
#include <stdbool.h>

typedef struct {
    /* Trees. Steps to one source record, from the document's root: XML "{urn:example}ProfessionList/{urn:example}Profession" (a name without {…} is of any namespace; the first step
       may be missing from a SOAP payload, whose records then stand directly in <data>); JSON "data.items[]", "[]" (a bare array), "items[].programme" . NULL: the canonical form's own. */
    const char *records;

    /* Tables (CSV, XLSX). */
    const char *charset;          /* as iconv knows it; NULL: a byte order mark, else UTF-8, and windows-1251 where the first letters beyond ASCII are not UTF-8 */
    char        separator;        /* of CSV; 0: what "sep=" says, else whichever of , ; and tab the heading row has most of */
    const char *sheet;            /* of a workbook; NULL: its first */
    unsigned    heading_row;      /* counted from 1; 0: the first row that is not empty */
} Layout;
