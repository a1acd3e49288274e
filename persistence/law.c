#include "persistence/law.h"
#include "persistence/duties_inside.h"

Rc law_approve(Db *db, const Approval *a, const char *by, const char *ground, Instant now, Error *err)
{
    static const char sql[] = "insert into nqs.law_approval (obligation, reading, hash, text, approved_by, ground, at) values ($1, $2, $3, $4, $5, $6, $7::timestamptz)";
    Args args = {0};
    arg_text(&args, a->obligation);
    arg_text(&args, a->reading);
    arg_text(&args, a->hash);
    arg_text(&args, a->text);
    arg_text(&args, by);
    arg_text(&args, ground);
    arg_instant(&args, now);
    return db_query(db, sql, &args, NULL, err);
}

Rc law_in_force(Db *db, const char *obligation, int64_t day, const char *by, const char *ground, Instant now, Error *err)
{
    Args args = {0};
    char text[16];
    arg_text(&args, obligation);
    arg_text(&args, day_text(day, text));
    arg_text(&args, by);
    arg_text(&args, ground);
    arg_instant(&args, now);
    return db_query(db, "insert into nqs.law_in_force (obligation, day, set_by, ground, at) values ($1, $2::date, $3, $4, $5::timestamptz)", &args, NULL, err);
}

Rc law_standing(Db *db, Rows *out, Error *err)
{
    static const char sql[] =
        "select obligation, a.reading, a.hash, a.text, " DAYS("f.day") " from (select distinct on (obligation) * from nqs.law_approval order by obligation, id desc) a"
        " full join (select distinct on (obligation) obligation, day from nqs.law_in_force order by obligation, id desc) f using (obligation) order by 1";
    return db_query(db, sql, NULL, out, err);
}

Rc law_history(Db *db, const char *obligation, Arena *a, const char **json, Error *err)
{
    static const char sql[] =
        "select coalesce(json_agg(x order by x.at), '[]')::text from (select at, 'approved' as act, reading, hash, approved_by as by, ground, null::date as day from nqs.law_approval where obligation = $1"
        " union all select at, 'in_force', null, null, set_by, ground, day from nqs.law_in_force where obligation = $1) x";
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, obligation);
    if (db_query(db, sql, &args, &rows, err))
        return err->rc;
    *json = arena_printf(a, "%s", rows_text(&rows, 0, 0));
    return RC_OK;
}
