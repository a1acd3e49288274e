/* A workbook (ISO/IEC 29500): its package, the parts that matter, and what its numbers show. Only for schemas/reader_xlsx.c and schemas/xlsx*.c. */
#pragma once
#include "schemas/reader_internal.h"
#include "schemas/shared_texts.h"
#include <string.h>
#include <zip.h>

enum { XLSX_NAME = 512, XLSX_STYLES = 65536, CELL_TEXT = 64 };

typedef struct { zip_t *zip; uint64_t size, decoded; Error why; } Package;         /* why: what reading the bytes said */

/* RC_REJECT not_xlsx {what}: no zip, …; or what reading the bytes said. bytes are borrowed, and out stays where it is, until package_close. */
Rc   package_open (const Bytes *bytes, Package *out, Error *err) MUST_USE;
void package_close(Package *p);
bool package_has  (const Package *p, const char *part);

/* Begins what a part's handlers are given: they set rc to stop. */
typedef struct { xmlParserCtxt *parser; const char *part; Rc rc; Error *err; } PartReading;

/* Pushes a part through guard and parser. RC_REJECT not_xlsx {part} (not there, there twice, encrypted, not well-formed), zip_bomb, doctype, …; or what a handler set. */
Rc   part_read(Package *p, const char *part, const xmlSAXHandler *sax, PartReading *reading, Error *err) MUST_USE;
/* By local name: the namespaces of the two editions of the standard differ. */
static inline bool is_element(const xmlChar *name, const char *wanted) { return strcmp((const char *)name, wanted) == 0; }

/* The value of an attribute by its local name; false: not there, or longer than fits. */
bool part_attribute(int n, const xmlChar **attributes, const char *name, char *out, size_t size);

/* What a style shows: 0 a plain number, STYLE_DATE, or as many digits, with leading zeros. */
enum { STYLE_DATE = -1 };
typedef struct { signed char *at; size_t n; } Styles;

typedef struct {
    char    sheet[XLSX_NAME], sheet_part[XLSX_NAME], texts_part[XLSX_NAME], styles_part[XLSX_NAME];      /* "": there is none */
    bool    date1904;
} Workbook;

/* Which parts a sheet is read from: the one named, or the first that is not hidden. RC_REJECT sheet_unknown {name} {those there}, not_xlsx. */
Rc workbook_read(Package *p, const char *sheet, Workbook *out, Error *err) MUST_USE;
Rc texts_read (Package *p, const char *part, SharedTexts *out, Error *err) MUST_USE;
Rc styles_read(Package *p, const char *part, Arena *a, Styles *out, Error *err) MUST_USE;

bool format_is_date(const char *code);               /* of a number format: has it a day, month, year, hour, minute or second */
/* As a spreadsheet shows it, at most 15 digits, or as a date "2026-10-31", "2026-10-31T14:30:00". False: it is no number, or no such day. */
bool number_text(const char *value, int style, bool date1904, char out[CELL_TEXT]);

/* Texts hold characters that XML cannot as _xHHHH_ (ISO/IEC 29500-1 §22.9.2.19): they are put in place. Returns the new length, which is never longer. */
size_t escapes_resolve(char *s, size_t len);
/* How much of "2026-10-31T00:00:00" is to be shown: a day without its midnight. */
size_t day_of_moment(const char *s, size_t len);
