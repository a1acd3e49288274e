#include "tests/unit/mapping_fixture.h"

static Mappings *all;

static void bound(const char *name, const char *format, const char *bind)
{
    char file[64], text[512];
    snprintf(file, sizeof file, "m/%s.yaml", name);
    snprintf(text, sizeof text, "name: %s\ntitle: T\nversion: '1'\nfeed: tested-things\nformat: %s\n%s%scolumns:\n" KEYS, name, format, bind,
             strcmp(format, "xml") == 0 ? "layout: {records: 'L/R'}\n" : strcmp(format, "csv xlsx") == 0 ? "" : "layout: {records: '[]'}\n");
    file_write(file, text);
}

static int begin(void **state)
{
    char m[80];
    const char *const folders[] = { m };
    assert_int_equal(things_begin(state), 0);
    snprintf(m, sizeof m, "%s/m", folder);
    assert_int_equal(mkdir(m, 0700), 0);
    bound("by-name", "json", "");
    bound("by-role", "json json-seq", "bind: {role: national-chamber}\n");
    bound("by-party", "json", "bind: {party: ['391240001016', '391240001214'], role: national-chamber}\n");
    bound("by-service", "xml", "bind: {service: [ONE, TWO]}\n");
    bound("by-root", "xml", "bind: {service: [TWO], root: ['{urn:x}L', '{urn:x}R']}\n");
    bound("by-file", "csv xlsx", "bind: {file: 'list *.[cx]*'}\n");
    bound("other-file", "csv xlsx", "bind: {file: 'list 10*'}\n");
    if (mappings_load(folders, 1, feeds, &all, &err))
        fail_msg("%s", err.text);
    return 0;
}

static int end(void **state)
{
    mappings_free(&all);
    return things_end(state);
}

static const char *chosen(const MappingAsk *ask)
{
    const Mapping *m = NULL;
    Error e = {0};
    Rc rc = mapping_choose(all, ask, &m, &e);
    static char text[512];
    snprintf(text, sizeof text, "%s", rc ? e.text : m ? mapping_name(m) : "none");
    return text;
}

static void the_one_that_asks_for_more_is_chosen(void **state)
{
    (void)state;
    const Sender chamber = { .bin = "391240001710", .n_roles = 1, .role = { "national-chamber" } }, theirs_ = { .bin = "391240001214", .n_roles = 1, .role = { "national-chamber" } },
                 other = { .bin = "391240001214" };
    assert_string_equal(chosen(&(MappingAsk){ .who = &chamber, .format = FORMAT_JSON }), "by-role");
    assert_string_equal(chosen(&(MappingAsk){ .who = &chamber, .format = FORMAT_JSON_SEQ }), "by-role");
    assert_string_equal(chosen(&(MappingAsk){ .who = &theirs_, .format = FORMAT_JSON }), "by-party");
    assert_string_equal(chosen(&(MappingAsk){ .who = &other, .format = FORMAT_JSON }), "none");
    assert_string_equal(chosen(&(MappingAsk){ .who = &theirs_, .format = FORMAT_NDJSON }), "none");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_JSON }), "none");
}

static void a_root_is_asked_for_only_when_it_is_known(void **state)
{
    (void)state;
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_XML, .service = "TWO" }), "by-service");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_XML, .service = "TWO", .root = "{urn:x}R" }), "by-root");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_XML, .service = "TWO", .root = "{urn:y}R" }), "by-service");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_XML, .service = "ONE", .root = "{urn:x}R" }), "by-service");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_XML, .root = "{urn:x}R" }), "none");
    assert_true(mapping_service_known(all, "ONE"));
    assert_false(mapping_service_known(all, "THREE"));
}

static void two_that_ask_for_as_much_are_not_chosen_between(void **state)
{
    (void)state;
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_CSV, .file = "list 9.csv" }), "by-file");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_XLSX, .file = "list 10" }), "other-file");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_CSV, .file = "list 10.csv" }), "mapping_ambiguous: by-file, other-file");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_CSV }), "none");
}

static void a_named_one_need_not_be_bound(void **state)
{
    (void)state;
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_JSON, .name = "by-name" }), "by-name");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_JSON, .name = "by-party" }), "by-party");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_JSON, .name = "nobodys" }), "mapping_unknown: nobodys");
    assert_string_equal(chosen(&(MappingAsk){ .format = FORMAT_JSON, .name = "by-file" }), "mapping_format: by-file, csv, xlsx");
}

/* ---- what a delivery is about ---- */

static const char day_feed[] = "properties: [{name: code, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1, classification: public}]}]\n";

/* A feed of each form of period. */
static Rc claim_of(const char *form, const char *period, const char *file, const char *received, const char *sent, Claim *out)
{
    char text[1024], path[128];
    Feeds *own = NULL;
    Mapping *m = NULL;
    Instant at = 0, mine = 0;
    bool zoned;
    snprintf(text, sizeof text, "apiVersion: v3.2.0\nkind: DataContract\nid: x\nname: periods\nversion: '1'\nstatus: active\nschema: [{name: a_period, logicalType: object, %s"
             "customProperties: [{property: period, value: %s}, {property: kinds, value: list changes}]\n", day_feed, form);
    file_write("periods.odcs.yaml", text);
    path_of("periods.odcs.yaml", path);
    if (contracts_load(path, convert_of, rule_of, &own, &err))
        fail_msg("%s", err.text);
    snprintf(text, sizeof text, "name: t\ntitle: T\nversion: '1'\nfeed: periods\nformat: csv\nkind: list\nperiod: {%s}\ncolumns: [{to: code, from: a}]\n", period);
    file_write("p.yaml", text);
    path_of("p.yaml", path);
    if (mapping_load(path, own, &m, &err))
        fail_msg("%s", err.text);
    assert_true(!received || instant_read(received, &at, &zoned));
    assert_true(!sent || instant_read(sent, &mine, &zoned));
    err = (Error){0};
    Rc rc = mapping_claim(m, NULL, file, mine, at, out, &err);
    mapping_free(&m);
    contracts_free(&own);
    path_of("periods.odcs.yaml", path);
    unlink(path);
    return rc;
}

static const struct { const char *form, *period, *file, *received, *sent, *said; } periods[] = {
    { "month", "value: 2026-10", NULL, "2027-01-01T00:00:00Z", NULL, "2026-10" },
    { "month", "from: received", NULL, "2026-12-31T18:59:59Z", NULL, "2026-12" },               /* the year turns in Almaty, not in Greenwich */
    { "month", "from: received", NULL, "2026-12-31T19:00:00Z", NULL, "2027-01" },
    { "month", "from: received", NULL, "2023-12-31T17:59:59Z", NULL, "2023-12" },               /* six hours ahead until March 2024 */
    { "month", "from: received", NULL, "2023-12-31T18:00:00Z", NULL, "2024-01" },
    { "month", "from: received, take: previous", NULL, "2027-01-10T00:00:00Z", NULL, "2026-12" },
    { "quarter", "from: received, take: previous", NULL, "2027-03-31T18:00:00Z", NULL, "2026-Q4" },
    { "quarter", "from: received", NULL, "2027-03-31T19:00:00Z", NULL, "2027-Q2" },
    { "half-year", "from: received, take: previous", NULL, "2027-01-10T00:00:00Z", NULL, "2026-H2" },
    { "half-year", "from: received", NULL, "2026-06-30T00:00:00Z", NULL, "2026-H1" },
    { "year", "from: received, take: previous", NULL, "2027-01-10T00:00:00Z", NULL, "2026" },
    { "day", "from: received, take: previous", NULL, "2027-01-01T00:00:00Z", NULL, "2026-12-31" },
    { "day", "from: received, take: previous", NULL, "2024-03-01T00:00:00Z", NULL, "2024-02-29" },
    { "month", "from: sender_date", NULL, "2027-01-10T00:00:00Z", "2026-10-31T23:59:59+05:00", "2026-10" },
    { "month", "from: sender_date", NULL, "2027-01-10T00:00:00Z", NULL, "period_missing" },
    { "month", "from: file, file: '*{mm}.{yyyy}.csv'", "list 10.2026.csv", NULL, NULL, "2026-10" },
    { "month", "from: file, file: '*{mm}.{yyyy}.csv'", "list 13.2026.csv", NULL, NULL, "period_missing" },
    { "month", "from: file, file: '*{mm}.{yyyy}.csv'", "list 10.2026.xlsx", NULL, NULL, "period_missing" },
    { "month", "from: file, file: '*{mm}.{yyyy}.csv'", NULL, NULL, NULL, "period_missing" },
    { "month", "from: file, file: '*{mm}.{yyyy}.csv', take: previous", "01.2027.csv", NULL, NULL, "2026-12" },
    { "month", "from: file, file: '?-{yyyy}{mm}*'", "a-202610 (1).csv", NULL, NULL, "2026-10" },
    { "quarter", "from: file, file: '{yyyy}-Q{q}.csv'", "2026-Q3.csv", NULL, NULL, "2026-Q3" },
    { "quarter", "from: file, file: '{yyyy}-Q{q}.csv'", "2026-Q5.csv", NULL, NULL, "period_missing" },
    { "quarter", "from: file, file: '{yyyy}-Q{q}.csv', take: previous", "2026-Q1.csv", NULL, NULL, "2025-Q4" },
    { "quarter", "from: file, file: '{yyyy}-{mm}.csv'", "2026-09.csv", NULL, NULL, "2026-Q3" },
    { "half-year", "from: file, file: '{h}-{yyyy}.csv', take: previous", "1-2026.csv", NULL, NULL, "2025-H2" },
    { "day", "from: file, file: '{dd}.{mm}.{yyyy}*'", "31.10.2026.csv", NULL, NULL, "2026-10-31" },
    { "day", "from: file, file: '{dd}.{mm}.{yyyy}*'", "31.11.2026.csv", NULL, NULL, "period_missing" },
};

static void a_period_is_told_from_where_the_mapping_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        Claim c = {0};
        Rc rc = claim_of(periods[i].form, periods[i].period, periods[i].file, periods[i].received, periods[i].sent, &c);
        const char *said = rc ? err.code : c.period;
        if (strcmp(said, periods[i].said) != 0)
            fail_msg("%s {%s} %s: %s, wanted %s", periods[i].form, periods[i].period, periods[i].received ? periods[i].received : periods[i].file, said, periods[i].said);
    }
}

static void what_the_sender_says_goes_before_the_mapping(void **state)
{
    (void)state;
    Claim c = {0}, said = { .period = "2025-H1", .kind = "nil" };
    must_load(theirs);
    assert_int_equal(mapping_claim(mapping, NULL, NULL, 0, INT64_C(1798700000000000), &c, &err), RC_OK);
    assert_string_equal(c.feed, "tested-things");
    assert_string_equal(c.period, "2026-H2");
    assert_string_equal(c.kind, "list");
    assert_int_equal(mapping_claim(mapping, &said, NULL, 0, 1, &c, &err), RC_OK);
    assert_string_equal(c.period, "2025-H1");
    assert_string_equal(c.kind, "nil");
    snprintf(said.feed, sizeof said.feed, "others");
    assert_int_equal(mapping_claim(mapping, &said, NULL, 0, 1, &c, &err), RC_REJECT);
    assert_string_equal(err.text, "disagree: feed, others, tested-things");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_that_asks_for_more_is_chosen),
        cmocka_unit_test(a_root_is_asked_for_only_when_it_is_known),
        cmocka_unit_test(two_that_ask_for_as_much_are_not_chosen_between),
        cmocka_unit_test(a_named_one_need_not_be_bound),
        cmocka_unit_test(a_period_is_told_from_where_the_mapping_says),
        cmocka_unit_test(what_the_sender_says_goes_before_the_mapping),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
