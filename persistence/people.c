#include "persistence/people.h"
#include "gateway/base/text.h"
#include "persistence/text_array.h"
#include <arpa/inet.h>
#include <string.h>

typedef struct { unsigned char lookup[HASH_SIZE], key[KEY_SIZE]; int64_t id; } Person;

static const char *row_key(const Feed *feed, const Value *values, Arena *a)
{
    SCOPED(buffer_free) Buffer b = {0};
    for (size_t i = 0; i < feed->n_key; i++) {
        const Value *v = &values[feed->key[i]->index];
        buffer_add(&b, "\x1f", i > 0);
        buffer_add(&b, v->text, v->len);
    }
    return arena_text(a, b.at, b.len);
}

/* The IIN within the person field: its whole text, or the member of its canonical JSON that the contract checks as one. */
static bool find_iin(const Feed *feed, const Value *values, const char **out)
{
    const Field *f = feed->person_field;
    const Value *v = f ? &values[f->index] : NULL;
    if (!v || !v->text)
        return false;
    *out = v->text;
    if (f->type == TYPE_TEXT)
        return v->len == 12;
    for (size_t i = 0; i < f->n_fields; i++) {
        char member[80];
        if (!f->fields[i].check || strcmp(f->fields[i].check, "iin") != 0)
            continue;
        int n = snprintf(member, sizeof member, "\"%s\":\"", f->fields[i].name);
        const char *at = strstr(v->text, member);
        *out = at ? at + n : NULL;
        return at && strspn(*out, "0123456789") == 12;
    }
    return false;
}

static void person_lookup(const Vault *v, const Feed *feed, const Value *values, Arena *a, unsigned char out[HASH_SIZE])
{
    const char *iin;
    if (find_iin(feed, values, &iin)) {
        vault_lookup(v, "iin", iin, 12, out);
        return;
    }
    const char *key = row_key(feed, values, a);
    vault_lookup(v, feed->code, key, strlen(key), out);
}

static void hex_item(Buffer *b, const void *bytes, size_t n)
{
    char hex[2 * WRAPPED_SIZE + 3] = "\\x";
    hex_text(bytes, n, hex + 2);
    text_array_item(b, hex, 2 * n + 2);
}

/* Keys for all lookups: those that are there, and new ones for those that are not. */
static Rc meet(Db *db, const Vault *v, Person *p, size_t n, Instant now, Error *err)
{
    static const char make[] =
        "insert into nqs.person (lookup, wrapped, created_at) select distinct on (1) l::bytea, w::bytea, $3::timestamptz from unnest($1::text[], $2::text[]) u(l, w)"
        " order by 1 on conflict (lookup) do update set wrapped = excluded.wrapped where nqs.person.wrapped is null";
    static const char find[] = "select u.n, p.id, p.wrapped from unnest($1::text[]) with ordinality u(l, n) join nqs.person p on p.lookup = u.l::bytea";
    SCOPED(buffer_free) Buffer b = {0};
    SCOPED(rows_end) Rows rows = {0};
    unsigned char key[KEY_SIZE], wrapped[WRAPPED_SIZE];
    Args args = {0}, found = {0};
    text_array_begin(&b, n);
    for (size_t i = 0; i < n; i++)
        hex_item(&b, p[i].lookup, HASH_SIZE);
    size_t second = b.len;
    text_array_begin(&b, n);
    for (size_t i = 0; i < n; i++) {
        random_bytes(key, sizeof key);
        vault_wrap(v, "person", key, wrapped);
        hex_item(&b, wrapped, sizeof wrapped);
    }
    arg_bytes(&args, b.at, second);
    arg_bytes(&args, b.at + second, b.len - second);
    arg_instant(&args, now);
    arg_bytes(&found, b.at, second);
    SCOPED(arena_free) Arena *scratch = arena_new();
    if (db_query(db, make, &args, NULL, err) || db_query(db, find, &found, &rows, err))
        return err->rc;
    for (int r = 0; r < rows_n(&rows); r++) {
        size_t len;
        Person *one = &p[rows_int(&rows, r, 0) - 1];
        const unsigned char *w = rows_bytes(&rows, r, 2, scratch, &len);
        one->id = rows_int(&rows, r, 1);
        if (vault_unwrap(v, "person", w, len, one->key, err))
            return err->rc;
    }
    return (size_t)rows_n(&rows) == n ? RC_OK : error_set(err, RC_RETRY, "a person's key was erased meanwhile");
}

static void value_place(const Feed *feed, const Field *f, const char *key, Buffer *out)
{
    buffer_clear(out);
    buffer_print(out, "%s %s %s", feed->record, f->name, key);
    buffer_string(out);
}

static void seal_at(const char *place, const Person *p, Value *v, Arena *a)
{
    size_t n = PERSON_ID_SIZE + v->len + SEAL_OVERHEAD;
    unsigned char *out = arena_alloc(a, n);
    uint32_t id[2] = { htonl((uint32_t)(p->id >> 32)), htonl((uint32_t)p->id) };
    memcpy(out, id, sizeof id);
    seal(p->key, place, v->text, v->len, out + PERSON_ID_SIZE);
    *v = (Value){ (char *)out, n };
}

static void seal_value(const Feed *feed, const Field *f, const char *key, const Person *p, Value *v, Arena *a)
{
    SCOPED(buffer_free) Buffer place = {0};
    value_place(feed, f, key, &place);
    seal_at(place.at, p, v, a);
}

static void seal_row(const Feed *feed, const Person *p, Value *values, Arena *a)
{
    const char *key = row_key(feed, values, a);
    for (size_t i = 0; i < feed->n_fields; i++)
        if (feed->fields[i].personal && values[i].text)
            seal_value(feed, &feed->fields[i], key, p, &values[i], a);
}

Rc people_seal(Db *db, const Vault *v, const Feed *feed, Row *rows, Value *const *values, size_t n, Instant now, Arena *a, Error *err)
{
    Person *p = arena_alloc(a, (n + 1) * sizeof *p);
    size_t *of = arena_alloc(a, (n + 1) * sizeof *of), count = 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].wish == WISH_PUT) {
            of[count] = i;
            person_lookup(v, feed, values[i], a, p[count++].lookup);
        }
    if (count && meet(db, v, p, count, now, err))
        return err->rc;
    for (size_t i = 0; i < count; i++)
        seal_row(feed, &p[i], values[of[i]], a);
    return RC_OK;
}

/* The person behind a sealed value, and its key. RC_END: erased or blocked. */
static Rc person_of(Db *db, const Vault *v, Value sealed, Arena *a, Person *out, Error *err)
{
    SCOPED(rows_end) Rows rows = {0};
    uint32_t id[2];
    size_t len;
    Args args = {0};
    if (sealed.len < PERSON_ID_SIZE)
        return error_set(err, RC_FATAL, "not a sealed value");
    memcpy(id, sealed.text, sizeof id);
    out->id = (int64_t)((uint64_t)ntohl(id[0]) << 32 | ntohl(id[1]));
    arg_int(&args, out->id);
    if (db_query(db, "select wrapped from nqs.person where id = $1 and not blocked and wrapped is not null", &args, &rows, err))
        return err->rc;
    if (rows_n(&rows) == 0)
        return RC_END;
    const unsigned char *w = rows_bytes(&rows, 0, 0, a, &len);
    return vault_unwrap(v, "person", w, len, out->key, err);
}

Rc person_unseal(Db *db, const Vault *v, const char *place, Value sealed, Arena *a, Value *out, Error *err)
{
    Person p;
    *out = (Value){0};
    Rc rc = person_of(db, v, sealed, a, &p, err);
    if (rc)
        return rc == RC_END ? RC_OK : rc;
    char *plain = arena_alloc(a, sealed.len);
    if (unseal(p.key, place, (const unsigned char *)sealed.text + PERSON_ID_SIZE, sealed.len - PERSON_ID_SIZE, plain, &out->len, err))
        return err->rc;
    plain[out->len] = '\0';
    out->text = plain;
    return RC_OK;
}

Rc people_unseal(Db *db, const Vault *v, const Feed *feed, const Field *f, const char *key, const unsigned char *sealed, size_t n, Arena *a,
                 const char **out, Error *err)
{
    SCOPED(buffer_free) Buffer place = {0};
    Value plain;
    *out = NULL;
    value_place(feed, f, key, &place);
    if (person_unseal(db, v, place.at, (Value){ (const char *)sealed, n }, a, &plain, err))
        return error_at(err, "%s.%s", feed->record, f->name);
    *out = plain.text;
    return RC_OK;
}

Rc person_seal(Db *db, const Vault *v, const char *iin, const char *place, Value *values, size_t n, Instant now, Arena *a, Error *err)
{
    Person p;
    vault_lookup(v, "iin", iin, strlen(iin), p.lookup);
    if (meet(db, v, &p, 1, now, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (values[i].text)
            seal_at(arena_printf(a, "%s %zu", place, i), &p, &values[i], a);
    return RC_OK;
}

Rc person_seal_with(Db *db, const Vault *v, Value sealed, const char *place, Value *value, Arena *a, Error *err)
{
    Person p;
    Rc rc = person_of(db, v, sealed, a, &p, err);
    if (!rc)
        seal_at(place, &p, value, a);
    return rc;
}
