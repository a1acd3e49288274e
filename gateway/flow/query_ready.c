#include "gateway/flow/query_access.h"
#include <stdlib.h>
#include <string.h>

static const char *database_word(bool there, bool read_only)
{
    static const char *const words[] = { [DB_WELL] = "ok", [DB_FULL] = "full", [DB_BUSY] = "busy" };
    DbTrouble t = db_trouble();
    return !there && t != DB_BUSY ? "away" : there && read_only ? "read_only" : words[t];
}

Rc query_ready(Desk *d, bool *ready, Buffer *json, Error *err)
{
    enum { CLOCK_DIFFERENCE = 1000000 };
    int64_t waiting = 0, set_aside = 0;
    Instant theirs = 0;
    bool read_only = false;
    bool there = report_queue(d->db, &waiting, &set_aside, &theirs, &read_only, err) == RC_OK;
    Instant ours = clock_now(&d->g->clock);
    bool clocks = there && llabs(ours - theirs) <= CLOCK_DIFFERENCE;
    const char *database = database_word(there, read_only);
    *ready = there && clocks && strcmp(database, "ok") == 0;
    Json j = { .to = json };
    json_open(&j, '{');
    json_put_text(&j, "status", *ready ? "ok" : "degraded");
    json_put_text(&j, "database", database);
    json_put_text(&j, "clocks", !there ? "unknown" : clocks ? "agree" : "differ");
    json_key(&j, "clock_synchronised"), json_bool(&j, clock_synchronised(&d->g->clock));
    json_put_number(&j, "waiting", waiting);
    json_put_number(&j, "set_aside", set_aside);
    json_close(&j, '}');
    return RC_OK;
}
