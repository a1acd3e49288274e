/* The template of a feed's table in one of our languages: for the read door, and for commands that need no database. */
#pragma once
#include "gateway/base/guard.h"
#include "gateway/model/feed.h"
#include "transforms/texts.h"

#define PAPER_TEXTS "schemas/texts/papers.yaml"

/* lang: "kk", "ru", "en"; format: FORMAT_XLSX, FORMAT_CSV. RC_REJECT bad_parameter {"lang"}, unsupported_type: another one. RC_RETRY: no room to make a workbook. */
Rc template_write(const Feed *feed, const Texts *words, const char *lang, Format format, Buffer *out, Error *err) MUST_USE;
