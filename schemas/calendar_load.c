#include "schemas/calendar.h"
#include "schemas/calendar_draft.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".yaml"

static void yaml_end(void *data) { yaml_free(&editions_schema, data); }

/* "kz-2024/3" of 2024: small letters, the year, a number. */
static bool id_valid(const char *id, unsigned year)
{
    char middle[32];
    size_t country = strspn(id, "abcdefghijklmnopqrstuvwxyz");
    int n = snprintf(middle, sizeof middle, "-%04u/", year);
    const char *number = id + country + n;
    return country && country < 9 && strncmp(id + country, middle, (size_t)n) == 0 && *number >= '1' && *number <= '9' && strspn(number, "0123456789") == strlen(number)
        && strlen(number) < 5;
}

static Rc head_judge(LawDraft *d, const YamlEdition *y, const char *place)
{
    if (y->year < 1 || y->year > 9998)
        return law_fault(d, arena_printf(d->a, "%s.year", place), "%u is no year", y->year);
    if (!id_valid(y->id, y->year))
        return law_fault(d, arena_printf(d->a, "%s.id", place), "'%.40s': write kz-%04u/1, kz-%04u/2, …", y->id, y->year, y->year);
    return RC_OK;
}

/* Each day of the list changes what the week alone would say, and lies in the year. */
static Rc days_put(LawDraft *d, Edition *e, char *const *texts, unsigned n, bool off, const char *place)
{
    const CivilDay *days;
    if (law_days(d, place, texts, n, &days))
        return d->err->rc;
    for (unsigned i = 0; i < n; i++) {
        const char *at = arena_printf(d->a, "%s[%u]", place, i + 1);
        if (days[i] < e->first || days[i] > e->last)
            return law_fault(d, at, "%s is not in %d", texts[i], e->year);
        if (off && civil_weekend(days[i]))
            return law_fault(d, at, "%s is a %s, which is off anyway: days_off are of Monday to Friday", texts[i], civil_weekday_name(days[i]));
        if (!off && !civil_weekend(days[i]))
            return law_fault(d, at, "%s is a %s, not a day of the weekend", texts[i], civil_weekday_name(days[i]));
        dayset_put(&e->off, days[i] - e->first, off);
    }
    return RC_OK;
}

static Rc edition_take(LawDraft *d, const YamlEdition *y, const char *place, Edition *e)
{
    if (head_judge(d, y, place))
        return d->err->rc;
    *e = (Edition){ .id = y->id, .act = y->act, .source = d->file, .year = (int)y->year, .assumed = y->known_since_is == SINCE_ASSUMED, .provisional = y->forecast,
                    .first = calendar_days((int)y->year, 1, 1), .last = calendar_days((int)y->year, 12, 31) };
    for (CivilDay day = e->first; day <= e->last; day++)
        dayset_put(&e->off, day - e->first, civil_weekend(day));
    return law_moment(d, arena_printf(d->a, "%s.known_since", place), y->known_since, &e->known_since)
        || days_put(d, e, y->days_off, y->n_days_off, true, arena_printf(d->a, "%s.days_off", place))
        || days_put(d, e, y->worked_weekend_days, y->n_worked_weekend_days, false, arena_printf(d->a, "%s.worked_weekend_days", place)) ? d->err->rc : RC_OK;
}

static void add(Editions *all, const Edition *e, Arena *a)
{
    if (all->n == all->size) {
        all->size = all->size ? 2 * all->size : 32;
        const Edition **more = arena_alloc(a, all->size * sizeof *more);
        for (size_t i = 0; i < all->n; i++)
            more[i] = all->at[i];
        all->at = more;
    }
    all->at[all->n++] = e;
}

Rc editions_load_file(const char *file, Arena *a, Editions *out, Error *err)
{
    void *data = NULL;
    if (yaml_load(file, &editions_schema, &data, err))
        return err->rc;
    arena_adopt(a, yaml_end, data);
    const YamlEditions *y = data;
    LawDraft d = { arena_text(a, file, strlen(file)), a, err };
    for (unsigned i = 0; i < y->n_editions; i++) {
        Edition *e = arena_alloc(a, sizeof *e);
        if (edition_take(&d, &y->editions[i], arena_printf(a, "editions[%u]", i + 1), e))
            return err->rc;
        add(out, e, a);
    }
    return RC_OK;
}

static int is_edition(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name), suffix = strlen(SUFFIX);
    return entry->d_name[0] != '.' && len > suffix && strcmp(entry->d_name + len - suffix, SUFFIX) == 0;
}

Rc editions_load_folder(const char *folder, Arena *a, Editions *out, Error *err)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_edition, alphasort);
    if (n < 0)
        return error_set(err, RC_FATAL, "folder of calendar editions %s: %s", folder, strerror(errno));
    Rc rc = RC_OK;
    for (int i = 0; i < n; i++) {
        if (!rc)
            rc = editions_load_file(arena_printf(a, "%s/%s", folder, entries[i]->d_name), a, out, err);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

Rc calendar_load(const char *law, const char *own, Arena *a, Calendar **out, Error *err)
{
    Editions all = {0};
    HolidayLaw *holidays = arena_alloc(a, sizeof *holidays);
    if (holidays_load(arena_printf(a, "%s/holidays.yaml", law), a, holidays, err) || editions_load_folder(arena_printf(a, "%s/calendar", law), a, &all, err)
        || (own && !access(own, F_OK) && editions_load_folder(own, a, &all, err)))
        return err->rc;
    return calendar_new(a, holidays, all.at, all.n, out, err);
}
