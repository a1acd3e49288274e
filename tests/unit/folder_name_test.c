#include "adapters/folder_name.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void names_of_unfinished_files_are_known(void **state)
{
    static const char *const not_yet[] = { "", ".list.csv", "list.csv.part", "list.csv.TMP", "list.csv.filepart", "list.csv.crdownload", "list.csv~", ".", ".." };
    static const char *const whole[] = { "list.csv", "part", "a.tmp.csv", "~list.csv", "тізім.xlsx" };
    (void)state;
    for (size_t i = 0; i < sizeof not_yet / sizeof *not_yet; i++)
        if (box_name_complete(not_yet[i]))
            fail_msg("%s would be taken", not_yet[i]);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (!box_name_complete(whole[i]))
            fail_msg("%s would never be taken", whole[i]);
}

static void claims(const char *name, const char *feed, const char *period, const char *kind)
{
    Claim c;
    box_name_claim(name, &c);
    if (strcmp(c.feed, feed) || strcmp(c.period, period) || strcmp(c.kind, kind))
        fail_msg("%s claims \"%s\" \"%s\" \"%s\"", name, c.feed, c.period, c.kind);
}

static void a_name_of_the_form_claims_what_it_says(void **state)
{
    (void)state;
    claims("accredited-centres_2026-10_list.xlsx", "accredited-centres", "2026-10", "list");
    claims("professions_2026-H2_facts_second try.v2.csv.gz", "professions", "2026-H2", "facts");
    claims("nkz_2026-10-05_edition", "nkz", "2026-10-05", "edition");
    claims("nrk_2026_nil.json", "nrk", "2026", "nil");
}

static void any_other_name_claims_nothing(void **state)
{
    static const char *const names[] = {
        "list.csv", "a_b", "my_report_list.xml", "feed_2026-13_list.csv", "feed_2026-10_listing.csv", "feed_2026-10.csv", "_2026-10_list.csv", "feed__list.csv",
        "feed_2026-10_List.csv", "2026-10_feed_list.csv", "a-feed-name-of-more-than-sixty-three-characters-cannot-be-a-feed-at-all_2026-10_list.csv",
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        claims(names[i], "", "", "");
}

static void format_is(const char *name, bool known, Format format, Coding coding)
{
    Format f = FORMATS;
    Coding c;
    if (box_name_format(name, &f, &c) != known || (known && (f != format || c != coding)))
        fail_msg("%s: format %d, coding %d", name, f, c);
}

static void endings_tell_format_and_compression(void **state)
{
    (void)state;
    format_is("a.xml", true, FORMAT_XML, CODING_NONE);
    format_is("a.b.CSV", true, FORMAT_CSV, CODING_NONE);
    format_is("a.ndjson.gz", true, FORMAT_NDJSON, CODING_GZIP);
    format_is("a.json.zst", true, FORMAT_JSON, CODING_ZSTD);
    format_is("a.xlsx", true, FORMAT_XLSX, CODING_NONE);
    format_is("a.gz", false, FORMATS, CODING_NONE);
    format_is("a.xml.gz.gz", false, FORMATS, CODING_NONE);
    format_is("a.pdf", false, FORMATS, CODING_NONE);
    format_is("xml", false, FORMATS, CODING_NONE);
}

static void long_names_are_cut_before_their_ending(void **state)
{
    char name[256], out[BOX_NAME_SIZE];
    (void)state;
    memset(name, 'x', 255);
    memcpy(name, "nrk_2026_list", 13);
    strcpy(name + 255 - 7, ".csv.gz");
    box_name_short(name, out);
    assert_int_equal(strlen(out), BOX_NAME_SIZE - 1);
    assert_string_equal(out + BOX_NAME_SIZE - 1 - 7, ".csv.gz");
    assert_memory_equal(out, "nrk_2026_list", 13);
    for (size_t i = 0; i + 1 < 240; i += 2)
        memcpy(name + i, "қ", 2);
    strcpy(name + 240, ".csv");
    box_name_short(name, out);
    assert_int_equal(strlen(out), BOX_NAME_SIZE - 1);       /* 196 bytes are 98 letters, none cut in two */
    box_name_short("list.csv", out);
    assert_string_equal(out, "list.csv");
}

static void a_name_that_is_taken_gets_the_id_before_its_ending(void **state)
{
    char out[256];
    (void)state;
    box_name_with("list.csv", "ID", out);
    assert_string_equal(out, "list.ID.csv");
    box_name_with("list.csv.gz", "ID", out);
    assert_string_equal(out, "list.ID.csv.gz");
    box_name_with("list", "ID", out);
    assert_string_equal(out, "list.ID");
    box_name_with(".gz", "ID", out);
    assert_string_equal(out, ".gz.ID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_unfinished_files_are_known),
        cmocka_unit_test(a_name_of_the_form_claims_what_it_says),
        cmocka_unit_test(any_other_name_claims_nothing),
        cmocka_unit_test(endings_tell_format_and_compression),
        cmocka_unit_test(long_names_are_cut_before_their_ending),
        cmocka_unit_test(a_name_that_is_taken_gets_the_id_before_its_ending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
