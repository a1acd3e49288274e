#include "tests/unit/check_fixture.h"

static void a_good_xml_record_becomes_canonical_values(void **state)
{
    (void)state;
    accepted(XML("record", KEY, EL("size", "small"), EL("made_on", "2026-10-05"), EL("weight", "12.5"), EL("active", "yes"),
                 EL("iin", "123456789012"),
                 XML("history", XML("item", EL("since", "2026-01-01"), EL("state", "a\"b")), XML("item", EL("state", "c"), EL("count", "3"), EL("final", "yes"))),
                 XML("tags", EL("item", "a"), EL("item", "b")), XML("person", EL("name", "Ян"))));
    value_is(CODE, "AB");
    value_is(PART, "7");
    value_is(SIZE, "small");
    value_is(MADE_ON, "2026-10-05");
    value_is(WEIGHT, "12.5");
    value_is(ACTIVE, "true");
    value_is(STATUS, NULL);
    value_is(HISTORY, "[{\"state\":\"a\\\"b\",\"since\":\"2026-01-01\"},{\"state\":\"c\",\"count\":3,\"final\":true}]");
    value_is(PERSON, "{\"name\":\"Ян\"}");
}

static void a_good_json_record_becomes_the_same_values(void **state)
{
    (void)state;
    accepted(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), STR("size", "small"), STR("made_on", "2026-10-05"), NUM("weight", "12.5"),
                 YES("active"), NIL("note"),
                 ARR("history", OBJ(NULL, STR("since", "2026-01-01"), STR("state", "a\"b")),
                     OBJ(NULL, STR("state", "c"), NUM("count", "3"), YES("final"), NIL("since"))),
                 ARR("tags", STR(NULL, "a"), STR(NULL, "b")), OBJ("person", STR("name", "Ян"))));
    value_is(PART, "7");
    value_is(WEIGHT, "12.5");
    value_is(ACTIVE, "true");
    value_is(NOTE, NULL);
    value_is(HISTORY, "[{\"state\":\"a\\\"b\",\"since\":\"2026-01-01\"},{\"state\":\"c\",\"count\":3,\"final\":true}]");
    value_is(TAGS, "[\"a\",\"b\"]");
    value_is(PERSON, "{\"name\":\"Ян\"}");
}

static void strings_are_taken_for_numbers_and_booleans(void **state)
{
    (void)state;
    accepted(OBJ(NULL, STR("code", "AB"), STR("part", "7"), STR("weight", "1.5"), STR("active", "yes")));
    value_is(WEIGHT, "1.5");
    value_is(ACTIVE, "true");
}

static void plain_texts_are_not_copied(void **state)
{
    (void)state;
    Node *code = EL("code", "AB");
    accepted(XML("record", code, EL("part", "7")));
    assert_ptr_equal(values[CODE].text, code->text);
}

static void white_space_around_and_doubled_inside_is_removed(void **state)
{
    (void)state;
    accepted(XML("record", EL("code", " A  B\n"), EL("part", " 7 ")));
    value_is(CODE, "A B");
    value_is(PART, "7");
}

static void a_required_field_that_is_missing_null_or_blank_is_required(void **state)
{
    (void)state;
    refused(XML("record", EL("part", "7")), "required@code");
    refused(OBJ(NULL, NIL("code"), NUM("part", "7")), "required@code");
    refused(XML("record", EL("code", " \n "), EL("part", "")), "required@code required@part");
    refused(OBJ(NULL, STR("code", ""), STR("part", "7")), "required@code");
}

static void an_empty_text_is_kept_and_an_empty_date_is_absent(void **state)
{
    (void)state;
    accepted(XML("record", KEY, EL("note", " "), EL("made_on", ""), EL("weight", ""), EL("active", " "), EL("history", " "), EL("person", "")));
    value_is(NOTE, "");
    value_is(MADE_ON, NULL);
    value_is(WEIGHT, NULL);
    value_is(ACTIVE, NULL);
    value_is(HISTORY, NULL);
    value_is(PERSON, NULL);
}

static void a_scalar_field_takes_no_children_and_no_foreign_kinds(void **state)
{
    (void)state;
    refused(XML("record", KEY, XML("note", EL("b", "x"))), "not_a_value@note");
    refused(OBJ(NULL, NUM("code", "12"), NUM("part", "7")), "not_a_value@code");
    refused(OBJ(NULL, STR("code", "AB"), YES("part")), "not_a_value@part");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), NUM("active", "1"), OBJ("note", STR("x", "y")), ARR("made_on", STR(NULL, "x"))),
            "not_a_value@made_on not_a_value@active not_a_value@note");
}

static void lengths_are_counted_in_characters(void **state)
{
    (void)state;
    accepted(XML("record", EL("code", "ЖӘҢҰҚ"), EL("part", "7")));
    refused(XML("record", EL("code", "ЖӘҢҰҚҒ"), EL("part", "7")), "too_long@code(5)");
    refused(XML("record", EL("code", "ABCDEF"), EL("part", "7")), "too_long@code(5)");
    refused(XML("record", EL("code", "Ж"), EL("part", "7")), "too_short@code(2)");
    refused(XML("record", EL("code", "A"), EL("part", "7")), "too_short@code(2)");
    accepted(XML("record", EL("code", "ЖӘ"), EL("part", "7")));
}

static void a_pattern_holds_for_the_whole_value(void **state)
{
    (void)state;
    Field noted = fields[NOTE], *note = &fields[NOTE];
    note->regex = fields[IIN].regex;
    accepted(XML("record", KEY, EL("note", "123456789012")));
    refused(XML("record", KEY, EL("note", "1234567890123")), "pattern@note(1234567890123)");
    refused(XML("record", KEY, EL("note", "a123456789012")), "pattern@note(a123456789012)");
    refused(XML("record", KEY, EL("note", "")), "pattern@note()");
    *note = noted;
}

static void a_code_must_be_in_its_list_to_the_letter(void **state)
{
    (void)state;
    refused(XML("record", KEY, EL("size", "Small")), "not_in_list@size(Small)(LARGE, small)");
    refused(XML("record", KEY, EL("size", "smal")), "not_in_list@size(smal)(LARGE, small)");
    refused(XML("record", KEY, EL("size", "smaller")), "not_in_list@size(smaller)(LARGE, small)");
    refused(XML("record", KEY, EL("size", "")), "not_in_list@size()(LARGE, small)");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), STR("size", "x")), "not_in_list@size(x)(LARGE, small)");
}

static void a_check_goes_before_the_code_list(void **state)
{
    (void)state;
    assert_int_equal(check(XML("record", KEY, EL("grade", "xLARGE"))), RC_OK);
    value_is(GRADE, "LARGE");
    assert_string_equal(heard.text, "~normalised@grade(xLARGE)");
}

static void bounds_include_their_ends(void **state)
{
    (void)state;
    accepted(XML("record", EL("code", "AB"), EL("part", "1"), EL("weight", "100.25")));
    accepted(XML("record", EL("code", "AB"), EL("part", "99"), EL("weight", "-0.1")));
    refused(XML("record", EL("code", "AB"), EL("part", "0")), "below_minimum@part(1)");
    refused(XML("record", EL("code", "AB"), EL("part", "-5")), "below_minimum@part(1)");
    refused(XML("record", EL("code", "AB"), EL("part", "100")), "above_maximum@part(99)");
    refused(XML("record", EL("code", "AB"), EL("part", "123456789012345678")), "above_maximum@part(99)");
    refused(XML("record", KEY, EL("weight", "100.26")), "above_maximum@weight(100.25)");
    refused(XML("record", KEY, EL("weight", "-0.11")), "below_minimum@weight(-0.1)");
    refused(XML("record", KEY, EL("weight", "100.25000000000001")), "above_maximum@weight(100.25)");
}

static void what_conversions_complain_of_is_passed_on(void **state)
{
    (void)state;
    refused(XML("record", EL("code", "AB"), EL("part", "x"), EL("made_on", "tomorrow"), EL("weight", "much"), EL("active", "maybe"), EL("note", "mute")),
            "not_integer@part(x) not_date@made_on(tomorrow) not_decimal@weight(much) not_boolean@active(maybe) not_a_value@note");
}

static void a_warning_is_said_and_refuses_nothing(void **state)
{
    (void)state;
    assert_int_equal(check(XML("record", KEY, EL("note", "xyz"), XML("tags", EL("item", "a"), EL("item", "xb")))), RC_OK);
    assert_string_equal(heard.text, "~normalised@tags[2](xb) ~normalised@note(xyz)");
    value_is(NOTE, "LARGE");
    value_is(TAGS, "[\"a\",\"LARGE\"]");
}

static void a_long_value_is_cut_on_a_character(void **state)
{
    (void)state;
    char longest[301] = "";
    for (int i = 0; i < 150; i++)
        memcpy(longest + (size_t)2 * (size_t)i, "Ж", 2);
    assert_int_equal(check(XML("record", KEY, EL("size", longest))), RC_REJECT);
    const char *arg = strchr(heard.text, '(') + 1;
    assert_int_equal(strchr(arg, ')') - arg, 94);
}

static void personal_values_are_in_no_finding(void **state)
{
    (void)state;
    refused(XML("record", KEY, EL("iin", "900000000001"), EL("status", "SECRET"), XML("person", EL("name", "9SECRET"), EL("born", "SECRET"))),
            "bad_iin@iin not_in_list@status bad_iin@person.name not_date@person.born");
    refused(XML("record", KEY, EL("iin", "81"), XML("person", EL("name", "8SECRET SECRET"))),
            "~normalised@iin pattern@iin ~normalised@person.name too_long@person.name(12)");
    refused(XML("record", KEY, EL("person", "SECRET")), "not_an_object@person");
    refused(XML("record", KEY, XML("iin", EL("SECRET", "1"))), "not_a_value@iin");
}

static void a_conversion_that_cannot_work_stops_the_check(void **state)
{
    (void)state;
    assert_int_equal(check(XML("record", KEY, EL("note", "down"))), RC_RETRY);
    assert_string_equal(err.text, "the list of codes is away");
    assert_int_equal(check(XML("record", KEY, XML("tags", EL("item", "down")))), RC_RETRY);
    assert_string_equal(heard.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_xml_record_becomes_canonical_values),
        TEST(a_good_json_record_becomes_the_same_values),
        TEST(strings_are_taken_for_numbers_and_booleans),
        TEST(plain_texts_are_not_copied),
        TEST(white_space_around_and_doubled_inside_is_removed),
        TEST(a_required_field_that_is_missing_null_or_blank_is_required),
        TEST(an_empty_text_is_kept_and_an_empty_date_is_absent),
        TEST(a_scalar_field_takes_no_children_and_no_foreign_kinds),
        TEST(lengths_are_counted_in_characters),
        TEST(a_pattern_holds_for_the_whole_value),
        TEST(a_code_must_be_in_its_list_to_the_letter),
        TEST(a_check_goes_before_the_code_list),
        TEST(bounds_include_their_ends),
        TEST(what_conversions_complain_of_is_passed_on),
        TEST(a_warning_is_said_and_refuses_nothing),
        TEST(a_long_value_is_cut_on_a_character),
        TEST(personal_values_are_in_no_finding),
        TEST(a_conversion_that_cannot_work_stops_the_check),
    };
    return cmocka_run_group_tests(tests, compile, release);
}
