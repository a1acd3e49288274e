/* A catalogue of texts for people, in schemas/texts/ (findings.yaml, papers.yaml): code → kk, ru, en, with {1} {2} {3} for arguments.
   What stands in [square brackets] is said only when all arguments in it are given (a personal value never is); an argument missing elsewhere is "…". */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/error.h"
#include <stddef.h>

typedef enum { LANG_KK, LANG_RU, LANG_EN } Lang;
typedef struct Texts Texts;

Rc   texts_load(const char *path, Texts **out, Error *err) MUST_USE;     /* RC_FATAL: unreadable, a language missing, a code twice */
void texts_free(Texts **t);

/* Appends the text with its arguments in place. An unknown code gives the code itself and its arguments. */
void texts_put(const Texts *t, Lang lang, const char *code, const char *const *args, size_t n_args, Buffer *out);
bool texts_has(const Texts *t, const char *code);

/* The best of kk, ru, en by an Accept-Language header (RFC 9110 §12.5.4); NULL or nothing known: en. */
Lang lang_accept(const char *header);
const char *lang_name(Lang lang);                                         /* "kk", "ru", "en" */
