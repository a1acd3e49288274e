#include "persistence/records.h"
#include "gateway/base/buffer.h"

Rc record_transfer(Db *db, const Table *t, const char *const *key, const char *bin, Error *err)
{
    SCOPED(buffer_free) Buffer sql = {0};
    SCOPED(rows_end) Rows rows = {0};
    Args args = {0};
    arg_text(&args, bin);
    buffer_print(&sql, "update %s t set owner = p.id from nqs.party p where p.bin = $1", t->name);
    for (size_t i = 0; i < t->feed->n_key; i++) {
        arg_text(&args, key[i]);
        buffer_print(&sql, " and t.\"%s\" = $%d::%s", t->feed->key[i]->name, args.n, t->feed->key[i]->column_type);
    }
    buffer_text(&sql, " returning 1");
    if (db_query_once(db, buffer_string(&sql), &args, &rows, err))
        return err->rc;
    return rows_n(&rows) ? RC_OK : error_set(err, RC_REJECT, "there is no such record, or no party %s", bin);
}
