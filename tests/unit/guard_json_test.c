#include "tests/unit/guard_try.h"
#include <cjson/cJSON.h>

#define JSON(s) (&(Document){ FORMAT_JSON, false, s, strlen(s) })
#define LINES(s) (&(Document){ FORMAT_NDJSON, false, s, strlen(s) })
#define EACH_OF(table, i) (size_t i = 0; i < sizeof table / sizeof *table; i++)
enum { MEGA = 1024 * 1024 };

static const char *const good[] = {
    "{}", "[]", " \t\r\n{ } \n", "null", "true", "false", "0", "-0", "12", "-1.50e+10", "0.1E-2", "1e5", "\"\"", "\"x\"",
    "\xEF\xBB\xBF{}", "{\"a\":1}", "{ \"a\" : [ 1 , 2 , { \"b\" : null } ] , \"c\" : \"d\" }", "[[],{},\"\",0,-1,true,false,null]",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\\ude00\\u1000\\u0001\"",
    "{\"feed\":\"x\",\"records\":[{\"атауы\":\"Қазақ тілі — №1 😀\",\"n\":1.5},{}]}",
    "[1,[2,[3,[4,{\"a\":{\"b\":[]}}]]]]", "{\"a\":1,\"a\":2}",
};

static const struct { const char *json, *verdict; } bad[] = {
    { "", "torn: value" }, { " ", "torn: value" }, { "\xEF\xBB\xBF", "torn: value" }, { "{", "torn: }" }, { "[", "torn: ]" },
    { "{\"a\"", "torn: :" }, { "{\"a", "torn: \"" }, { "{\"a\":", "torn: value" }, { "{\"a\":1", "torn: }" },
    { "{\"a\":1,", "torn: key" }, { "[1,", "torn: value" }, { "[1", "torn: ]" }, { "[[]", "torn: ]" }, { "[{}", "torn: ]" },
    { "-", "torn: number" }, { "1.", "torn: number" }, { "1e", "torn: number" }, { "1e+", "torn: number" }, { "tru", "torn: value" },
    { "\"\\", "torn: \"" }, { "\"\\u00", "torn: \"" }, { "\"\xD0", "torn: character" },
    { "x", "not_well_formed: value, 0" }, { "[,]", "not_well_formed: value, 1" }, { "[1,]", "not_well_formed: value, 3" },
    { "[1 2]", "not_well_formed: comma, 3" }, { "[1}", "not_well_formed: comma, 2" }, { "{]", "not_well_formed: key, 1" },
    { "{\"a\":1]", "not_well_formed: comma, 6" }, { "{\"a\" 1}", "not_well_formed: colon, 5" },
    { "{\"a\"}", "not_well_formed: colon, 4" }, { "{\"a\":}", "not_well_formed: value, 5" },
    { "{\"a\":1,}", "not_well_formed: key, 7" }, { "{,}", "not_well_formed: key, 1" }, { "{a:1}", "not_well_formed: key, 1" },
    { "{'a':1}", "not_well_formed: key, 1" }, { "{1:1}", "not_well_formed: key, 1" }, { "]", "not_well_formed: value, 0" },
    { "{} {}", "not_well_formed: after_the_end, 3" }, { "1 2", "not_well_formed: after_the_end, 2" },
    { "[] x", "not_well_formed: after_the_end, 3" }, { "{}}", "not_well_formed: after_the_end, 2" },
    { "nul", "torn: value" }, { "nulL", "not_well_formed: value, 0" }, { "True", "not_well_formed: value, 0" },
    { "nullx", "not_well_formed: after_the_end, 4" }, { "NaN", "not_well_formed: value, 0" },
    { "01", "not_well_formed: after_the_end, 1" }, { "[-]", "not_well_formed: number, 1" }, { "[+1]", "not_well_formed: value, 1" },
    { "[.5]", "not_well_formed: value, 1" }, { "[1.]", "not_well_formed: number, 1" }, { "[1.e1]", "not_well_formed: number, 1" },
    { "[1e]", "not_well_formed: number, 1" }, { "[1ee1]", "not_well_formed: number, 1" }, { "[1.2.3]", "not_well_formed: comma, 4" },
    { "[0x1]", "not_well_formed: comma, 2" }, { "[-Infinity]", "not_well_formed: number, 1" },
    { "\"\\x\"", "not_well_formed: escape, 2" }, { "\"\\u00g0\"", "not_well_formed: escape, 5" },
    { "\"\\u0000\"", "nul_character: 1" }, { "{\"a\\u0000\":1}", "nul_character: 3" },
    { "\"\t\"", "not_well_formed: control_character, 1" }, { "\"a\nb\"", "not_well_formed: control_character, 2" },
    { "[\x01]", "not_well_formed: value, 1" }, { "[1]\x0C", "not_well_formed: after_the_end, 3" },
    { "\"\xC3(\"", "not_utf8: 2" }, { "\xFE\xFF", "not_utf8: 0" }, { "// x\n{}", "not_well_formed: value, 0" },
    { "[1/**/]", "not_well_formed: comma, 2" }, { "{}\xEF\xBB\xBF", "not_well_formed: after_the_end, 2" },
};

static void good_documents_pass_however_they_are_cut(void **state)
{
    (void)state;
    for EACH_OF(good, i)
        assert_verdict(JSON(good[i]), "");
}

static void bad_documents_get_the_same_verdict_however_they_are_cut(void **state)
{
    (void)state;
    for EACH_OF(bad, i)
        assert_verdict(JSON(bad[i].json), bad[i].verdict);
}

static void an_object_or_array_cut_short_anywhere_is_torn(void **state)
{
    (void)state;
    for EACH_OF(good, i) {
        const char *close = strrchr(good[i], '}') > strrchr(good[i], ']') ? strrchr(good[i], '}') : strrchr(good[i], ']');
        for (size_t n = 0; close && n < (size_t)(close - good[i]); n++) {
            const char *text = verdict(&(Document){ FORMAT_JSON, false, good[i], n });
            if (strncmp(text, "torn: ", 6) != 0)
                fail_msg("%.*s: %s", (int)n, good[i], text);
        }
    }
}

static bool cjson_takes(const char *json, size_t n)
{
    const char *end = json;
    size_t mark = n >= 3 && memcmp(json, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    cJSON *tree = cJSON_ParseWithLengthOpts(json + mark, n - mark, &end, false);
    bool whole = tree && strspn(end, " \t\r\n") >= (size_t)(json + n - end);
    cJSON_Delete(tree);
    return whole;
}

static void no_changed_byte_gets_past_the_guard_that_cjson_would_refuse(void **state)
{
    (void)state;
    static const char with[] = "{}[]\":,\\019-+.eEtu \n/x\x01\xD0";
    size_t compared = 0;
    for EACH_OF(good, i)
        for (size_t at = 0; at < strlen(good[i]); at++)
            for (const char *c = with; *c; c++, compared++) {
                char copy[200];
                snprintf(copy, sizeof copy, "%s", good[i]);
                copy[at] = *c;
                size_t n = strlen(copy);
                if (!*verdict(JSON(copy)) && !cjson_takes(copy, n) && !strstr(copy, "\\uD") && !strstr(copy, "\\ud"))
                    fail_msg("the guard takes what cJSON refuses: %s", copy);
            }
    assert_true(compared > 5000);
}

static void each_text_of_a_sequence_is_judged_as_a_document(void **state)
{
    (void)state;
    static const struct { const char *text, *verdict; } rows[] = {
        { "\x1e{}\n\x1e[1]\n", "" }, { "\x1e\x1e{}\x1e", "" }, { "\xEF\xBB\xBF\x1e{}", "" }, { "\x1e", "" }, { "\x1e 1 ", "" },
        { "", "torn: record separator" }, { "{}", "not_well_formed: record_separator, 0" }, { "\n\x1e{}", "not_well_formed: record_separator, 0" },
        { "\x1e{", "torn: }" }, { "\x1e[1\x1e{}", "torn: ]" }, { "\x1e{}{}", "not_well_formed: after_the_end, 3" }, { "\x1e\"a\x1e\"", "torn: \"" },
        { "\x1e{}\n\x1e{\"a\":tru}", "not_well_formed: value, 10" }, { "\x1e\xC0", "not_utf8: 1" },
    };
    for EACH_OF(rows, i)
        assert_verdict(&(Document){ FORMAT_JSON_SEQ, false, rows[i].text, strlen(rows[i].text) }, rows[i].verdict);
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    static const char whole[] = "{\"a\": [1, true, \"text of some length\"]} ";
    for (size_t i = 0; i < sizeof whole - 1; i++) {
        char copy[sizeof whole], expected[40];
        memcpy(copy, whole, sizeof whole);
        copy[i] = '\0';
        snprintf(expected, sizeof expected, "nul_character: %zu", i);
        assert_verdict(&(Document){ FORMAT_JSON, false, copy, sizeof whole - 1 }, expected);
    }
}

static void sixty_four_levels_pass_and_one_more_does_not(void **state)
{
    (void)state;
    char *open = repeated("", "{\"a\":[", 32, "1"), *fits = repeated(open, "]}", 32, ""), *deep = repeated("", "[", 65, "");
    assert_verdict(JSON(fits), "");
    assert_verdict(JSON(deep), "too_deep: 64");
    free(open);
    free(fits);
    free(deep);
}

static void a_number_of_64_and_a_key_of_256_bytes_pass_and_one_more_does_not(void **state)
{
    (void)state;
    static const struct { const char *head, *tail; size_t most; const char *verdict; } limits[] = {
        { "[", "]", 64, "not_well_formed: long_number, 1" },
        { "{\"", "\":0}", 256, "not_well_formed: long_key, 2" },
    };
    for EACH_OF(limits, i) {
        char *fits = repeated(limits[i].head, "1", limits[i].most, limits[i].tail);
        char *more = repeated(limits[i].head, "1", limits[i].most + 1, limits[i].tail);
        assert_verdict(JSON(fits), "");
        assert_verdict(JSON(more), limits[i].verdict);
        free(fits);
        free(more);
    }
}

static void a_long_text_is_no_long_key(void **state)
{
    (void)state;
    char *text = repeated("{\"a\":\"", "ұзақ мәтін ", 20000, "\"}");
    assert_verdict(JSON(text), "");
    free(text);
}

static void the_guard_calls_nothing_for_json(void **state)
{
    (void)state;
    size_t n = 7;
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_JSON, false, NULL, NULL);
    guard_open_names(g, &n);
    assert_int_equal(n, 0);
}

static void lines_of_any_content_pass_as_long_as_they_are_utf8(void **state)
{
    (void)state;
    assert_verdict(LINES("{\"a\":1}\n{\"b\":2}\n"), "");
    assert_verdict(LINES("\xEF\xBB\xBF{\"а\":1}\r\n\r\n{torn"), "");
    assert_verdict(LINES("{}\n\xD0{}"), "not_utf8: 4");
    assert_verdict(&(Document){ FORMAT_NDJSON, false, "{}\n\0", 4 }, "nul_character: 3");
    assert_verdict(LINES("{}\n\xD0"), "torn: character");
}

static void lines_without_anything_in_them_are_torn(void **state)
{
    (void)state;
    assert_verdict(LINES(""), "torn: line");
    assert_verdict(LINES("\n \r\n\t"), "torn: line");
    assert_verdict(LINES("\xEF\xBB\xBF"), "torn: line");
}

static void a_line_of_a_megabyte_passes_and_one_byte_more_does_not(void **state)
{
    (void)state;
    char *fits = repeated("{}\n", "x", MEGA, "\n{}\n"), *more = repeated("{}\n", "x", MEGA + 1, "\n{}\n");
    assert_verdict(LINES(fits), "");
    assert_verdict(LINES(more), "line_too_long: 2");
    free(fits);
    free(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_documents_pass_however_they_are_cut),
        cmocka_unit_test(bad_documents_get_the_same_verdict_however_they_are_cut),
        cmocka_unit_test(an_object_or_array_cut_short_anywhere_is_torn),
        cmocka_unit_test(no_changed_byte_gets_past_the_guard_that_cjson_would_refuse),
        cmocka_unit_test(each_text_of_a_sequence_is_judged_as_a_document),
        cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
        cmocka_unit_test(sixty_four_levels_pass_and_one_more_does_not),
        cmocka_unit_test(a_number_of_64_and_a_key_of_256_bytes_pass_and_one_more_does_not),
        cmocka_unit_test(a_long_text_is_no_long_key),
        cmocka_unit_test(the_guard_calls_nothing_for_json),
        cmocka_unit_test(lines_of_any_content_pass_as_long_as_they_are_utf8),
        cmocka_unit_test(lines_without_anything_in_them_are_torn),
        cmocka_unit_test(a_line_of_a_megabyte_passes_and_one_byte_more_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
