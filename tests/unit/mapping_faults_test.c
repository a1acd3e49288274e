#include "tests/unit/mapping_fixture.h"

/* One change to the mapping, and what the error must say. It names the file and the line of what was changed; line -1: another, which `said` tells. */
static const struct { const char *what, *into, *said; int line; } faults[] = {
    { "title: Things", "titel: Things", "titel", -1 },
    { "version: 1.0.0\n", "", "version", -1 },
    { "kind: list", "kind: [list]", "kind", -1 },
    { "take: current", "take: next", "next", -1 },
    { "ignore_case: true", "ignore_case: yes", "yes", -1 },
    { "name: things-theirs", "name: Things", "'Things': write [a-z0-9-]", 0 },
    { "feed: tested-things", "feed: nothings", "there is no feed 'nothings'", 0 },
    { "kind: list", "kind: changes", "'changes' is no kind of delivery of tested-things", 0 },
    { "format: json json-seq", "format: jason", "write xml, json", 0 },
    { "format: json json-seq", "format: json json", "each once", 0 },
    { "format: json json-seq", "format: json csv", "one mapping reads XML, or JSON", 0 },
    { "format: json json-seq", "format: '  '", "says nothing", 0 },
    { "party: ['391240001016'], role: national-chamber, file: 'things*.json'", "", "it says nothing", 0 },
    { "party: ['391240001016']", "party: ['39124000101']", "'39124000101' is not a BIN", 0 },
    { "role: national-chamber", "role: nobody", "'nobody' is not a role", 0 },
    { "role: national-chamber", "root: [x]", "only XML has a root", 0 },
    { "from: received, take: current", "take: current", "write value, or from", 0 },
    { "from: received, take: current", "from: received, value: 2026-H1", "write value, or from", 0 },
    { "from: received, take: current", "value: 2026-10", "write it like 2026-H2", 0 },
    { "from: received, take: current", "value: 2026-H1, take: previous", "does not belong to a value", 0 },
    { "from: received, take: current", "from: file", "wants a pattern", 0 },
    { "from: received, take: current", "from: received, file: x", "belongs to from: file", 0 },
    { "from: received, take: current", "from: file, file: 'x_{yyyy}.json'", "wants {yyyy} and {h}", 0 },
    { "layout: {records: 'data.items[]'}\n", "", "JSON wants records", -1 },
    { "data.items[]", "data..items", "a name is missing", 0 },
    { "data.items[]", "data.items[2]", "write [] behind what is a list", 0 },
    { "data.items[]", "data.items[]x", "write names divided by dots", 0 },
    { "data.items[]", "\"data", "a quote is not closed", 0 },
    { "{records: 'data.items[]'}", "{records: 'x', charset: utf-8}", "are of tables", 0 },
    { "is: ['yes']", "is: ['yes'], given: true", "write one of is, is_not and given", 0 },
    { ", is: ['yes']", "", "write one of is, is_not and given", 0 },
    { "path: total", "path: 'totals[]'", "does not lead to one value", 0 },
    { "values: [{from: Палата, to: chamber}, {from: Орган, to: body}], ", "", "neither values nor a file", 0 },
    { "from: Орган", "from: палата", "'палата' stands there twice", 0 },
    { "ignore_case: true", "file: nowhere.csv", "'nowhere.csv': No such file", 0 },
    { "ignore_case: true", "file: ../x.csv", "without folders", 0 },
    { "ignore_case: true", "otherwise: keep, otherwise_value: x", "two answers to one question", 0 },
    { "columns:\n", "  - {name: issuers, values: [{from: a, to: b}]}\ncolumns:\n", "table issuers stands there twice", 0 },
    { "{to: serial,", "{to: number,", "there is no column 'number'", 0 },
    { "{to: serial,", "{to: issuer,", "'issuer' stands there twice", 0 },
    { "{to: serial,", "{to: places,", "column serial is required, and nothing fills it", -1 },
    { "{to: person.iin,", "{to: person.name,", "there is no column 'name'", 0 },
    { "{to: person.iin,", "{to: person,", "'person' is an object", 0 },
    { "{to: person.city,", "{to: person.iin,", "'person.iin' stands there twice", 0 },
    { "{to: serial,", "{to: serial.x,", "serial has no member x", 0 },
    { "from: no}", "from: no, value: x}", "write one of from, first, join and value", 0 },
    { "{to: serial, from: no}", "{to: serial}", "write one of from, first, join and value", 0 },
    { "from: no}", "from: 'no[]'}", "leads to many values", 0 },
    { "from: no}", "from: 'a..b'}", "a name is missing between two dots", 0 },
    { "from: no}", "from: 'a[0]'}", "write [] for all items", 0 },
    { "from: no}", "from: 'a[x]'}", "write [] for all items", 0 },
    { "from: no}", "from: 'a.\"b'}", "a quote is not closed", 0 },
    { "from: no}", "from: 'a.\"\"'}", "a name is empty", 0 },
    { "from: no}", "from: no, split: ','}", "takes one value", 0 },
    { "from: no}", "value: x, default: y}", "a default stands for one value", 0 },
    { "from: no}", "value: x, as: [upper]}", "write the value as it is to be", 0 },
    { "from: no}", "from: no, each: 'x[]'}", "holds no members", 0 },
    { "from: 'tags[]', as: [lower]", "join: {of: [a, b], with: ','}", "takes many values", 0 },
    { "as: [table issuers]", "as: [table nothing]", "there is no table 'nothing'", 0 },
    { "as: [lower]", "as: [lowercase]", "there is no conversion 'lowercase'", 0 },
    { "as: [lower]", "as: [lower x]", "wants 0 words", 0 },
    { "as: [lower]", "as: ['']", "is no conversion", 0 },
    { "as: [lower]", "as: ['first x']", "write a number from 1 to 64", 0 },
    { "as: [lower]", "as: ['pad 65']", "write a number from 1 to 64", 0 },
    { "as: [lower]", "as: ['part 0 /']", "write a number from 1 to 1000", 0 },
    { "as: [lower]", "as: [\"part 1 ''\"]", "wants a sign between the parts", 0 },
    { "as: [lower]", "as: ['multiply 0']", "greater than 0", 0 },
    { "as: [lower]", "as: ['divide nan']", "greater than 0", 0 },
    { "as: [lower]", "as: [\"prefix ''\"]", "wants a text that is not empty", 0 },
    { "as: [lower]", "as: ['replace x 123456789012345678901234567890123']", "longer than 32 bytes", 0 },
    { "date d/m/yyyy", "date d/m/yy", "is not the form of a date", 0 },
    { "date d/m/yyyy", "date d/d/yyyy", "is not the form of a date", 0 },
    { "    each: 'states[]'\n    columns:\n      - {to: state, from: name}\n      - {to: since, from: day, as: [date d/m/yyyy]}\n", "    from: x\n", "is a list of objects", -1 },
    { "      - {to: state, from: name}\n", "", "column state is required", -1 },
    { "{to: since, from: day,", "{to: until, from: day,", "there is no column 'until'", 0 },
    { "skip:\n", "group: [no]\neach: [{path: x, columns: [{to: places, value: '1'}]}]\nskip:\n", "put together or taken apart", 0 },
    { "skip:\n", "group: ['no[]']\nskip:\n", "does not lead to one value", 0 },
    { "skip:\n", "each:\n  - {path: 'parts[]', columns: [{to: serial, from: x}]}\nskip:\n", "'serial' stands there twice", 1 },
};

static int line_of(const char *text, const char *what)
{
    int line = 1;
    for (const char *at = strstr(text, what); text < at; text++)
        line += *text == '\n';
    return line;
}

static void every_fault_is_named_with_file_and_line(void **state)
{
    (void)state;
    int n_wrong = 0;
    must_load(theirs);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char at[64], *text = changed(theirs, faults[i].what, faults[i].into);
        Rc rc = mapping_of(text);
        snprintf(at, sizeof at, "things.yaml:%d: ", line_of(theirs, faults[i].what) + faults[i].line);
        if (rc != RC_FATAL || !strstr(err.text, faults[i].said) || !strstr(err.text, "things.yaml") || (faults[i].line >= 0 && !strstr(err.text, at))) {
            n_wrong++;
            print_error("%s → %s\n  wanted: %s … %s\n  said:   %s\n", faults[i].what, faults[i].into, faults[i].line >= 0 ? at : "", faults[i].said, rc ? err.text : "good");
        }
        free(text);
    }
    assert_int_equal(n_wrong, 0);
}

static void a_path_in_a_table_is_a_heading(void **state)
{
    (void)state;
    must_load(HEAD("csv xlsx", "") "columns:\n  - {to: issuer, value: body}\n  - {to: serial, from: '\"Код (внутр.)\"'}\n");
    static const char *const wrong[] = { "'Код.внутр'", "'Код[]'", "'@Код'", "'.'" };
    for (size_t i = 0; i < 4; i++) {
        char text[512];
        snprintf(text, sizeof text, HEAD("csv", "") "columns:\n  - {to: issuer, value: body}\n  - {to: serial, from: %s}\n", wrong[i]);
        assert_int_equal(mapping_of(text), RC_FATAL);
        assert_non_null(strstr(err.text, "things.yaml:8: columns[2].from: "));
        assert_non_null(strstr(err.text, "a path is the heading of a column"));
    }
    assert_int_equal(mapping_of(HEAD("csv", "layout: {records: x}\n") "columns:\n" KEYS), RC_FATAL);
    assert_non_null(strstr(err.text, "things.yaml:6: layout.records: in tables every row is a record"));
    assert_int_equal(mapping_of(HEAD("csv", "layout: {separator: ab}\n") "columns:\n" KEYS), RC_FATAL);
    assert_non_null(strstr(err.text, "write one sign, or tab"));
}

static void xml_and_ndjson_want_their_own_layout(void **state)
{
    (void)state;
    assert_int_equal(mapping_of(HEAD("xml", "") "columns:\n" KEYS), RC_FATAL);
    assert_non_null(strstr(err.text, "XML wants records"));
    assert_int_equal(mapping_of(HEAD("xml", "layout: {records: 'p:A/p:B'}\n") "columns:\n" KEYS), RC_FATAL);
    assert_non_null(strstr(err.text, "prefixes do not count"));
    assert_int_equal(mapping_of(HEAD("xml", "layout: {records: '{urn:x'}\n") "columns:\n" KEYS), RC_FATAL);
    assert_non_null(strstr(err.text, "not closed by }"));
    assert_int_equal(mapping_of(HEAD("ndjson", "layout: {records: '[]'}\n") "columns:\n" KEYS), RC_FATAL);
    assert_non_null(strstr(err.text, "in NDJSON every line is a record"));
    must_load(HEAD("ndjson", "") "columns:\n" KEYS);
    must_load(HEAD("xml", "layout: {records: '{urn:x}A/B'}\n") "columns:\n" KEYS);
}

static void a_file_of_a_table_is_read_strictly(void **state)
{
    (void)state;
    static const char text[] = OF_JSON "tables:\n  - {name: t, file: t.csv}\ncolumns:\n" KEYS;
    static const struct { const char *csv, *said; } wrong[] = {
        { "from,to\na\n", "t.csv:2: " }, { "a,\n", "t.csv:1: " }, { ",b\n", "t.csv:1: " }, { "a,\"b\n", "t.csv:1: " }, { "a,b,c\n", "t.csv:1: " },
        { "# x\n\na,b\nc,\xFF\n", "t.csv:4: table t: this is not UTF-8" }, { "a,b\nc,d\na,e\n", "'a' stands there twice" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        file_write("t.csv", wrong[i].csv);
        assert_int_equal(mapping_of(text), RC_FATAL);
        if (!strstr(err.text, wrong[i].said))
            fail_msg("%s: %s", wrong[i].csv, err.text);
    }
    file_write("t.csv", "\xEF\xBB\xBF# comment\r\nfrom,to\r\n\"a, \"\"b\"\"\",c\r\n");
    must_load(text);
}

static void two_mappings_of_one_name_do_not_load(void **state)
{
    (void)state;
    char own[80];
    const char *const folders[] = { NULL, "/nowhere/at/all", own };
    Mappings *all = NULL;
    snprintf(own, sizeof own, "%s/own", folder);
    assert_int_equal(mkdir(own, 0700), 0);
    file_write("own/a.yaml", theirs);
    assert_int_equal(mappings_load(folders, 3, feeds, &all, &err), RC_OK);
    assert_int_equal(mappings_n(all), 1);
    assert_string_equal(mapping_title(mapping_find(all, "things-theirs")), "Things as they write them");
    assert_null(mapping_find(all, "things"));
    mappings_free(&all);
    assert_null(all);
    file_write("own/b.yaml", theirs);
    assert_int_equal(mappings_load(folders, 3, feeds, &all, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "own/b.yaml:1: name: 'things-theirs' is taken by "));
    assert_null(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_named_with_file_and_line),
        cmocka_unit_test(a_path_in_a_table_is_a_heading),
        cmocka_unit_test(xml_and_ndjson_want_their_own_layout),
        cmocka_unit_test(a_file_of_a_table_is_read_strictly),
        cmocka_unit_test(two_mappings_of_one_name_do_not_load),
    };
    return cmocka_run_group_tests(tests, things_begin, things_end);
}
