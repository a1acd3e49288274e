/* indicators.yaml: what is wrong in it is said with its line, and tables of persons from which more could be told than they show are not taken. */
#include "tests/unit/faulty_file.h"
#include "schemas/contract.h"
#include "schemas/indicators.h"
#include "transforms/convert.h"
#include "transforms/rules.h"
#include <stdlib.h>
#include <unistd.h>

static const char good[] =
    "chapters:\n"
    "  - {id: one, kk: Бір, ru: Один}\n"
    "indicators:\n"
    "  - id: by-recognition\n"
    "    chapter: one\n"
    "    kk: Кәсіптер\n"
    "    ru: Профессии\n"
    "    feed: professions\n"
    "    when: standing\n"
    "    by: {field: recognition}\n"
    "    where: [{field: sector, is: [IT]}]\n"
    "    distinct: [code]\n"
    "  - id: approved\n"
    "    chapter: one\n"
    "    kk: Стандарттар\n"
    "    ru: Стандарты\n"
    "    feed: professional-standards\n"
    "    when: dated\n"
    "    date: act_date\n"
    "    by: {field: act_date, first: 7}\n"
    "  - id: by-state\n"
    "    chapter: one\n"
    "    kk: Аттестаттар\n"
    "    ru: Аттестаты\n"
    "    feed: accredited-centres\n"
    "    when: standing\n"
    "    by: {field: history, last_by: since, take: state}\n"
    "  - id: attempts\n"
    "    chapter: one\n"
    "    kk: Әрекеттер\n"
    "    ru: Попытки\n"
    "    feed: recognition-results\n"
    "    when: reported\n"
    "    by: {field: outcome}\n"
    "    persons: true\n"
    "  - id: attempts-by-region\n"
    "    chapter: one\n"
    "    kk: Әрекеттер\n"
    "    ru: Попытки\n"
    "    feed: recognition-results\n"
    "    when: reported\n"
    "    by: {field: kato, first: 2, through: {field: centre_bin, feed: accredited-centres, key: centre_bin}}\n"
    "    persons: true\n";

static const Fault faults[] = {
    { "chapter: one\n    kk: Кәсіптер", "chapter: two\n    kk: Кәсіптер", "indicators[1].chapter: there is no chapter 'two'", 5 },
    { "id: approved", "id: by-recognition", "indicators[2].id: two indicators are by-recognition", 13 },
    { "id: approved", "id: Approved", "small letters, digits and - only", 13 },
    { "feed: professions\n", "feed: professiones\n", "indicators[1].feed: there is no contract of feed 'professiones'", 8 },
    { "field: recognition}", "field: colour}", "the contract of professions has no field 'colour'", 10 },
    { "{field: sector, is: [IT]}", "{field: sector}", "write is or test", 11 },
    { "{field: sector, is: [IT]}", "{field: sector, test: past}", "past is a test of dates; sector is none", 11 },
    { "distinct: [code]", "distinct: [cod]", "has no field 'cod'", 12 },
    { "    date: act_date\n", "", "date goes with when: dated", 18 },
    { "when: standing\n    by: {field: rec", "when: standing\n    date: code\n    by: {field: rec", "date goes with when: dated", 9 },
    { "date: act_date\n", "date: name_ru\n", "name_ru is no date", 19 },
    { "field: act_date, first: 7", "field: levels, first: 7", "neither text nor date", 20 },
    { "last_by: since, take: state", "last_by: since", "write last_by and take, both", 27 },
    { "last_by: since, take: state", "last_by: ground, take: state", "ground is no date", 27 },
    { "last_by: since, take: state", "last_by: since, take: colour", "no list of objects that have 'colour'", 27 },
    { ", last_by: since, take: state", "", "is an object: write last_by and take", 27 },
    { "field: history, last_by: since, take: state", "field: non_renewable", "write labels of 'true' and 'false'", 27 },
    { "by: {field: outcome}", "by: {field: candidate}", "candidate is personal: nothing is counted by it", 34 },
    { "by: {field: outcome}\n    persons: true\n", "by: {field: outcome}\n", "holds data of persons: write persons: true", 28 },
    { "by: {field: outcome}", "by: {field: outcome}\n    where: [{field: level, is: ['4']}]", "persons are counted by one field", 28 },
    { "by: {field: outcome}", "by: {field: outcome}\n    distinct: [centre_bin]", "persons are counted by one field", 28 },
    { "by: {field: outcome}", "by: {field: exam_dates}", "persons are counted by one field", 28 },
    { "by: {field: kato, first: 2, through: {field: centre_bin, feed: accredited-centres, key: centre_bin}}", "by: {field: outcome}", "attempts counts the same persons by the same field", 36 },
    { "when: reported\n    by: {field: kato", "when: standing\n    by: {field: kato", "of another time", 36 },
    { "key: centre_bin}", "key: bin}", "has no field 'bin'", 42 },
    { "by: {field: kato,", "by: {feild: kato,", "feild", 0 },
    { "when: dated", "when: sometimes", "sometimes", 0 },
};

static Feeds *feeds;

static bool rule_known(const char *name) { return rule_for(name) != NULL; }

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    if (!mkdtemp(folder) || contracts_load("schemas/contracts", convert_for, rule_known, &feeds, &err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    contracts_free(&feeds);
    unlink(file_write("indicators.yaml", good, NULL, NULL));
    return rmdir(folder);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    (void)state;
    for (const Fault *f = faults; f < faults + sizeof faults / sizeof *faults; f++) {
        SCOPED(arena_free) Arena *a = arena_new();
        Indicators all = {0};
        Error err = {0};
        const char *path = file_write("indicators.yaml", good, f->what, f->into);
        fault_is(f, path, indicators_load(path, feeds, a, &all, &err), &err);
    }
}

static void what_is_right_is_taken(void **state)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Indicators all = {0};
    Error err = {0};
    (void)state;
    const char *path = file_write("indicators.yaml", good, NULL, NULL);
    assert_int_equal(indicators_load(path, feeds, a, &all, &err), RC_OK);
    assert_int_equal(all.n, 5);
    assert_int_equal(all.at[0].by.n_labels, 2);                  /* the contract's codes */
    assert_string_equal(all.at[0].by.labels[0].label_ru, "обязательное");
    assert_int_equal(all.at[1].by.n_labels, 0);
    assert_string_equal(all.at[2].by.labels[0].value, "active");
    assert_string_equal(all.at[4].by.via.feed->code, "accredited-centres");
    assert_string_equal(all.at[4].by.through->name, "centre_bin");
}

static void the_products_own_file_is_right(void **state)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Indicators all = {0};
    Error err = {0};
    (void)state;
    if (indicators_load("schemas/law/indicators.yaml", feeds, a, &all, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < all.n; i++)
        assert_true(!all.at[i].feed->personal || all.at[i].persons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
        cmocka_unit_test(what_is_right_is_taken),
        cmocka_unit_test(the_products_own_file_is_right),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
