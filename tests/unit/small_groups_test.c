/* Every table of up to four groups of 0 to 9: what is shown never lets a small group be told from the sum, and nothing is hidden without need. */
#include "gateway/model/small_groups.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

enum { GROUPS = 4, MOST = 9 };

/* What one who sees the table knows: of each group its number, or that it is from 1 to 4, or that it is at least 5; and the sum. Can group k be w? */
static bool could_be(const SmallGroup *g, size_t n, size_t k, int64_t w, int64_t sum)
{
    int64_t least = 0, most = 0;
    bool open_ended = false;
    for (size_t i = 0; i < n; i++) {
        bool small = g[i].showing == HIDDEN_SMALL, beside = g[i].showing == HIDDEN_BESIDE;
        least += i == k ? w : small ? 1 : beside ? GROUP_LEAST : g[i].count;
        most += i == k ? w : small ? GROUP_LEAST - 1 : beside ? 0 : g[i].count;
        open_ended |= beside;
    }
    return sum >= least && (open_ended || sum <= most);
}

static void judge(const int64_t *count, size_t n)
{
    SmallGroup g[GROUPS];
    int64_t sum = 0;
    size_t small = 0, beside = 0;
    for (size_t i = 0; i < n; i++) {
        g[i] = (SmallGroup){ .count = count[i], .persons = count[i] };
        sum += count[i];
    }
    TableShowing showing = small_groups_hide(g, n, sum);
    assert_int_equal(showing == NOTHING, sum > 0 && sum < GROUP_LEAST);
    if (showing != GROUPS_AND_SUM)
        return;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(g[i].showing == HIDDEN_SMALL, count[i] > 0 && count[i] < GROUP_LEAST);
        small += g[i].showing == HIDDEN_SMALL;
        beside += g[i].showing == HIDDEN_BESIDE;
        for (int64_t w = 1; g[i].showing == HIDDEN_SMALL && w < GROUP_LEAST; w++)
            assert_true(could_be(g, n, i, w, sum));
    }
    if (!small)
        assert_int_equal(beside, 0);
}

static void nothing_can_be_told(void **state)
{
    (void)state;
    for (int64_t a = 0; a <= MOST; a++)
        for (int64_t b = 0; b <= MOST; b++)
            for (int64_t c = 0; c <= MOST; c++)
                for (int64_t d = 0; d <= MOST; d++)
                    for (size_t n = 1; n <= GROUPS; n++)
                        judge((const int64_t[]){ a, b, c, d }, n);
}

static void persons_count_not_records(void **state)
{
    (void)state;
    SmallGroup g[] = { { .count = 40, .persons = 1 }, { .count = 20, .persons = 20 }, { .count = 30, .persons = 30 } };
    assert_int_equal(small_groups_hide(g, 3, 51), GROUPS_AND_SUM);
    assert_int_equal(g[0].showing, HIDDEN_SMALL);
    assert_int_equal(g[1].showing, HIDDEN_BESIDE);          /* the smallest of the others */
    assert_int_equal(g[2].showing, SHOWN);
}

static void few_altogether(void **state)
{
    (void)state;
    SmallGroup g[] = { { .count = 9, .persons = 3 }, { .count = 8, .persons = 2 } };
    assert_int_equal(small_groups_hide(g, 2, 4), NOTHING);   /* the same persons are in both */
    SmallGroup two[] = { { .count = 1, .persons = 1 }, { .count = 5, .persons = 5 } };
    assert_int_equal(small_groups_hide(two, 2, 6), SUM_ONLY);
    assert_int_equal(small_groups_hide(NULL, 0, 0), GROUPS_AND_SUM);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_can_be_told), cmocka_unit_test(persons_count_not_records), cmocka_unit_test(few_altogether) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
