/* The texts of a workbook that its cells refer to by number. The first 22 MB stay as they are; what comes after is kept in blocks compressed one by one, a few of which are open
   at a time: sheets refer to them mostly in rising order. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/error.h"

typedef struct SharedTexts SharedTexts;

SharedTexts *shared_texts_new (void);
void         shared_texts_free(SharedTexts **t);                     /* NULL-safe */
/* RC_REJECT too_many_texts: more than may be held. */
Rc           shared_texts_add (SharedTexts *t, const char *s, size_t len, Error *err) MUST_USE;
void         shared_texts_whole(SharedTexts *t);                     /* all are there; from now on they are asked for */
/* The i-th from 0; good until the next call. False: there is none, or shared_texts_spent. */
bool         shared_text(SharedTexts *t, size_t i, const char **s, size_t *len);
/* Blocks were opened so often that the texts must be asked for in no order at all: to go on would take minutes. */
bool         shared_texts_spent(const SharedTexts *t);
