#include "gateway/app/calendar_import.h"
#include "gateway/app/calendar_show.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrong(const char *what, const char *value)
{
    fprintf(stderr, "nqs-gateway calendar: '%s' %s; see nqs-gateway calendar --help\n", value, what);
    return EXIT_USAGE;
}

static int show(const LawFiles *l, const char *year_text, const char *known_text, bool json)
{
    SCOPED(buffer_free) Buffer out = {0};
    Instant known_at = KNOWN_NOW;
    bool zoned;
    char *end;
    long year = strtol(year_text, &end, 10);
    if (*end || end == year_text || year < 1 || year > 9999)
        return wrong("is no year", year_text);
    if (known_text && !(instant_read(known_text, &known_at, &zoned) && zoned))
        return wrong("is no instant with its zone, like 2024-06-01T00:00:00+05:00", known_text);
    const Edition *e = calendar_edition(l->calendar, (int)year, known_at);
    if (!e) {
        fprintf(stderr, "nqs-gateway calendar: the calendar has the years %d to %d\n", calendar_first_year(l->calendar), calendar_last_year(l->calendar));
        return EXIT_FAILED;
    }
    calendar_json(l->calendar, e, &out);
    if (json)
        print_json(&out);
    else
        calendar_print(buffer_string(&out));
    return EXIT_OK;
}

/* That it could be loaded is the check; what only a person can judge is said. */
static int check(const LawFiles *l)
{
    calendar_report(l->calendar);
    printf("%s/schemas/law%s%s: good\n", l->share, l->own ? ", " : "", l->own ? l->own : "");
    return EXIT_OK;
}

int cmd_calendar(int argc, char **argv)
{
    LawPaths paths = {0};
    const char *known_at = NULL;
    bool json = false, yes = false;
    const Option options[] = { LAW_OPTIONS(paths), { "as-known-at", &known_at, NULL }, { "yes", NULL, &yes }, { "json", NULL, &json }, { NULL, NULL, NULL } };
    SCOPED(law_close) LawFiles law = {0};
    Positions p;
    Error err = {0};
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    const char *what = p.n ? p.at[0] : "";
    bool shows = strcmp(what, "show") == 0 && p.n == 2, checks = strcmp(what, "check") == 0 && p.n == 1, imports = strcmp(what, "import") == 0 && p.n == 2;
    if (!shows && !checks && !imports) {
        fprintf(stderr, "nqs-gateway calendar: show YEAR, check or import FILE; see nqs-gateway calendar --help\n");
        return EXIT_USAGE;
    }
    if (law_open(&paths, &law, &err))
        return app_complain(NULL, &err);
    if (imports)
        return calendar_import(&law, p.at[1], yes);
    return shows ? show(&law, p.at[1], known_at, json) : check(&law);
}
