#include "persistence/parties.h"
#include "gateway/base/text.h"
#include <stdio.h>
#include <string.h>

static Rc none(const char *bin, Error *err) { return error_set(err, RC_REJECT, "there is no party with BIN %s; see: nqs-gateway party list", bin); }

/* Runs a statement that returns a row when it found its party. */
static Rc on_party(Db *db, const char *sql, const Args *args, const char *bin, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, args, &rows, err))
        return err->rc;
    return rows_n(&rows) ? RC_OK : none(bin, err);
}

Rc party_add(Db *db, const char *bin, const char *name, Instant now, Error *err)
{
    static const char sql[] = "insert into nqs.party (bin, name, created_at) values ($1, $2, $3::timestamptz)"
                              " on conflict (bin) do update set name = excluded.name where nqs.party.name = '' returning 1";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, bin);
    arg_text(&args, name);
    arg_instant(&args, now);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_n(&rows) ? RC_OK : error_set(err, RC_REJECT, "party %s is there already", bin);
}

Rc party_role(Db *db, const char *bin, const char *role, const char *from, const char *to, const char *ground, Error *err)
{
    static const char sql[] =
        "insert into nqs.party_role (party, role, source, valid_from, valid_to, ground) select id, $2, 'administrator', $3::date, $4::date, $5 from nqs.party where bin = $1"
        " on conflict (party, role, source, valid_from) do update set valid_to = excluded.valid_to, ground = excluded.ground returning 1";
    Args args = {0};
    arg_text(&args, bin);
    arg_text(&args, role);
    arg_text(&args, from);
    arg_text(&args, to);
    arg_text(&args, ground ? ground : "");
    return on_party(db, sql, &args, bin, err);
}

Rc party_disable(Db *db, const char *bin, bool disabled, Instant now, Error *err)
{
    Args args = {0};
    arg_text(&args, bin);
    arg_instant(&args, disabled ? now : 0);
    return on_party(db, "update nqs.party set disabled_at = $2::timestamptz where bin = $1 returning 1", &args, bin, err);
}

/* A credential of a new secret, which is shown once and stored as its SHA-256. $1 bin, $2 lookup, $3 now. */
static Rc secret_new(Db *db, const char *sql, const char *bin, Instant now, char text[2 * KEY_SIZE + 1], Error *err)
{
    unsigned char bytes[KEY_SIZE], lookup[HASH_SIZE];
    Args args = {0};
    random_bytes(bytes, sizeof bytes);
    hex_text(bytes, sizeof bytes, text);
    sha256(text, strlen(text), lookup);
    arg_text(&args, bin);
    arg_bytes(&args, lookup, sizeof lookup);
    arg_instant(&args, now);
    return on_party(db, sql, &args, bin, err);
}

Rc party_token(Db *db, const char *bin, Instant now, char token[2 * KEY_SIZE + 1], Error *err)
{
    static const char sql[] = "insert into nqs.credential (party, kind, lookup, created_at) select id, 'token', $2, $3::timestamptz from nqs.party where bin = $1 returning 1";
    return secret_new(db, sql, bin, now, token, err);
}

/* A new one ends the former. */
Rc party_calendar(Db *db, const char *bin, Instant now, char secret[2 * KEY_SIZE + 1], Error *err)
{
    static const char sql[] =
        "with p as (select id from nqs.party where bin = $1),"
        " c as (update nqs.credential set disabled_at = $3::timestamptz from p where party = p.id and kind = 'calendar' and disabled_at is null)"
        " insert into nqs.credential (party, kind, lookup, created_at) select id, 'calendar', $2, $3::timestamptz from p returning 1";
    return secret_new(db, sql, bin, now, secret, err);
}

Rc calendar_owner(Db *db, const char *secret, Arena *a, CalendarOwner *out, Error *err)
{
    static const char sql[] =
        "select p.id, p.bin, p.name, p.lang from nqs.credential c join nqs.party p on p.id = c.party where c.kind = 'calendar' and c.lookup = $1 and c.disabled_at is null and p.disabled_at is null";
    SCOPED(rows_end) Rows rows = {0};
    unsigned char lookup[HASH_SIZE];
    Args args = {0};
    sha256(secret, strlen(secret), lookup);
    arg_bytes(&args, lookup, sizeof lookup);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    *out = (CalendarOwner){ (int)rows_int(&rows, 0, 0), arena_printf(a, "%s", rows_text(&rows, 0, 1)), arena_printf(a, "%s", rows_text(&rows, 0, 2)), arena_printf(a, "%s", rows_text(&rows, 0, 3)) };
    return RC_OK;
}

/* One statement retires the senderId's former password and brings the new one; a senderId of another party is not taken over. */
Rc party_password(Db *db, const char *bin, const char *sender_id, const char *password, Instant now, Error *err)
{
    static const char sql[] =
        "with p as (select id from nqs.party where bin = $1),"
        " held as (select c.party, c.version from nqs.credential c where c.kind = 'password' and c.lookup = convert_to($2, 'UTF8') and c.disabled_at is null)"
        " insert into nqs.credential (party, kind, lookup, salt, secret, version, created_at)"
        " select p.id, 'password', convert_to($2, 'UTF8'), $3, $4, 1, $5::timestamptz from p where not exists (select from held where held.party <> p.id)"
        " on conflict (kind, lookup) where disabled_at is null do update set salt = excluded.salt, secret = excluded.secret, version = nqs.credential.version + 1 returning 1";
    unsigned char salt[SALT_SIZE], secret[HASH_SIZE];
    Args args = {0};
    random_bytes(salt, sizeof salt);
    password_hash(password, salt, secret);
    arg_text(&args, bin);
    arg_text(&args, sender_id);
    arg_bytes(&args, salt, sizeof salt);
    arg_bytes(&args, secret, sizeof secret);
    arg_instant(&args, now);
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    return rows_n(&rows) ? RC_OK : error_set(err, RC_REJECT, "there is no party with BIN %s, or senderId %s is another party's", bin, sender_id);
}

Rc party_revoke(Db *db, const char *bin, Instant now, Error *err)
{
    static const char sql[] = "with p as (select id from nqs.party where bin = $1),"
                              " c as (update nqs.credential set disabled_at = $2::timestamptz from p where party = p.id and disabled_at is null) select 1 from p";
    Args args = {0};
    arg_text(&args, bin);
    arg_instant(&args, now);
    return on_party(db, sql, &args, bin, err);
}

Rc party_set_lang(Db *db, const char *bin, const char *lang, Error *err)
{
    Args args = {0};
    arg_text(&args, bin);
    arg_text(&args, lang);
    return on_party(db, "update nqs.party set lang = $2 where bin = $1 returning 1", &args, bin, err);
}

Rc party_set_address(Db *db, const char *bin, PartyAddress which, const char *address, Error *err)
{
    static const char *const sql[] = { [PARTY_MAIL] = "update nqs.party set mail = nullif($2, '') where bin = $1 returning 1",
                                       [PARTY_WEBHOOK] = "update nqs.party set webhook = nullif($2, '') where bin = $1 returning 1" };
    Args args = {0};
    arg_text(&args, bin);
    arg_text(&args, address);
    return on_party(db, sql[which], &args, bin, err);
}

Rc party_lang(Db *db, const char *bin, char *lang, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, bin);
    if (db_query(db, "select lang from nqs.party where bin = $1", &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    snprintf(lang, 3, "%s", rows_text(&rows, 0, 0));
    return RC_OK;
}

Rc party_list(Db *db, Instant now, Buffer *json, Error *err)
{
    static const char sql[] =
        "select coalesce(json_agg(x order by x.bin), '[]')::text from (select p.bin, p.name, p.lang, p.mail, p.webhook, p.disabled_at is not null as disabled,"
        " (select coalesce(json_agg(json_build_object('role', r.role, 'from', r.valid_from, 'to', r.valid_to, 'by', r.source,"
        "   'in_force', r.valid_from <= d.day and (r.valid_to is null or r.valid_to >= d.day)) order by r.role, r.valid_from), '[]') from nqs.party_role r where r.party = p.id) as roles,"
        " (select count(*) from nqs.credential c where c.party = p.id and c.kind = 'token' and c.disabled_at is null) as tokens,"
        " (select coalesce(json_agg(convert_from(c.lookup, 'UTF8')), '[]') from nqs.credential c where c.party = p.id and c.kind = 'password' and c.disabled_at is null) as sender_ids"
        " from nqs.party p, (select ($1::timestamptz at time zone 'Asia/Almaty')::date as day) d) x";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, now);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    buffer_text(json, rows_text(&rows, 0, 0));
    return RC_OK;
}

#define ROLES "array_to_string(array(select distinct r.role from nqs.party_role r where r.party = p.id and r.valid_from <= d.day and (r.valid_to is null or r.valid_to >= d.day)), ' ')"
#define TODAY "(select ($1::timestamptz at time zone 'Asia/Almaty')::date as day) d"

static void sender_read(const Rows *rows, const char *by, Sender *s)
{
    *s = (Sender){ .party = (int)rows_int(rows, 0, 0) };
    snprintf(s->bin, sizeof s->bin, "%s", rows_text(rows, 0, 1));
    snprintf(s->by, sizeof s->by, "%s", by);
    for (const char *r = rows_text(rows, 0, 2); *r && s->n_roles < SENDER_ROLES; r += strspn(r, " ")) {
        size_t n = strcspn(r, " ");
        snprintf(s->role[s->n_roles++], ROLE_SIZE, "%.*s", (int)n, r);
        r += n;
    }
}

#define CREDENTIAL "select p.id, p.bin, " ROLES ", c.id, c.version, (select version from nqs.access), c.salt, c.secret" \
                   " from nqs.credential c join nqs.party p on p.id = c.party, " TODAY " where c.disabled_at is null and p.disabled_at is null and "

static void credential_read(const Rows *rows, const char *kind, Sender *s)
{
    sender_read(rows, kind, s);
    s->credential = (int)rows_int(rows, 0, 3);
    s->credential_version = (int)rows_int(rows, 0, 4);
    s->access = rows_int(rows, 0, 5);
}

Rc credential_find(Db *db, const char *kind, const void *lookup, size_t n, Instant now, Credential *out, Error *err)
{
    static const char sql[] = CREDENTIAL "c.kind = $2 and c.lookup = $3";
    SCOPED(rows_end) Rows rows = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    Args args = {0};
    size_t len;
    arg_instant(&args, now);
    arg_text(&args, kind);
    arg_bytes(&args, lookup, n);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    *out = (Credential){ .has_secret = !rows_null(&rows, 0, 7) };
    credential_read(&rows, kind, &out->sender);
    if (!out->has_secret)
        return RC_OK;
    const unsigned char *salt = rows_bytes(&rows, 0, 6, a, &len);
    memcpy(out->salt, salt, len < SALT_SIZE ? len : SALT_SIZE);
    const unsigned char *secret = rows_bytes(&rows, 0, 7, a, &len);
    memcpy(out->secret, secret, len < HASH_SIZE ? len : HASH_SIZE);
    return RC_OK;
}

Rc sender_again(Db *db, Sender *s, Instant now, Error *err)
{
    static const char sql[] = CREDENTIAL "c.id = $2 and c.version = $3";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    char kind[sizeof s->by];
    memcpy(kind, s->by, sizeof kind);
    arg_instant(&args, now);
    arg_int(&args, s->credential);
    arg_int(&args, s->credential_version);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    credential_read(&rows, kind, s);
    return RC_OK;
}

Rc access_version(Db *db, long long *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, "select version from nqs.access", NULL, &rows, err))
        return err->rc;
    *out = rows_int(&rows, 0, 0);
    return RC_OK;
}

Rc sender_of(Db *db, const char *envelope, Sender *out, Error *err)
{
    static const char sql[] = "select p.id, p.bin, " ROLES " from nqs.envelope e join nqs.party p on p.id = e.party,"
                              " lateral (select (e.committed at time zone 'Asia/Almaty')::date as day) d where e.id = $1::uuid";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, envelope);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return error_set(err, RC_FATAL, "envelope %s is not there", envelope);
    sender_read(&rows, "delivery", out);
    return RC_OK;
}

Rc sender_find(Db *db, const char *bin, Instant now, Sender *out, Error *err)
{
    static const char sql[] = "select p.id, p.bin, " ROLES " from nqs.party p, " TODAY " where p.bin = $2 and p.disabled_at is null";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_instant(&args, now);
    arg_text(&args, bin);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    sender_read(&rows, "bin", out);
    return RC_OK;
}
