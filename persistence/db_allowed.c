#include "persistence/db.h"

Rc db_allowed(Db *db, int64_t *connections, Error *err)
{
    static const char sql[] =
        "select case when r.rolsuper then m.most else least(m.most - current_setting('superuser_reserved_connections')::int, nullif(r.rolconnlimit, -1), nullif(d.datconnlimit, -1)) end"
        " from pg_roles r, pg_database d, (select current_setting('max_connections')::int as most) m where r.rolname = current_user and d.datname = current_database()";
    SCOPED(rows_end) Rows rows = {0};
    if (db_query(db, sql, NULL, &rows, err))
        return err->rc;
    *connections = rows_int(&rows, 0, 0);
    return RC_OK;
}
