#include "tests/unit/check_fixture.h"

static void twenty_fields_in_any_order_find_their_columns(void **state)
{
    (void)state;
    static char names[20][16], texts[20][16];
    Field many[20] = { 0 };
    Feed wide = { .fields = many, .n_fields = 20 };
    Node *top = node(NODE_ELEMENT, "record", "");
    for (int i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "f%d", i);
        snprintf(texts[i], sizeof texts[i], "t%d", i);
        many[i] = (Field){ .name = names[i], .type = TYPE_TEXT, .convert = as_is, .index = (unsigned)i };
    }
    for (int i = 0; i < 20; i++) {
        Node *n = EL(names[i * 7 % 20], texts[i * 7 % 20]);
        *(top->last ? &top->last->next : &top->first) = n;
        top->last = n;
    }
    assert_int_equal(check_of(&wide, (Record){ .node = top }), RC_OK);
    for (int i = 0; i < 20; i++)
        value_is(i, texts[i]);
}

static void a_name_that_only_begins_like_a_field_is_unknown(void **state)
{
    (void)state;
    refused(XML("record", KEY, EL("not", "x")), "unknown_field@not(not)");
    refused(XML("record", KEY, EL("notes", "x")), "unknown_field@notes(notes)");
}

static void an_empty_json_list_is_a_list(void **state)
{
    (void)state;
    accepted(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), with(NODE_ARRAY, "tags", NULL, NULL)));
    value_is(TAGS, "[]");
}

static void unknown_fields_are_named_where_they_stand(void **state)
{
    (void)state;
    refused(XML("record", KEY, EL("colour", "red"), XML("history", XML("item", EL("state", "a"), EL("why", "b")))),
            "unknown_field@colour(colour) unknown_field@history[1].why(why)");
}

static void an_unknown_name_that_looks_like_a_value_is_not_shown(void **state)
{
    (void)state;
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), STR("850101300123", "x"), STR("a b", "y")), "unknown_field@?(?) unknown_field@?(?)");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), STR("", "x"), STR("цвет", "y")), "unknown_field@?(?) unknown_field@цвет(цвет)");
    Feed personal = feed;
    personal.personal = true;
    assert_int_equal(check_of(&personal, (Record){ .node = XML("record", KEY, EL("Иванов", "1")) }), RC_REJECT);
    assert_string_equal(heard.text, "unknown_field@?(?)");
}

static void a_doubled_field_is_refused_and_gives_no_value(void **state)
{
    (void)state;
    refused(XML("record", EL("code", "AB"), EL("code", "AC"), EL("part", "7")), "doubled_field@code");
    value_is(CODE, NULL);
    value_is(PART, "7");
    refused(XML("record", KEY, XML("person", EL("name", "a"), EL("born", ""), EL("name", "b"))), "doubled_field@person.name");
}

static void an_object_is_an_object(void **state)
{
    (void)state;
    refused(XML("record", KEY, EL("person", "Ivan")), "not_an_object@person");
    refused(XML("record", KEY, with(NODE_ELEMENT, "person", "\n stray \n", EL("name", "a"), NULL)), "not_an_object@person");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), STR("person", "Ivan")), "not_an_object@person");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), ARR("person", STR(NULL, "Ivan"))), "not_an_object@person");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), ARR("history", STR(NULL, "x"))), "not_an_object@history[1]");
    refused(STR(NULL, "text"), "not_an_object@");
    refused(with(NODE_ELEMENT, "record", "stray", KEY, NULL), "not_an_object@");
    refused(ARR(NULL, STR(NULL, "x")), "not_an_object@");
}

static void an_array_is_an_array_of_items(void **state)
{
    (void)state;
    refused(XML("record", KEY, EL("tags", "a,b")), "not_an_array@tags");
    refused(XML("record", KEY, XML("tags", EL("tag", "a"))), "not_an_array@tags");
    refused(XML("record", KEY, XML("tags", EL("item", "a"), EL("items", "a"))), "not_an_array@tags");
    refused(XML("record", KEY, with(NODE_ELEMENT, "tags", "stray", EL("item", "a"), NULL)), "not_an_array@tags");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), STR("tags", "a")), "not_an_array@tags");
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), OBJ("tags", STR("item", "a"))), "not_an_array@tags");
}

static void an_item_that_is_null_or_empty_is_required(void **state)
{
    (void)state;
    refused(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), ARR("tags", STR(NULL, "a"), NIL(NULL)), ARR("history", NIL(NULL))),
            "required@history[1] required@tags[2]");
    refused(XML("record", KEY, XML("history", EL("item", " "))), "required@history[1]");
}

static void every_complaint_of_a_record_is_reported(void **state)
{
    (void)state;
    refused(XML("record", EL("colour", "x"), EL("code", "A"), EL("size", "tiny"), XML("history", XML("item", EL("since", "x")), XML("item", EL("state", "expired")))),
            "unknown_field@colour(colour) too_short@code(2) required@part not_in_list@size(tiny)(LARGE, small) required@history[1].state "
            "not_date@history[1].since(x) too_long@history[2].state(6)");
}

static Node *tags_of(const char *text, int n, Node *last)
{
    Node *tags = node(NODE_ARRAY, "tags", NULL);
    for (int i = 0; i < n; i++) {
        Node *item = i == n - 1 && last ? last : STR(NULL, text);
        *(tags->last ? &tags->last->next : &tags->first) = item;
        tags->last = item;
    }
    return tags;
}

static void a_hundred_complaints_are_enough(void **state)
{
    (void)state;
    assert_int_equal(check(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), tags_of("too long", 250, NULL))), RC_REJECT);
    assert_int_equal(heard.n, 100);
}

static void warnings_leave_room_for_the_reason_of_a_refusal(void **state)
{
    (void)state;
    assert_int_equal(check(OBJ(NULL, STR("code", "AB"), NUM("part", "7"), tags_of("xyz", 250, STR(NULL, "too long")))), RC_REJECT);
    assert_int_equal(heard.n, 100);
    assert_int_equal(heard.n_errors, 1);
    assert_non_null(strstr(heard.text, "too_long@tags[250](5)"));
}

static void good_keys_of_a_refused_record_are_filled_in(void **state)
{
    (void)state;
    assert_int_equal(check(XML("record", EL("code", "AB"), EL("part", "x"), EL("made_on", "x"))), RC_REJECT);
    value_is(CODE, "AB");
    value_is(PART, NULL);
}

static Record withdrawal(const char *ground, Node *n) { return (Record){ .wish = RECORD_WITHDRAW, .ground = ground, .node = n }; }

static void a_withdrawal_holds_its_key_and_its_ground(void **state)
{
    (void)state;
    assert_int_equal(check_of(&feed, withdrawal("decree 7", OBJ(NULL, STR("code", "AB"), NUM("part", "7"), NIL("note")))), RC_OK);
    assert_string_equal(heard.text, "");
    value_is(CODE, "AB");
    value_is(PART, "7");
    value_is(NOTE, NULL);
}

static void a_withdrawal_without_ground_or_key_or_with_more_is_refused(void **state)
{
    (void)state;
    assert_int_equal(check_of(&feed, withdrawal(NULL, XML("withdraw", KEY))), RC_REJECT);
    assert_string_equal(heard.text, "ground_required@");
    assert_int_equal(check_of(&feed, withdrawal(" \n\xC2\xA0", XML("withdraw", KEY))), RC_REJECT);
    assert_string_equal(heard.text, "ground_required@");
    assert_int_equal(check_of(&feed, withdrawal("x", XML("withdraw", EL("part", "7"), EL("note", "n"), EL("colour", "red")))), RC_REJECT);
    assert_string_equal(heard.text, "unknown_field@colour(colour) required@code not_key_field@note(note)");
    value_is(PART, "7");
}

static void a_record_that_could_not_be_read_says_why(void **state)
{
    (void)state;
    assert_int_equal(check_of(&feed, (Record){ .bad = "not a JSON object" }), RC_REJECT);
    assert_string_equal(heard.text, "bad_record@(not a JSON object)");
    value_is(CODE, NULL);
    assert_int_equal(check_of(&feed, (Record){ 0 }), RC_REJECT);
    assert_string_equal(heard.text, "bad_record@");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(twenty_fields_in_any_order_find_their_columns),
        TEST(a_name_that_only_begins_like_a_field_is_unknown),
        TEST(an_empty_json_list_is_a_list),
        TEST(unknown_fields_are_named_where_they_stand),
        TEST(an_unknown_name_that_looks_like_a_value_is_not_shown),
        TEST(a_doubled_field_is_refused_and_gives_no_value),
        TEST(an_object_is_an_object),
        TEST(an_array_is_an_array_of_items),
        TEST(an_item_that_is_null_or_empty_is_required),
        TEST(every_complaint_of_a_record_is_reported),
        TEST(a_hundred_complaints_are_enough),
        TEST(warnings_leave_room_for_the_reason_of_a_refusal),
        TEST(good_keys_of_a_refused_record_are_filled_in),
        TEST(a_withdrawal_holds_its_key_and_its_ground),
        TEST(a_withdrawal_without_ground_or_key_or_with_more_is_refused),
        TEST(a_record_that_could_not_be_read_says_why),
    };
    return cmocka_run_group_tests(tests, compile, release);
}
