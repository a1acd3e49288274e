/* What XML Schema and JSON Schema of a feed have in common: which records a delivery may hold, and what a text must look like in canonical form. Only
   for schemas/generate*.c. */
#pragma once
#include "schemas/generate.h"

/* May its deliveries withdraw? Not those that are only full lists: there, absence is a question to the supplier. */
bool feed_withdraws(const Feed *feed);

/* White space is trimmed and collapsed before lengths are counted, so a schema asks for visible characters instead of any. One and two of them
   are as good as one and two characters of collapsed text; from three on, and where a pattern counts each character, only collapsed text will do. */
typedef enum { TEXT_ANY, TEXT_VISIBLE, TEXT_VISIBLE_TWO, TEXT_COLLAPSED, TEXT_FORMS } TextForm;
TextForm    text_form(const Field *f);
unsigned    text_least(const Field *f);          /* characters: a required text is not empty */

/* The contract's pattern, else the form that its check asks for; NULL: neither. Not anchored. */
const char *field_pattern(const Field *f);

/* The least or the most a number may be, those of its type where the contract sets none. Returns out. */
enum { BOUND_TEXT = 32 };
typedef enum { BOUND_LEAST, BOUND_MOST } Bound;
const char *field_bound(const Field *f, Bound bound, char out[BOUND_TEXT]);

/* Days of 1900 to 2199 that exist, and periods; both dialects agree on them. */
extern const char day_pattern[];
const char *period_pattern(PeriodForm form);

/* Writes a pattern of a contract (POSIX, without ^ and $) for a dialect in which a backslash may only stand before `escapable`. */
void pattern_write(Buffer *out, const char *pattern, const char *escapable);

/* Reads like "Code (kk / ru)" for every entry of the code list. */
void codes_write(const Field *f, const char *before, const char *between, Buffer *out);
