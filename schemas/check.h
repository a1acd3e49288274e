/* The one check a record goes through, whatever its format: held against its contract field by field, brought into canonical
   form, and every complaint noted as a coded finding that quotes no personal value. */
#pragma once
#include "gateway/model/record.h"

/* Where complaints go. add copies what it keeps. */
typedef struct Findings Findings;
struct Findings { void (*add)(Findings *self, const Finding *f); };

/* Fills values[feed->n_fields] with canonical texts that live in a (or in the record). RC_OK: the record is good (there may be warnings).
   RC_REJECT: it is refused; every reason was added. For RECORD_WITHDRAW only key fields may stand in the record, all of them must,
   and the ground must not be blank. In both cases values of key fields that are good are filled in, so that a refused record still counts as present;
   the others of a refused record are unspecified. err is not used for refusals of data.

   Codes: required, unknown_field, doubled_field, not_a_value, not_an_object, not_an_array, too_short, too_long, pattern, not_in_list,
   not_date, not_integer, not_decimal, not_boolean, below_minimum, above_maximum, ground_required, not_key_field, bad_record; and those of conversions and of mappings (NODE_BAD).
   Arguments: the bound (too_short, too_long, below_minimum, above_maximum); the value, unless personal (pattern, not_in_list and warnings; not_in_list adds the
   list where it is short); the name (unknown_field, not_key_field); the reason (bad_record). At most 100 complaints a record.

   XML and JSON mean the same but for one thing: an empty XML element of an array or object is absent, an empty JSON array is a list of nothing. */
Rc check_record(const Feed *feed, const Record *r, Arena *a, Value *values, Findings *findings, Error *err) MUST_USE;
