/* Contracts: ODCS v3.2.0 files in schemas/contracts, read into Feeds. A new feed is a new file; nothing is compiled. */
#pragma once
#include "gateway/model/feed.h"

/* Loads every *.odcs.yaml of a folder, in order of name; or that one file, if the path ends so. Conversions are bound through `converter` (transforms/convert.h):
   it returns NULL for a check it does not know. rule_known says whether a cross-field rule exists.
   RC_FATAL: a file that is not a strict ODCS contract of ours; the error names file, place and what is wrong. */
typedef Convert *Converter(Type type, const char *check);
typedef bool     RuleKnown(const char *name);
Rc   contracts_load(const char *folder, Converter *converter, RuleKnown *rule_known, Feeds **out, Error *err) MUST_USE;
void contracts_free(Feeds **feeds);
