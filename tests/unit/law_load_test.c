#include "tests/unit/faulty_file.h"
#include "tests/unit/law_fixture.h"
#include <unistd.h>

static const char editions[] =
    "# two editions\n"
    "editions:\n"
    "  - id: kz-2030/1\n"
    "    year: 2030\n"
    "    known_since: 2029-12-01T00:00:00+05:00\n"
    "    known_since_is: read\n"
    "    act: the first act\n"
    "    days_off: [2030-01-01, 2030-01-02, 2030-05-01]\n"
    "    worked_weekend_days: []\n"
    "  - id: kz-2030/2\n"
    "    year: 2030\n"
    "    known_since: 2030-02-01T00:00:00+05:00\n"
    "    known_since_is: assumed\n"
    "    forecast: true\n"
    "    act: the second act\n"
    "    days_off: [2030-01-01, 2030-01-02]\n"
    "    worked_weekend_days: [2030-02-02]\n";

static const char law[] =
    "act: Law\n"
    "years: {from: 2024, to: 2040}\n"
    "holidays:\n"
    "  - {name: New Year, days: [01-01, 01-02], shifts: true}\n"
    "  - name: Old Day\n"
    "    days: [08-30]\n"
    "    from: 2020-01-01\n"
    "    to: 2025-12-31\n"
    "    end_known_since: 2026-03-18T00:00:00+05:00\n"
    "    shifts: true\n"
    "  - name: Moon\n"
    "    dates: [2024-06-16, 2025-06-06]\n"
    "    estimates: [2026-05-27]\n"
    "    shifts: false\n";

static const Fault edition_faults[] = {
    { "year: 2030\n    known_since: 2029", "yaer: 2030\n    known_since: 2029", "yaer", 0 },
    { "year: 2030\n    known_since: 2029", "year: twenty\n    known_since: 2029", "line: 4, column", 0 },
    { "    act: the first act\n", "", "act", 0 },
    { "known_since_is: read", "known_since_is: heard", "heard", 0 },
    { "forecast: true", "forecast: yes", "yes", 0 },
    { "[2030-01-01, 2030-01-02, 2030-05-01]", "2030-01-01", "days_off", 0 },
    { "editions:\n", "edition:\n", "edition", 0 },
    { "id: kz-2030/1", "id: kz-2031/1", "editions[1].id: 'kz-2031/1': write kz-2030/1", 3 },
    { "id: kz-2030/1", "id: kz-2030/01", "editions[1].id: 'kz-2030/01'", 3 },
    { "id: kz-2030/1", "id: kz-2030", "editions[1].id", 3 },
    { "id: kz-2030/1", "id: ../2030/1", "editions[1].id", 3 },
    { "2029-12-01T00:00:00+05:00", "2029-12-01T00:00:00", "a moment with its zone", 5 },
    { "2029-12-01T00:00:00+05:00", "2029-12-01", "a moment with its zone", 5 },
    { "2030-05-01]", "2030-02-30]", "editions[1].days_off[3]: '2030-02-30': there is no such day", 8 },
    { "2030-05-01]", "2030-01-02]", "days rise, each stands there once", 8 },
    { "2030-05-01]", "2031-05-01]", "2031-05-01 is not in 2030", 8 },
    { "2030-05-01]", "2030-05-04]", "2030-05-04 is a Saturday, which is off anyway", 8 },
    { "[2030-02-02]", "[2030-02-01]", "2030-02-01 is a Friday, not a day of the weekend", 17 },
};

static const Fault law_faults[] = {
    { "act: Law\n", "", "act", 0 },
    { "shifts: false", "shifts: maybe", "maybe", 0 },
    { "name: Moon", "nmae: Moon", "nmae", 0 },
    { "from: 2024, to: 2040", "from: 2040, to: 2024", "years: 2040 to 2024", 2 },
    { "[08-30]", "[30-08]", "holidays[2].days[1]: '30-08': write a month and a day", 6 },
    { "[08-30]", "[02-29]", "'02-29'", 6 },
    { "from: 2020-01-01", "from: 2020-1-1", "holidays[2].from: '2020-1-1': there is no such day", 7 },
    { "to: 2025-12-31", "to: 2019-12-31", "is before it begins", 8 },
    { "    to: 2025-12-31\n", "", "it has no end", 8 },
    { "end_known_since: 2026-03-18T00:00:00+05:00", "end_known_since: 2026", "a moment with its zone", 9 },
    { "    dates: [2024-06-16, 2025-06-06]\n    estimates: [2026-05-27]\n", "", "write days of every year, or dates", 11 },
    { "    dates:", "    days: [01-07]\n    dates:", "write days of every year, or dates", 11 },
    { "[2024-06-16, 2025-06-06]", "[2025-06-06, 2024-06-16]", "days rise", 12 },
    { "[2026-05-27]", "[2025-05-27]", "estimates stand behind the dates", 13 },
};

static void what_is_wrong_with_editions_is_said_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof edition_faults / sizeof *edition_faults; i++) {
        SCOPED(arena_free) Arena *a = arena_new();
        Editions all = {0};
        Error err = {0};
        const char *path = file_write("editions.yaml", editions, edition_faults[i].what, edition_faults[i].into);
        fault_is(&edition_faults[i], path, editions_load_file(path, a, &all, &err), &err);
    }
}

static void what_is_wrong_with_the_law_is_said_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof law_faults / sizeof *law_faults; i++) {
        SCOPED(arena_free) Arena *a = arena_new();
        HolidayLaw out;
        Error err = {0};
        const char *path = file_write("law.yaml", law, law_faults[i].what, law_faults[i].into);
        fault_is(&law_faults[i], path, holidays_load(path, a, &out, &err), &err);
    }
}

static void everything_that_may_stand_there_is_taken(void **state)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Editions all = {0};
    HolidayLaw out;
    Error err = {0};
    (void)state;
    assert_int_equal(editions_load_file(file_write("editions.yaml", editions, NULL, NULL), a, &all, &err), RC_OK);
    assert_int_equal(all.n, 2);
    assert_string_equal(all.at[0]->act, "the first act");
    assert_false(all.at[0]->assumed || all.at[0]->provisional);
    assert_true(all.at[1]->assumed && all.at[1]->provisional);
    assert_int_equal(all.at[0]->known_since, moment("2029-12-01T00:00:00+05:00"));
    assert_false(edition_works(all.at[0], day("2030-05-01")));
    assert_true(edition_works(all.at[1], day("2030-05-01")));
    assert_true(edition_works(all.at[1], day("2030-02-02")));
    assert_int_equal(holidays_load(file_write("law.yaml", law, NULL, NULL), a, &out, &err), RC_OK);
    assert_int_equal(out.n, 3);
    assert_int_equal(out.at[2].n_dates, 3);
    assert_int_equal(out.at[2].n_estimates, 1);
    assert_int_equal(out.at[1].to, day("2025-12-31"));
}

static void the_installations_own_stand_beside_the_products(void **state)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Calendar *c;
    Error err = {0};
    (void)state;
    file_write("editions.yaml", editions, NULL, NULL);
    unlink(file_write("law.yaml", law, NULL, NULL));
    assert_int_equal(calendar_load("schemas/law", folder, a, &c, &err), RC_OK);
    assert_string_equal(calendar_edition(c, 2030, KNOWN_NOW)->id, "kz-2030/2");
    assert_string_equal(calendar_edition(c, 2024, KNOWN_NOW)->id, "kz-2024/3");
    assert_int_equal(calendar_load("schemas/law", "/nowhere/at/all", a, &c, &err), RC_OK);
    assert_true(calendar_edition(c, 2030, KNOWN_NOW)->computed);
    assert_int_equal(calendar_load("/nowhere", NULL, a, &c, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "/nowhere/holidays.yaml"));
    file_write("again.yaml", editions, "kz-2030/1", "kz-2030/3");
    assert_int_equal(calendar_load("schemas/law", folder, a, &c, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "editions.yaml"));
}

static int begin(void **state) { return law_begin(state) || !mkdtemp(folder) ? -1 : 0; }

static int end(void **state)
{
    char path[200];
    static const char *const names[] = { "editions.yaml", "law.yaml", "again.yaml" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return law_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_with_editions_is_said_with_its_line), cmocka_unit_test(what_is_wrong_with_the_law_is_said_with_its_line),
        cmocka_unit_test(everything_that_may_stand_there_is_taken), cmocka_unit_test(the_installations_own_stand_beside_the_products),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
