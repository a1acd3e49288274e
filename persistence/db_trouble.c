#include "gateway/base/log.h"
#include "gateway/base/clock.h"
#include "persistence/db_inside.h"
#include <string.h>

/* For those who watch: the moment of the last refusal of each kind, in seconds of a clock that never goes back; 0: never. */
enum { TROUBLE_SECONDS = 15 };
static atomic_llong trouble[DB_BUSY + 1];

static long long seconds(void) { return monotonic_ms() / 1000 + 1; }

/* Said when it begins: senders at the door are many, and each would say it. */
static void note_trouble(DbTrouble t)
{
    static const char *const why[] = { [DB_FULL] = "full", [DB_BUSY] = "busy" };
    long long now = seconds(), before = atomic_exchange(&trouble[t], now);
    if (!before || now - before > TROUBLE_SECONDS)
        log_event(LOG_WARNING, "database_refuses", "why", why[t], NULL);
}

DbTrouble db_trouble(void)
{
    for (DbTrouble t = DB_FULL; t <= DB_BUSY; t++) {
        long long at = atomic_load(&trouble[t]);
        if (at && seconds() - at <= TROUBLE_SECONDS)
            return t;
    }
    return DB_WELL;
}

/* A failed connection has no SQLSTATE; the server says this one in English before it knows any language of ours. */
unsigned db_unconnected(const char *message)
{
    static const char *const says[] = { "too many clients", "too many connections", "connection slots are reserved" };
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (strstr(message, says[i]))
            return DATABASE_BUSY;
    return DATABASE_AWAY;
}

unsigned db_refused(const char *sqlstate)
{
    static const struct { const char *begins; unsigned kind; } kinds[] = {
        { "53100", DATABASE_FULL }, { "53300", DATABASE_BUSY }, { "25006", DATABASE_READ_ONLY }, { "08", DATABASE_AWAY }, { "57P", DATABASE_AWAY },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(sqlstate, kinds[i].begins, strlen(kinds[i].begins)))
            return kinds[i].kind;
    return DATABASE_OTHER;
}

void db_error(unsigned kind)
{
    metrics_count(METRIC_DATABASE_ERRORS, kind, 1);
    if (kind == DATABASE_FULL || kind == DATABASE_BUSY)
        note_trouble(kind == DATABASE_FULL ? DB_FULL : DB_BUSY);
}
