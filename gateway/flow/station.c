#include "gateway/flow/station.h"
#include "gateway/base/log.h"
#include "gateway/model/metrics.h"
#include <time.h>

enum { FIRST_RETRY_MS = 100, LAST_RETRY_MS = 2 * 1000, SLICE_MS = 50 };

static void pause_ms(long ms, const atomic_bool *stopping)
{
    for (; ms > 0 && !atomic_load(stopping); ms -= SLICE_MS) {
        long now = ms < SLICE_MS ? ms : SLICE_MS;
        nanosleep(&(struct timespec){ 0, now * 1000000 }, NULL);
    }
}

static const char *const next[] = { [RC_OK] = "", [RC_END] = "", [RC_REJECT] = "reject", [RC_RETRY] = "retry", [RC_FATAL] = "fatal" };

void station_run(const Station *s, atomic_bool *stopping)
{
    long retry_ms = FIRST_RETRY_MS;
    while (!atomic_load(stopping)) {
        Error err = {0};
        Rc rc = s->step(s->self, &err);
        if (rc == RC_OK || rc == RC_END)
            retry_ms = FIRST_RETRY_MS;
        else {
            count_station(s->name, rc);
            log_event(rc == RC_FATAL ? LOG_ERROR : LOG_WARNING, "station_failed", "station", s->name, "next", next[rc], "error", err.text, NULL);
        }
        if (rc == RC_FATAL)
            atomic_store(stopping, true);
        else if (rc == RC_END)
            pause_ms(s->idle_ms, stopping);
        else if (rc != RC_OK) {
            pause_ms(retry_ms, stopping);
            retry_ms = retry_ms * 2 < LAST_RETRY_MS ? retry_ms * 2 : LAST_RETRY_MS;
        }
    }
}
