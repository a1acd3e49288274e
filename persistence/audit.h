/* The audit trail: append-only, hash-chained (each row's digest covers the one before). */
#pragma once
#include "persistence/db.h"
#include "gateway/base/buffer.h"

/* actor: "cli:<user>" or "party:<BIN>"; act: "party.add", "read", "refused", …; no personal values anywhere. */
Rc audit_add(Db *db, Instant at, const char *actor, const char *act, const char *subject, const char *detail, Error *err) MUST_USE;

/* Walks the chain. RC_REJECT: broken, err names the row. *n: rows seen. */
Rc audit_verify(Db *db, int64_t *n, Error *err) MUST_USE;
Rc audit_list(Db *db, int limit, Buffer *json, Error *err) MUST_USE;
