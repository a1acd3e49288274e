#include "schemas/contract.h"
#include "schemas/headings.h"
#include "transforms/convert.h"
#include "transforms/rules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static Feeds *feeds;

static bool rule_known(const char *name) { return rule_for(name) != NULL; }

static int setup(void **state)
{
    (void)state;
    Error err;
    return contracts_load("schemas/contracts", convert_for, rule_known, &feeds, &err);
}

static int teardown(void **state)
{
    (void)state;
    contracts_free(&feeds);
    return 0;
}

static void means(const char *feed, const char *heading, const char *top_name, const char *name)
{
    const Field *top = NULL, *f = heading_field(feeds_find(feeds, feed), heading, strlen(heading), &top);
    if (!f)
        fail_msg("nothing is headed '%s'", heading);
    assert_string_equal(f->name, name);
    assert_string_equal(top->name, top_name);
}

static void means_nothing(const char *feed, const char *heading)
{
    const Field *top = NULL;
    assert_null(heading_field(feeds_find(feeds, feed), heading, strlen(heading), &top));
}

static void a_column_is_headed_by_name_or_label_in_any_case(void **state)
{
    (void)state;
    static const char *const headings[] = { "centre_bin", "CENTRE_BIN", "БИН центра", "бин ЦЕНТРА", "  БИН\t центра\xC2\xA0", "Орталықтың БСН-і", "ОРТАЛЫҚТЫҢ БСН-І",
                                            "БИН центра (centre_bin)", "BIN (Centre_BIN)" };
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        means("accredited-centres", headings[i], "centre_bin", "centre_bin");
    means("accredited-centres", "Наименование (каз.)", "name_kk", "name_kk");
    means("accredited-centres", "Наименование (каз.) (name_kk)", "name_kk", "name_kk");
    means("education-programmes", "Срок обучения, месяцев", "duration_months", "duration_months");
    means("education-programmes", "Статус в реестре", "status", "status");
    means("sector-councils", "Төраға", "chairman", "chairman");
    means("nkz", "Уровень навыков", "skill_level", "skill_level");
    means("recognition-documents", "Статус", "status", "status");
    means("recognition-results", "Итог", "outcome", "outcome");
    means("legal-acts", "Действует с", "in_force_from", "in_force_from");
}

static void letters_may_be_composed_or_not(void **state)
{
    (void)state;
    means("centre-founders", "Порядковый номер учредителя", "founder_number", "founder_number");
    means("centre-founders", "Порядковыи\xCC\x86 номер учредителя", "founder_number", "founder_number");
}

static void members_are_headed_by_their_path(void **state)
{
    (void)state;
    means("accredited-centres", "history", "history", "history");
    means("accredited-centres", "history.state", "history", "state");
    means("accredited-centres", "История аттестата (history.since)", "history", "since");
    means("recognition-results", "candidate.iin", "candidate", "iin");
    means("recognition-results", "exam_dates", "exam_dates", "exam_dates");
}

static void what_is_no_heading_means_nothing(void **state)
{
    (void)state;
    static const char *const headings[] = { "", " ", "bin", "state", "history.", ".state", "history.state.x", "history.nothing", "issuer.x", "()", "(", "x ()", "Статус",
                                            "БИН центра )", "centre_bin)", "$withdraw" };
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        means_nothing("accredited-centres", headings[i]);
}

static void headings_of_templates_are_understood_in_every_feed_and_language(void **state)
{
    (void)state;
    static const char *const langs[] = { "kk", "ru", "en" };
    SCOPED(arena_free) Arena *a = arena_new();
    for (size_t f = 0; f < feeds->n; f++)
        for (size_t l = 0; l < 3; l++) {
            HeadingColumn c;
            size_t i = 0, tops = 0;
            const Field *last = NULL, *top = NULL;
            for (; heading_column(&feeds->at[f], langs[l], i, a, &c) == RC_OK; i++) {
                assert_ptr_equal(heading_field(&feeds->at[f], c.heading, strlen(c.heading), &top), c.field);
                assert_ptr_equal(top, c.top);
                assert_ptr_equal(heading_field(&feeds->at[f], c.path, strlen(c.path), &top), c.field);
                tops += c.top != last;
                last = c.top;
            }
            assert_int_equal(tops, feeds->at[f].n_fields);
            assert_true(i >= tops);
        }
}

static void columns_come_in_the_contracts_order(void **state)
{
    (void)state;
    static const struct { const char *path, *heading; } want[] = {
        { "centre_bin", "БИН центра" }, { "attempt_number", "Номер попытки" }, { "candidate.iin", "Кандидат: ИИН (candidate.iin)" }, { "candidate.name", "Кандидат: Фамилия, имя, отчество (candidate.name)" },
        { "profession_code", "Профессия" }, { "qualification", "Квалификация" }, { "level", "Уровень НРК" }, { "basis", "Основание" }, { "mode", "Вид признания" },
        { "exam_dates", "Даты экзаменов" }, { "outcome", "Итог" }, { "resit_on", "Дата пересдачи" }, { "appeal.lodged_on", "Апелляция: Дата подачи (appeal.lodged_on)" },
        { "appeal.decided_on", "Апелляция: Дата решения (appeal.decided_on)" }, { "appeal.decision", "Апелляция: Решение (appeal.decision)" },
    };
    SCOPED(arena_free) Arena *a = arena_new();
    HeadingColumn c;
    const Feed *feed = feeds_find(feeds, "recognition-results");
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_int_equal(heading_column(feed, "ru", i, a, &c), RC_OK);
        assert_string_equal(c.path, want[i].path);
        assert_string_equal(c.heading, want[i].heading);
    }
    assert_int_equal(heading_column(feed, "ru", sizeof want / sizeof *want, a, &c), RC_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_is_headed_by_name_or_label_in_any_case),
        cmocka_unit_test(letters_may_be_composed_or_not),
        cmocka_unit_test(members_are_headed_by_their_path),
        cmocka_unit_test(what_is_no_heading_means_nothing),
        cmocka_unit_test(headings_of_templates_are_understood_in_every_feed_and_language),
        cmocka_unit_test(columns_come_in_the_contracts_order),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
