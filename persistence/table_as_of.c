#include "persistence/table_sql.h"

void table_as_of(const Table *t, const char *bounds, const char *known_at, const char *period, Buffer *b)
{
    buffer_text(b, "(select * from (select distinct on (");
    table_keys(t, b);
    buffer_text(b, ") v.* from (");
    for (int history = 0; history < 2; history++) {
        buffer_text(b, history ? " union all select " : "select ");
        table_columns(t, "v", false, b);
        buffer_print(b, ", v.owner, v.period, v.number, v.settlement, v.seq, v.withdrawn, v.last_period, v.last_number from feed.\"%s%s\" v where true%s", t->feed->record,
                     history ? "_history" : "", bounds);
    }
    buffer_print(b, ") v where (%s is null or v.settlement in (select id from nqs.settlement where at <= %s))"
                    " and (%s is null or v.period <= %s collate \"C\") and v.last_period is distinct from '' order by ", known_at, known_at, period, period);
    table_keys(t, b);
    buffer_print(b, ", least(coalesce(v.last_period, v.period), %s collate \"C\") desc,"
                    " case when v.last_period > %s collate \"C\" then v.number else coalesce(v.last_number, v.number) end desc, v.settlement desc, v.seq desc) v"
                    " where v.withdrawn is null)", period, period);
}
