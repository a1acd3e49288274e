/* Templates: empty tables with the headings of a feed, for those who fill in spreadsheets. What comes back filled in is read by schemas/headings.h.
   Same contract, same language, same bytes. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/error.h"
#include "gateway/model/feed.h"

/* Appends the text of a code of schemas/texts/papers.yaml in the template's language. */
typedef void TemplateSay(const void *self, const char *code, const char *const args[ERROR_ARGS], Buffer *out);
typedef struct {
    const Feed  *feed;
    const char  *lang;             /* "kk", "ru", "en": of headings and labels */
    TemplateSay *say;
    const void  *self;
} Template;

/* A heading row in UTF-8 with a byte order mark, separated by ; and ended by CRLF: what Excel opens as a table where the decimal sign is a comma. */
void generate_template_csv(const Template *t, Buffer *out);

/* A workbook: the table with drop-downs, checks of what is typed and comments; notes on every field; the code lists with their labels.
   Needs /proc, and some KB of /dev/shm, $TMPDIR or /tmp for a moment. RC_RETRY: there is no room. RC_FATAL: the contract says what a workbook cannot hold. */
Rc generate_template_xlsx(const Template *t, Buffer *out, Error *err) MUST_USE;
