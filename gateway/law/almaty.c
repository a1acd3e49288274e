#include "gateway/law/almaty.h"

static const int64_t second = 1000000, day_seconds = 86400;

static int64_t floored(int64_t a, int64_t by) { return a / by - (a % by < 0); }

Rc almaty_check(const Zone *z, Error *err)
{
    static const int64_t moved = 1709233200, five_hours = 5 * 3600;        /* 2024-02-29T19:00Z, which is midnight at UTC+5 */
    CivilDay day = calendar_days(2024, 3, 1);
    if (zone_utc(z, day * day_seconds) == moved && zone_wall(z, moved) == moved + five_hours)
        return RC_OK;
    return error_set(err, RC_FATAL, "the tz database does not know that Asia/Almaty is at UTC+5 since 2024-03-01: the package tzdata must be 2024a or newer");
}

CivilDay almaty_day(const Zone *z, Instant at) { return floored(zone_wall(z, floored(at, second)), day_seconds); }

Instant almaty_at(const Zone *z, CivilDay day, int minute) { return zone_utc(z, day * day_seconds + 60 * minute) * second; }

Instant almaty_over(const Zone *z, CivilDay day) { return almaty_at(z, day + 1, 0); }
