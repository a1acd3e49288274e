/* Personal columns: each person has a key; values are sealed under it before they reach any table, and erasing the key erases them. */
#pragma once
#include "persistence/staging.h"
#include "persistence/vault.h"

enum { PERSON_ID_SIZE = 8 };            /* the number of the person, with which every sealed value begins */

/* Replaces the personal values of rows that are put by sealed ones (living in a); keys of new persons are made and committed. The person is known by the IIN in
   feed->person_field, or by the row's key where there is none. */
Rc people_seal(Db *db, const Vault *v, const Feed *feed, Row *rows, Value *const *values, size_t n, Instant now, Arena *a, Error *err) MUST_USE;

/* The plain text of one sealed value; *out NULL: the person was erased or blocked. row_key: key values joined by '\x1f'. */
Rc people_unseal(Db *db, const Vault *v, const Feed *feed, const Field *f, const char *row_key, const unsigned char *sealed, size_t n, Arena *a,
                 const char **out, Error *err) MUST_USE;

/* The same of what is no record. Values become sealed ones living in a; text NULL stays so. place ties them to theirs: the i-th is unsealed under "place i". */
Rc person_seal  (Db *db, const Vault *v, const char *iin, const char *place, Value *values, size_t n, Instant now, Arena *a, Error *err) MUST_USE;
/* One more value of the person of a sealed one. RC_END: the person was erased or blocked. */
Rc person_seal_with(Db *db, const Vault *v, Value sealed, const char *place, Value *value, Arena *a, Error *err) MUST_USE;
/* out->text NULL: the person was erased or blocked. NUL-terminated behind its length. */
Rc person_unseal(Db *db, const Vault *v, const char *place, Value sealed, Arena *a, Value *out, Error *err) MUST_USE;
