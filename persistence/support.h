/* Support requests (nqs.support_request). Values are sealed (persistence/people.h) before they come here. */
#pragma once
#include "gateway/model/record.h"
#include "persistence/db.h"

enum { SUPPORT_DATA, SUPPORT_TEXT, SUPPORT_FILE, SUPPORT_SEALED };      /* what is sealed of one; FILE may be NULL */

/* Texts live in the arena of whoever read it. */
typedef struct {
    int64_t     number, file_size, day;                /* day: of submission, since 1970 */
    const char *id, *party, *message_id, *class_, *event, *answered;      /* party: BIN; answered, when: RFC 3339, NULL: not yet */
    Instant     at;
    int         owner;                                 /* the party's id */
    Value       sealed[SUPPORT_SEALED], answer;
} Support;

/* number, *repeat: a new one, or that of the request with this message id. RC_REJECT repeat_other_content: another one. hash: HASH_SIZE bytes. */
Rc support_write(Db *db, Support *s, const unsigned char *hash, bool *repeat, Error *err) MUST_USE;
Rc support_class_set(Db *db, int64_t number, const char *class_, const char *event, Error *err) MUST_USE;
/* answer.text NULL: its person was erased. */
Rc support_answer_set(Db *db, int64_t number, Value answer, Instant now, Error *err) MUST_USE;

/* owner 0: anybody's. lock: until the transaction ends. RC_REJECT not_found. */
Rc support_find(Db *db, int64_t number, int owner, bool lock, Arena *a, Support *out, Error *err) MUST_USE;
/* What happened to it, as a JSON list, the oldest first. */
Rc support_history(Db *db, int64_t number, Arena *a, const char **json, Error *err) MUST_USE;

/* The newest first, without texts and files; before 0: from the newest. */
typedef struct { Support *at; size_t n; } Supports;
Rc supports_list(Db *db, int owner, int64_t before, unsigned limit, Arena *a, Supports *out, Error *err) MUST_USE;

/* The one party that holds a role on a day; 0: none, or several. */
Rc role_holder(Db *db, const char *role, int64_t day, int *party, Error *err) MUST_USE;
