/* Every code that C sources give to people is in the catalogue: the sources themselves are read. */
#include "transforms/texts.h"
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static Texts *texts;
static unsigned seen, lacking;

static void met(const char *path, const char *code, size_t len)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)len, code);
    seen++;
    if (!texts_has(texts, name)) {
        print_error("%s: the code %s is not in findings.yaml\n", path, name);
        lacking++;
    }
}

/* Literals of the second argument, those of both arms of a ?: included, but not of calls within. s stands behind the call's '('. */
static void second_argument(const char *path, const char *s)
{
    unsigned depth = 0, argument = 1;
    for (; *s && argument < 3; s++) {
        if (*s == '"') {
            size_t len = strcspn(s + 1, "\"");
            if (argument == 2 && depth == 0)
                met(path, s + 1, len);
            s += len + 1;
        } else if (strchr("([", *s)) {
            depth++;
        } else if (strchr(")]", *s)) {
            if (depth-- == 0)
                return;
        } else if (*s == ',' && depth == 0) {
            argument++;
        }
    }
}

static void source_read(const char *path, const char *source)
{
    static const char *const calls[] = { "error_refuse(", "convert_refuse(", "guard_refuse(" };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (const char *s = source; (s = strstr(s, calls[i]));)
            second_argument(path, s += strlen(calls[i]));
    static const char member[] = ".code = \"";
    for (const char *s = source; (s = strstr(s, member));) {
        s += strlen(member);
        met(path, s, strcspn(s, "\""));
    }
}

static int file_seen(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)at;
    size_t len = strlen(path);
    if (type != FTW_F || len < 2 || strcmp(path + len - 2, ".c"))
        return 0;
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    char *source = calloc(1, (size_t)st->st_size + 1);
    size_t got = fread(source, 1, (size_t)st->st_size, f);
    fclose(f);
    source[got] = '\0';
    source_read(path, source);
    free(source);
    return 0;
}

static void every_code_used_in_the_sources_has_a_text(void **state)
{
    (void)state;
    static const char *const folders[] = { "adapters", "gateway", "schemas", "transforms", "persistence" };
    seen = lacking = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        nftw(folders[i], file_seen, 16, FTW_PHYS);
    assert_true(seen > 20);
    assert_int_equal(lacking, 0);
}

static void the_reader_of_sources_finds_codes_and_only_codes(void **state)
{
    (void)state;
    seen = lacking = 0;
    source_read("sample", "error_refuse(e, \"required\", \"no code\", NULL, NULL); error_refuse(f(\"no, code\"),\n    g(\"no code\") ? \"pattern\" : \"torn\", x)");
    assert_int_equal(seen, 3);
    source_read("sample", "Finding f = { .code = \"required\", .place = \"no code\" }; error_refuse(Error *e, const char *code)");
    assert_int_equal(seen, 4);
    assert_int_equal(lacking, 0);
}

/* Codes that reach people through tables and helpers the reader of sources cannot follow, as the headers promise them. */
static void every_code_the_headers_promise_has_a_text(void **state)
{
    (void)state;
    static const char *const promised[] = {
        "not_date", "not_integer", "not_decimal", "not_boolean", "bad_iin", "bad_bin", "bad_kato", "bad_nkz", "bad_oked", "bad_programme_code", "bad_level",
        "normalised_nkz", "normalised_homoglyph", "rule_not_before", "rule_required_when", "rule_absent_unless", "rule_one_of", "rule_differ", "required",
        "unknown_field", "doubled_field", "not_a_value", "not_an_object", "not_an_array", "too_short", "too_long", "pattern", "not_in_list", "below_minimum",
        "above_maximum", "ground_required", "not_key_field", "bad_record", "duplicate_key", "duplicate_same", "not_yours", "owner_mismatch", "reconcile",
        "older", "unknown_key", "already_withdrawn", "findings_cut", "sender_date_absurd", "all_or_nothing", "refused_whole", "unauthorised", "forbidden",
        "unknown_feed", "feed_missing", "period_missing", "kind_missing", "bad_period", "bad_kind", "disagree", "too_large", "too_many", "busy",
        "not_well_formed", "doctype", "not_utf8", "nul_character", "too_deep", "too_large_markup", "too_many_attributes", "encoding", "torn", "line_too_long",
        "unwrap", "unknown_root", "claim_too_late", "digest_mismatch", "bad_digest_header", "unsupported_type", "unsupported_encoding", "bad_encoding",
        "repeat_other_content", "head_too_long", "head_missing", "payload_before_head", "unknown_service", "not_found", "bad_parameter", "bad_cursor",
        "not_acceptable", "method_not_allowed", "timed_out", "not_ready", "internal", "not_a_delivery", "duplicate_json_key", "undeclared_prefix",
        "records_not_last", "record_too_large", "nil_with_records", "empty_list", "gone",
    };
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++)
        if (!texts_has(texts, promised[i]))
            fail_msg("%s", promised[i]);
}

static int load(void **state)
{
    (void)state;
    Error err;
    return texts_load("schemas/texts/findings.yaml", &texts, &err) ? -1 : 0;
}

static int unload(void **state)
{
    (void)state;
    texts_free(&texts);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reader_of_sources_finds_codes_and_only_codes),
        cmocka_unit_test(every_code_the_headers_promise_has_a_text),
        cmocka_unit_test(every_code_used_in_the_sources_has_a_text),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
