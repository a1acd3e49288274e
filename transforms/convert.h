/* Conversions of single values into canonical form, found by type and by the contract's `check`. */
#pragma once
#include "gateway/model/feed.h"

/* NULL: no such check. The table behind it, by (type, check):
   text  -            unchanged (already plain)
   date  -            2024-02-29, 29.02.2024, 2024-02-29T…: canonical 2024-02-29; not_date {value}; years 1900–2199
   integer -          optional sign, digits, no leading zeros but "0"; "3.0" is 3, "1e+15" too is read; int64; not_integer
   decimal -          "12,50" and "12.50" → 12.5; "1e-05" is read, no exponent in the result; at most 18 digits; not_decimal
   boolean -          true false 1 0 yes no да нет иә жоқ, any case → true / false; not_boolean
   text  iin, bin     twelve digits, control digit (facts.md §6); bad_iin / bad_bin; a BIN needs digit 5 in 4–6; twelve zeros are neither
   text  iin-or-bin   either; bad_bin where digit 5 is in 4–6, else bad_iin
   text  kato         nine digits (facts.md §5.4), first two one of the regions; bad_kato
   text  nkz          1 | 41 | 411 | 4110 | 4110-9, main group 1–9 or Cyrillic Х; Latin X → Х with warning normalised_nkz; bad_nkz
   text  oked         62.01.1, 62011 → 62011, optional section letter dropped; bad_oked
   text  programme-code   form of facts.md §3; Cyrillic homoglyphs in it → Latin with warning normalised_homoglyph; bad_programme_code
   text  level        1–8; also "НРК 6", "6-й уровень" are not accepted; bad_level
   text  code         Latin/digit/hyphen code whose Cyrillic homoglyphs (А В Е К М Н О Р С Т Х, lower too) become Latin when it also holds Latin letters or digits only
                      otherwise; warning normalised_homoglyph
   text  bin-of-issuer …  is not a check: ownership is the contract's `owner`
   integer level      the same as level on an integer field */
Convert *convert_for(Type type, const char *check);

/* true when digits are twelve and the control digit agrees: facts.md §6. */
bool iin_or_bin_valid(const char *digits);
