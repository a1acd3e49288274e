#include "schemas/calendar.h"
#include "tests/fuzz/fuzz_file.h"

/* A file is read as editions and as the Law; what is taken can be asked about. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    Editions editions = {0};
    HolidayLaw law = {0};
    HolidayYear year;
    SCOPED(arena_free) Arena *a = arena_new();
    const char *path = fuzz_file("fuzzed.yaml", data, size);
    Rc rc = editions_load_file(path, a, &editions, &err);
    HOLDS(rc == RC_OK ? editions.n > 0 : rc == RC_FATAL && err.text[0]);
    for (size_t i = 0; i < editions.n; i++) {
        const Edition *e = editions.at[i];
        HOLDS(e->last - e->first >= 364 && e->last - e->first <= 365);
        HOLDS(edition_working_days(e, e->first, e->last) <= 366);
    }
    rc = holidays_load(path, a, &law, &err);
    HOLDS(rc == RC_OK || (rc == RC_FATAL && err.text[0]));
    if (rc == RC_OK)
        holidays_year(&law, law.last, INT64_MAX, &year);
    return 0;
}
