#include "schemas/generate.h"
#include <cjson/cJSON.h>
#include <libxml/parser.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* A feed that says what could break a document: markup in texts, quotes in patterns, braces in strings. */
static const Code words[] = { { "a&b", "к < қ", "к > р" }, { "\"c\"", NULL, NULL } };
static Field row_members[] = {
    { .name = "name", .type = TYPE_TEXT, .required = true, .description = "The {name} of \"it\", [not] \\ more <than> that." },
    { .name = "share", .type = TYPE_DECIMAL, .has_maximum = true, .maximum = 99.5, .index = 1 },
};
static Field row = { .name = "item", .type = TYPE_OBJECT, .fields = row_members, .n_fields = 2 };
static Field fields[] = {
    { .name = "code", .type = TYPE_TEXT, .required = true, .key_position = 1, .pattern = "[A-Z]\\.\\-\\/\"<", .label_kk = "Код", .label_ru = "Код" },
    { .name = "word", .type = TYPE_TEXT, .codes = words, .n_codes = 2, .index = 1 },
    { .name = "rows", .type = TYPE_ARRAY, .required = true, .fields = &row, .n_fields = 1, .index = 2 },
    { .name = "big", .type = TYPE_INTEGER, .index = 3 },
    { .name = "grade", .type = TYPE_INTEGER, .check = "level", .index = 4, .label_kk = "Баға | деңгей", .label_ru = "Оценка" },
};
static const Field *key[] = { &fields[0] };
static Feed feed;

static int feed_make(void **state)
{
    static const char *writers[] = { "sector-body" };
    (void)state;
    feed = (Feed){ .code = "things", .version = "1.0.0", .title = "Things", .purpose = "Things & <more>.", .record = "thing", .fields = fields, .n_fields = 5,
                   .key = key, .n_key = 1, .period = PERIOD_DAY, .kinds = KIND_FACTS | KIND_NIL, .writers = writers, .n_writers = 1 };
    return 0;
}

static cJSON *schema_of(const Feed *f, Buffer *text)
{
    generate_json_schema(f, text);
    cJSON *json = cJSON_ParseWithLengthOpts(text->at, text->len, NULL, false);
    assert_non_null(json);
    return json;
}

static const cJSON *at(const cJSON *json, const char *path)
{
    char name[64];
    for (; json && *path; path += *path == '/') {
        size_t n = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)n, path);
        json = cJSON_GetObjectItemCaseSensitive(json, name);
        path += n;
    }
    assert_non_null(json);
    return json;
}

static void whatever_a_contract_says_the_xsd_is_well_formed(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0};
    generate_xsd(&feed, &text);
    xmlDoc *doc = xmlReadMemory(text.at, (int)text.len, "things.xsd", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    assert_non_null(strstr(buffer_string(&text), "value=\"a&amp;b\""));
    assert_non_null(strstr(buffer_string(&text), "Things &amp; &lt;more&gt;."));
}

static void whatever_a_contract_says_the_json_schema_keeps_its_texts(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0};
    cJSON *json = schema_of(&feed, &text);
    const cJSON *name = at(json, "$defs/record/properties/rows/items/properties/name");
    assert_string_equal(at(name, "description")->valuestring, row_members[0].description);
    cJSON_Delete(json);
}

static void a_backslash_stands_only_where_both_dialects_know_it(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0}, xsd = {0};
    cJSON *json = schema_of(&feed, &text);
    assert_string_equal(at(json, "$defs/record/properties/code/pattern")->valuestring, "^([A-Z]\\.-/\"<)$");
    cJSON_Delete(json);
    generate_xsd(&feed, &xsd);
    assert_non_null(strstr(buffer_string(&xsd), "<xs:pattern value=\"[A-Z]\\.\\-/&quot;&lt;\"/>"));
}

static void whole_numbers_end_where_a_bigint_ends(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0};
    generate_xsd(&feed, &text);
    assert_non_null(strstr(buffer_string(&text), "<xs:minInclusive value=\"-9223372036854775808\"/>"));
    assert_non_null(strstr(buffer_string(&text), "<xs:maxInclusive value=\"9223372036854775807\"/>"));
}

static void a_level_is_one_to_eight_though_the_contract_sets_no_bounds(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0};
    cJSON *json = schema_of(&feed, &text);
    assert_int_equal(at(json, "$defs/record/properties/grade/minimum")->valueint, 1);
    assert_int_equal(at(json, "$defs/record/properties/grade/maximum")->valueint, 8);
    cJSON_Delete(json);
}

static void a_required_list_has_an_item_in_xml(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer needed = {0}, optional = {0};
    generate_xsd(&feed, &needed);
    assert_non_null(strstr(buffer_string(&needed), "<xs:element name=\"item\" maxOccurs=\"unbounded\">"));
    fields[2].required = false;
    generate_xsd(&feed, &optional);
    fields[2].required = true;
    assert_non_null(strstr(buffer_string(&optional), "<xs:element name=\"item\" minOccurs=\"0\" maxOccurs=\"unbounded\">"));
}

static bool withdraws(unsigned kinds)
{
    SCOPED(buffer_free) Buffer xsd = {0}, json = {0};
    feed.kinds = kinds;
    generate_xsd(&feed, &xsd);
    generate_json_schema(&feed, &json);
    bool in_xsd = strstr(buffer_string(&xsd), "name=\"withdraw\""), in_json = strstr(buffer_string(&json), "$withdraw");
    assert_int_equal(in_xsd, in_json);
    return in_xsd;
}

static void only_full_lists_have_no_withdrawals(void **state)
{
    (void)state;
    assert_true(withdraws(KIND_FACTS | KIND_NIL));
    assert_true(withdraws(KIND_LIST | KIND_CHANGES));
    assert_true(withdraws(KIND_EDITION));
    assert_false(withdraws(KIND_LIST | KIND_NIL));
}

static void a_stroke_in_a_label_does_not_break_the_table_of_the_page(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0};
    generate_feeds_page(&(Feeds){ &feed, 1, NULL }, &text);
    assert_non_null(strstr(buffer_string(&text), "| `grade` | Баға \\| деңгей | Оценка | integer |"));
    assert_non_null(strstr(buffer_string(&text), "| `rows[].share` |"));
}

/* What stands in the template is put, whatever a contract says or leaves out, and nothing of the template is left. */
static void whatever_a_contract_says_the_asyncapi_document_keeps_its_texts(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0};
    static const char *const writers[] = { "sector-body" };
    Feed two[] = { feed, feed };
    two[1].code = "no-title", two[1].title = NULL, two[1].purpose = "A \"feed\" {of} @feed [@each].", two[1].personal = true, two[1].writers = (const char **)writers;
    generate_asyncapi(two, 2, "a:1,b:2", &text);
    cJSON *json = cJSON_ParseWithLengthOpts(text.at, text.len, NULL, false);
    assert_non_null(json);
    assert_string_equal(at(json, "channels/things.in/title")->valuestring, "Things");
    assert_string_equal(at(json, "channels/no-title.in/title")->valuestring, "");
    assert_string_equal(at(json, "channels/no-title.in/description")->valuestring, two[1].purpose);
    assert_string_equal(at(json, "channels/no-title.out/address")->valuestring, "nqs.out.no-title");
    assert_string_equal(at(json, "components/schemas/things.record/properties/rows/items/properties/name/description")->valuestring, row_members[0].description);
    assert_int_equal(cJSON_GetArraySize(at(json, "servers/kafka/variables/bootstrap/enum")), 2);
    assert_null(strstr(buffer_string(&text), "\"@"));
    cJSON_Delete(json);
}

/* The generated day pattern, against the calendar written out once more in the plainest way. */
static void the_day_pattern_knows_exactly_the_days_that_exist(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer text = {0};
    cJSON *json = schema_of(&feed, &text);
    regex_t regex;
    assert_int_equal(regcomp(&regex, at(json, "$defs/date/pattern")->valuestring, REG_EXTENDED | REG_NOSUB), 0);
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    for (int year = 1890; year < 2210; year++)
        for (int month = 0; month <= 13; month++)
            for (int day = 0; day <= 32; day++) {
                char s[40];
                snprintf(s, sizeof s, "%04d-%02d-%02d", year, month, day);
                bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
                bool exists = year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day >= 1
                    && day <= lengths[month - 1] + (month == 2 && leap);
                if (exists != (regexec(&regex, s, 0, NULL, 0) == 0))
                    fail_msg("%s", s);
            }
    regfree(&regex);
    cJSON_Delete(json);
}

/* Of every form, against what the gateway itself takes. */
static void the_period_patterns_agree_with_the_gateway(void **state)
{
    (void)state;
    static const char *const samples[] = { "2026-10", "2026-13", "2026-00", "1989-12", "2200-01", "2026-Q4", "2026-Q5", "2026-Q0", "2026-H2", "2026-H3", "2026",
        "1989", "1990", "2199", "2200", "2024-02-29", "2023-02-29", "1992-02-29", "1994-02-29", "2100-02-29", "2000-02-29", "1988-02-29", "2026-04-31", "" };
    for (PeriodForm form = PERIOD_MONTH; form <= PERIOD_DAY; form++) {
        SCOPED(buffer_free) Buffer text = {0};
        feed.period = form;
        cJSON *json = schema_of(&feed, &text);
        regex_t regex;
        assert_int_equal(regcomp(&regex, at(json, "properties/period/pattern")->valuestring, REG_EXTENDED | REG_NOSUB), 0);
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
            if (period_valid(form, samples[i]) != (regexec(&regex, samples[i], 0, NULL, 0) == 0))
                fail_msg("%s as %s", samples[i], period_form_name(form));
        regfree(&regex);
        cJSON_Delete(json);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, feed_make)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whatever_a_contract_says_the_xsd_is_well_formed), TEST(whatever_a_contract_says_the_json_schema_keeps_its_texts),
        TEST(whatever_a_contract_says_the_asyncapi_document_keeps_its_texts),
        TEST(a_backslash_stands_only_where_both_dialects_know_it), TEST(whole_numbers_end_where_a_bigint_ends),
        TEST(a_level_is_one_to_eight_though_the_contract_sets_no_bounds), TEST(a_required_list_has_an_item_in_xml),
        TEST(only_full_lists_have_no_withdrawals), TEST(a_stroke_in_a_label_does_not_break_the_table_of_the_page),
        TEST(the_day_pattern_knows_exactly_the_days_that_exist), TEST(the_period_patterns_agree_with_the_gateway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
