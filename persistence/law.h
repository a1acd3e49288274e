/* What binds of the register of obligations: approvals of readings and days in force, append-only. */
#pragma once
#include "persistence/db.h"

typedef struct { const char *obligation, *reading, *hash, *text; } Approval;

Rc law_approve(Db *db, const Approval *a, const char *by, const char *ground, Instant now, Error *err) MUST_USE;
Rc law_in_force(Db *db, const char *obligation, int64_t day, const char *by, const char *ground, Instant now, Error *err) MUST_USE;

/* What counts of each obligation: obligation, reading, hash, text (null: none is approved), day in force (days since 1970, null: none). */
Rc law_standing(Db *db, Rows *out, Error *err) MUST_USE;
/* All that was ever said of one, as a JSON list, oldest first. */
Rc law_history(Db *db, const char *obligation, Arena *a, const char **json, Error *err) MUST_USE;
