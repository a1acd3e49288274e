/* Parties, their roles and credentials. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/model/party.h"
#include "persistence/db.h"
#include "persistence/vault.h"

/* All are one commit each. RC_REJECT: what is asked makes no sense (said in err). now: the clock's. */
Rc party_add    (Db *db, const char *bin, const char *name, Instant now, Error *err) MUST_USE;       /* RC_REJECT: it is there */
Rc party_role   (Db *db, const char *bin, const char *role, const char *from, const char *to, const char *ground, Error *err) MUST_USE;  /* days; to NULL: no end */
Rc party_disable(Db *db, const char *bin, bool disabled, Instant now, Error *err) MUST_USE;
Rc party_token  (Db *db, const char *bin, Instant now, char token[2 * KEY_SIZE + 1], Error *err) MUST_USE;   /* new; shown once, stored as SHA-256 */
Rc party_calendar(Db *db, const char *bin, Instant now, char secret[2 * KEY_SIZE + 1], Error *err) MUST_USE;  /* likewise, of the address of its calendar; the former one ends */
/* Whose calendar that is. RC_END: nobody's. */
typedef struct { int party; const char *bin, *name, *lang; } CalendarOwner;
Rc calendar_owner(Db *db, const char *secret, Arena *a, CalendarOwner *out, Error *err) MUST_USE;
Rc party_password(Db *db, const char *bin, const char *sender_id, const char *password, Instant now, Error *err) MUST_USE;  /* replaces that senderId's */
Rc party_list   (Db *db, Instant now, Buffer *json, Error *err) MUST_USE;
Rc party_revoke (Db *db, const char *bin, Instant now, Error *err) MUST_USE;                           /* all its tokens and passwords */

Rc party_set_lang(Db *db, const char *bin, const char *lang, Error *err) MUST_USE;                      /* kk, ru or en: of what is written for it unasked */
/* Where notices for it go; address "": nowhere any more. */
typedef enum { PARTY_MAIL, PARTY_WEBHOOK } PartyAddress;
Rc party_set_address(Db *db, const char *bin, PartyAddress which, const char *address, Error *err) MUST_USE;
Rc party_lang   (Db *db, const char *bin, char *lang, Error *err) MUST_USE;                            /* 3 bytes; RC_END: no such party */

/* A credential that is in force, and the sender behind it. RC_END: there is none. */
typedef struct { Sender sender; unsigned char salt[SALT_SIZE], secret[HASH_SIZE]; bool has_secret; } Credential;
Rc credential_find(Db *db, const char *kind, const void *lookup, size_t n, Instant now, Credential *out, Error *err) MUST_USE;
Rc sender_of  (Db *db, const char *envelope, Sender *out, Error *err) MUST_USE;                           /* who delivered it, with the roles of that day; disabled since or not */
/* Is this sender's credential still what it was? *s is given its roles of now. RC_END: it is not. */
Rc sender_again(Db *db, Sender *s, Instant now, Error *err) MUST_USE;
Rc access_version(Db *db, long long *out, Error *err) MUST_USE;
Rc sender_find(Db *db, const char *bin, Instant now, Sender *out, Error *err) MUST_USE;                 /* by BIN; RC_END: none in force */
