#include "persistence/findings.h"
#include "persistence/text_array.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Rc write_some(Db *db, const StoredFinding *list, size_t n, Error *err)
{
    static const char sql[] =
        "insert into nqs.finding (envelope, no, seq, severity, code, place, source, args)"
        " select u.e::uuid, u.no::int, u.seq::int, u.severity, u.code, u.place, u.source, array_remove(array[u.a1, u.a2, u.a3], null)"
        " from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])"
        " u(e, no, seq, severity, code, place, source, a1, a2, a3)";
    enum { COLUMNS = 10 };
    SCOPED(buffer_free) Buffer b = {0};
    size_t begin[COLUMNS + 1];
    char number[24];
    for (int c = 0; c < COLUMNS; c++) {
        begin[c] = text_array_begin(&b, n);
        for (size_t i = 0; i < n; i++) {
            const Finding *f = &list[i].f;
            const char *cell[COLUMNS] = { list[i].envelope, number, number, f->severity == FINDING_ERROR ? "error" : "warning", f->code, f->place, f->source,
                                          f->arg[0], f->arg[1], f->arg[2] };
            snprintf(number, sizeof number, "%u", c == 1 ? (unsigned)list[i].no : f->seq);
            text_array_item(&b, cell[c], cell[c] ? strlen(cell[c]) : 0);
        }
    }
    begin[COLUMNS] = b.len;
    Args args = {0};
    for (int c = 0; c < COLUMNS; c++)
        arg_bytes(&args, b.at + begin[c], begin[c + 1] - begin[c]);
    return db_query(db, sql, &args, NULL, err);
}

Rc findings_write(Db *db, const StoredFinding *list, size_t n, Error *err)
{
    enum { AT_ONCE = 2000 };
    for (size_t i = 0; i < n; i += AT_ONCE)
        if (write_some(db, list + i, n - i < AT_ONCE ? n - i : AT_ONCE, err))
            return err->rc;
    return RC_OK;
}

Rc findings_clear(Db *db, const Claimed *c, Error *err)
{
    SCOPED(buffer_free) Buffer ids = {0};
    Args args = {0};
    claimed_ids(c, &ids);
    arg_text(&args, ids.at);
    return db_query(db, "delete from nqs.finding where envelope = any($1::uuid[])", &args, NULL, err);
}

void outcomes_set(Outcomes *o, size_t i, Outcome what)
{
    if (i / 2 >= o->size) {
        size_t size = i < 1024 ? 1024 : i / 2 + i / 8;
        o->at = realloc(o->at, size);
        if (!o->at)
            abort();
        memset(o->at + o->size, 0, size - o->size);
        o->size = size;
    }
    unsigned shift = i % 2 * 4;
    o->at[i / 2] = (unsigned char)((o->at[i / 2] & ~(15u << shift)) | (unsigned)what << shift);
    if (i >= o->n)
        o->n = i + 1;
}

Outcome outcomes_get(const Outcomes *o, size_t i) { return i < o->n ? (Outcome)(o->at[i / 2] >> i % 2 * 4 & 15) : OUTCOME_NONE; }

void outcomes_free(Outcomes *o)
{
    free(o->at);
    *o = (Outcomes){0};
}

void outcomes_pack(const Outcomes *o, size_t first, size_t n, Buffer *out)
{
    SCOPED(outcomes_free) Outcomes part = {0};
    if (first == 0 && n == o->n) {
        squeeze(o->at, (n + 1) / 2, out);
        return;
    }
    for (size_t i = 0; i < n; i++)
        outcomes_set(&part, i, outcomes_get(o, first + i));
    squeeze(part.at, (n + 1) / 2, out);
}
