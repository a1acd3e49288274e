#include "tests/unit/converting.h"

static void control_digits_agree_with_known_numbers(void **state)
{
    (void)state;
    assert_true(iin_or_bin_valid("901123300258"));
    assert_true(iin_or_bin_valid("990940003030"));
    assert_true(iin_or_bin_valid("830717350867"));
    assert_false(iin_or_bin_valid("000813159890"));
    EACH_OF("", "90112330025", "9011233002580", "901123300259", "90112330025a", "901123300250")
        assert_false(iin_or_bin_valid(*each));
}

static int control_digits_taken(const char *number)
{
    char changed[13];
    int taken = 0;
    memcpy(changed, number, sizeof changed);
    for (changed[11] = '0'; changed[11] <= '9'; changed[11]++)
        taken += iin_or_bin_valid(changed);
    return taken;
}

static void a_number_has_one_control_digit_or_none(void **state)
{
    (void)state;
    EACH_OF("901123300258", "990940003030", "830717350867")
        assert_int_equal(control_digits_taken(*each), 1);
    assert_int_equal(control_digits_taken("000813159890"), 0);
}

static void an_iin_is_taken_or_refused(void **state)
{
    (void)state;
    same(TYPE_TEXT, "iin", "901123300258");
    same(TYPE_TEXT, "iin", "830717350867");
    EACH_OF("", "000813159890", "901123300257", "90112330025", "000000000000", "90112330025О", "9011 2330 0258")
        refused(TYPE_TEXT, "iin", *each, "bad_iin");
}

static void a_bin_needs_the_kind_of_entity(void **state)
{
    (void)state;
    same(TYPE_TEXT, "bin", "990940003030");
    EACH_OF("901123300258", "830717350867", "990940003031", "000000000000", "99094000303")
        refused(TYPE_TEXT, "bin", *each, "bad_bin");
}

static void either_number_is_taken_where_both_may_stand(void **state)
{
    (void)state;
    same(TYPE_TEXT, "iin-or-bin", "990940003030");
    same(TYPE_TEXT, "iin-or-bin", "901123300258");
    refused(TYPE_TEXT, "iin-or-bin", "990940003031", "bad_bin");
    refused(TYPE_TEXT, "iin-or-bin", "901123300259", "bad_iin");
    refused(TYPE_TEXT, "iin-or-bin", "9909", "bad_iin");
    refused(TYPE_TEXT, "iin-or-bin", "000000000000", "bad_iin");
}

static void a_kato_code_begins_with_a_region(void **state)
{
    (void)state;
    EACH_OF("101033102", "621039202", "110000000", "791110000")
        same(TYPE_TEXT, "kato", *each);
    EACH_OF("", "121033102", "001033102", "10103310", "1010331020", "10103310a", "10-103310")
        refused(TYPE_TEXT, "kato", *each, "bad_kato");
}

static void an_occupation_code_has_five_levels(void **state)
{
    (void)state;
    EACH_OF("1", "9", "41", "411", "4110", "4110-9", "\u0425", "\u04251", "\u0425110-9")
        same(TYPE_TEXT, "nkz", *each);
    EACH_OF("", "0", "0110", "41100", "4110-", "4110-99", "411-9", "4110\u20139", "A110", "-", "x110", "4110-a", "\u0424", "\u0425\u0425")
        refused(TYPE_TEXT, "nkz", *each, "bad_nkz");
}

static void a_latin_x_group_becomes_cyrillic_with_a_warning(void **state)
{
    (void)state;
    becomes(TYPE_TEXT, "nkz", "X", "\u0425", "normalised_nkz");
    becomes(TYPE_TEXT, "nkz", "X110-9", "\u0425110-9", "normalised_nkz");
    refused(TYPE_TEXT, "nkz", "X110-", "bad_nkz");
}

static void an_activity_code_becomes_five_digits(void **state)
{
    (void)state;
    same(TYPE_TEXT, "oked", "62011");
    EACH_OF("62.01.1", "J62011", "J62.01.1", "J 62.01.1", "J.62.01.1", "6201.1")
        becomes(TYPE_TEXT, "oked", *each, "62011", NULL);
    EACH_OF("", "6201", "620111", "62.01.11", "6.2011", "62..011", "Z62011", "J", "J  62011", "62.01.1.", "62 01 1")
        refused(TYPE_TEXT, "oked", *each, "bad_oked");
}

static void a_programme_code_has_the_form_of_the_register(void **state)
{
    (void)state;
    EACH_OF("6B04101", "7M04101", "8D04101", "6B0408801")
        same(TYPE_TEXT, "programme-code", *each);
    EACH_OF("", "5B04101", "6A04101", "6B0410", "6B041011", "6B0408701", "6b04101", "3W06120101", "6B0410a", "6\u041604101", "6\u043204101")
        refused(TYPE_TEXT, "programme-code", *each, "bad_programme_code");
}

static void cyrillic_letters_in_a_programme_code_become_latin(void **state)
{
    (void)state;
    becomes(TYPE_TEXT, "programme-code", "6\u041204101", "6B04101", "normalised_homoglyph");
    becomes(TYPE_TEXT, "programme-code", "7\u041C0408801", "7M0408801", "normalised_homoglyph");
}

static void a_level_is_one_to_eight(void **state)
{
    (void)state;
    EACH_OF("1", "6", "8")
    {
        same(TYPE_TEXT, "level", *each);
        same(TYPE_INTEGER, "level", *each);
    }
    becomes(TYPE_INTEGER, "level", "6.0", "6", NULL);
    EACH_OF("", "0", "9", "10", "-6", "6.5", "НРК 6", "6-й уровень")
    {
        refused(TYPE_TEXT, "level", *each, "bad_level");
        refused(TYPE_INTEGER, "level", *each, "bad_level");
    }
    refused(TYPE_TEXT, "level", "6.0", "bad_level");
}

static void look_alikes_in_a_code_become_latin_with_a_warning(void **state)
{
    (void)state;
    becomes(TYPE_TEXT, "code", "KZ-\u041001", "KZ-A01", "normalised_homoglyph");
    becomes(TYPE_TEXT, "code", "\u0410\u0412\u0415\u041A\u041C\u041D\u041E\u0420\u0421\u0422\u0425-1", "ABEKMHOPCTX-1", "normalised_homoglyph");
    becomes(TYPE_TEXT, "code", "\u0430\u0432\u0435\u043A\u043C\u043D\u043E\u0440\u0441\u0442\u0445/_.9", "abekmhopctx/_.9", "normalised_homoglyph");
}

static void a_code_that_is_no_mixture_is_left_as_it_is(void **state)
{
    (void)state;
    EACH_OF("", "KZ-01", "plain text", "\u0421\u041E\u0422", "\u0421-\u0422", "\u0417-01", "\u0410 01", "\u0410(01)", "\u04D801", "\u20AC1\u0410", "\u0410\u20AC1")
        same(TYPE_TEXT, "code", *each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_digits_agree_with_known_numbers),
        cmocka_unit_test(a_number_has_one_control_digit_or_none),
        cmocka_unit_test(an_iin_is_taken_or_refused),
        cmocka_unit_test(a_bin_needs_the_kind_of_entity),
        cmocka_unit_test(either_number_is_taken_where_both_may_stand),
        cmocka_unit_test(a_kato_code_begins_with_a_region),
        cmocka_unit_test(an_occupation_code_has_five_levels),
        cmocka_unit_test(a_latin_x_group_becomes_cyrillic_with_a_warning),
        cmocka_unit_test(an_activity_code_becomes_five_digits),
        cmocka_unit_test(a_programme_code_has_the_form_of_the_register),
        cmocka_unit_test(cyrillic_letters_in_a_programme_code_become_latin),
        cmocka_unit_test(a_level_is_one_to_eight),
        cmocka_unit_test(look_alikes_in_a_code_become_latin_with_a_warning),
        cmocka_unit_test(a_code_that_is_no_mixture_is_left_as_it_is),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
