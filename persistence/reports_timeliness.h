/* How timely parties are: duties counted by what became of them. Who may see what is decided in flow/query. */
#pragma once
#include "persistence/db.h"

typedef struct {
    int         party;                     /* 0: all */
    bool        final_only;
    const char *bin, *feed, *period, *obligation;      /* NULL: any */
    const char *from, *to;                 /* due days, the first and the last; NULL: from the beginning; up to now */
    const char *as_known_at;               /* NULL: now */
    bool        by_party, by_feed, by_period;
} TimelinessAsked;

/* Columns: a group as a JSON object; then what the object has, TIMELINESS_CELLS texts. Of duties that were due by `now` and not cancelled. RC_REJECT bad_parameter {by}: over 10,000 groups. */
#define TIMELINESS_NAMES "feed", "period", "party", "name", "owed", "in_time", "late", "overdue", "missing", "waived", "held", "provisional", "late_days_median", "complete"
enum { TIMELINESS_CELLS = 14, TIMELINESS_FROM = 1 };
Rc report_timeliness(Db *db, const TimelinessAsked *asked, Instant now, Rows *out, Error *err) MUST_USE;
