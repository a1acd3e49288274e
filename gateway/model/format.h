/* The formats a delivery may come in, and by what names they go: in the database and on the command line, as media types, as endings of file names. */
#pragma once
#include "gateway/base/guard.h"

typedef struct {
    const char *name;             /* "xml": on the command line, in the database, in mapping files; also the ending of file names */
    const char *media[3];         /* media types, the first is the one we answer with; NULL ends them early */
    bool        whole;            /* it can only be read with all of it at hand, in any order (schemas/reader.h, reader_whole) */
} FormatName;

extern const FormatName format_names[FORMATS];

/* False: no format goes by that. */
bool format_by_name (const char *name, Format *out);
bool format_by_media(const char *content_type, Format *out);      /* parameters behind the type are passed over */
bool format_by_file (const char *file_name, Format *out);         /* by its ending; ".tsv" and ".txt" are CSV too */
