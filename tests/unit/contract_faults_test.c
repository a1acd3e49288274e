#include "tests/unit/contract_fixture.h"

/* One change to the base, and what the error must say. Where place is NULL the YAML schema answers, with line and column. */
static const struct { const char *what, *into, *place, *said; } faults[] = {
    { "apiVersion: v3.2.0", "apiVersion: v3.1.0", "", "apiVersion 'v3.1.0': write v3.2.0" },
    { "kind: DataContract", "kind: Contract", "", "kind 'Contract'" },
    { "name: tested-things", "name: tested", "", "must be that of the file" },
    { "name: tested-things", "name: Tested-Things", "", "[a-z][a-z0-9-]*" },
    { "status: active\n", "", NULL, "status" },
    { "domain:", "domane:", NULL, "domane" },
    { "usage: none", "used: none", NULL, "used" },
    { "        required: true", "        required: flase", NULL, "flase" },
    { "minLength: 1", "minLength: -1", NULL, "-1" },
    { "driver: regulatory", "colour: red", NULL, "colour" },
    { "access: read", "access: look", NULL, "look" },
    { "        classification: public\n", "        classification: secret\n", NULL, "secret" },
    { "label: Орган", "lable: Орган", NULL, "lable" },
    { "schema:\n", "schema:\n  - {name: a, logicalType: object, properties: [{name: b, logicalType: date}]}\n", NULL, "" },
    { "  - name: tested_thing", "  - name: Tested", "schema.name 'Tested'", "[a-z_]" },
    { "    logicalType: object\n", "    logicalType: array\n", "schema.logicalType", "write object" },
    { "physicalName: tested_thing", "physicalName: other", "schema.physicalName", "write tested_thing" },
    { "role: national-chamber", "role: nobody", "roles[1]", "'nobody' is not a role" },
    { "role: accreditation-body", "role: national-chamber", "roles[2]", "twice" },
    { "name: centre_bin", "name: 'centre bin'", "schema.properties[3] 'centre bin'", "[a-z_][a-z0-9_]*" },
    { "name: centre_bin", "name: row_hash", "schema.properties[3] 'row_hash'", "a column of that name" },
    { "name: centre_bin", "name: serial", "schema.properties[3] 'serial'", "a second field" },
    { "{name: centre_bin, ", "{", "schema.properties[3]", "name is missing" },
    { "centre_bin, logicalType: string", "centre_bin, logicalType: text", "schema.properties[3] 'centre_bin'", "logicalType 'text'" },
    { "physicalType: smallint", "physicalType: text", "schema.properties[6] 'places'", "does not fit logicalType integer" },
    { "physicalType: 'text[]'", "physicalType: text", "schema.properties[10] 'tags'", "does not fit" },
    { "items: {logicalType: string, physicalType: text}", "items: {logicalType: date}", "schema.properties[10] 'tags'", "only for items of logicalType string" },
    { "items: {logicalType: string, physicalType: text}", "items: {name: x, logicalType: string}", "'tags'", "an item has no name" },
    { ", items: {logicalType: string, physicalType: text}", "", "'tags'", "needs items" },
    { "        properties: [{name: post, logicalType: string}]\n", "", "'signer'", "needs properties" },
    { "name: final, ", "name: final, items: {logicalType: string}, ", "'final'", "neither items nor properties" },
    { "date, physicalType: date, classification: public", "date, physicalType: date", "'issued_on'", "say public or personal" },
    { "{name: post, logicalType: string}", "{name: post, logicalType: string, classification: public}", "'signer': properties[1] 'post'", "leave it out" },
    { "        required: true\n", "", "'issuer'", "needs required: true" },
    { "        primaryKeyPosition: 2\n", "", "'issuer'", "give primaryKeyPosition" },
    { "primaryKeyPosition: 2", "primaryKeyPosition: 3", "schema.properties[1] 'issuer'", "from 1 to 2" },
    { "primaryKeyPosition: 2", "primaryKeyPosition: 1", "schema.properties[2] 'serial'", "each once" },
    { "name: final, ", "name: final, primaryKeyPosition: 3, ", "'final'", "without primaryKey" },
    { "name: state, ", "name: state, primaryKey: true, ", "'history': items: properties[1] 'state'", "only a top-level field" },
    { "name: tags, ", "name: tags, required: true, primaryKey: true, primaryKeyPosition: 3, ", "'tags'", "must be a scalar" },
    { "value: body, label", "value: chamber, label", "'issuer'", "enum[2]: value 'chamber' stands there twice" },
    { "value: body, label", "value: 'a  b', label", "'issuer'", "enum[2]: value is not plain" },
    { "name: final, ", "name: final, enum: [{value: x}], ", "'final'", "only for logicalType string" },
    { "maxLength: 40", "maxLength: 0, minLength: 9", NULL, "" },
    { "minLength: 1, ", "minLength: 41, ", "'serial'", "more than maxLength" },
    { "{minimum: 1}", "{maxLength: 1}", "'places'", "only for logicalType string" },
    { "{minimum: 1}", "{pattern: x}", "'places'", "only for logicalType string" },
    { "minLength: 1, ", "minimum: 1, ", "'serial'", "integer and number" },
    { "{minimum: 0.5,", "{minimum: 2,", "'score'", "minimum is more than maximum" },
    { "KZ|[0-9]{3}", "(KZ", "'serial'", "no POSIX extended regular expression" },
    { "KZ|[0-9]{3}", "ҚР", "'serial'", "must be ASCII" },
    { "KZ|[0-9]{3}", "\\d+", "'serial'", "write [0-9]" },
    { "KZ|[0-9]{3}", "[[:digit:]]", "'serial'", "inside" },
    { "KZ|[0-9]{3}", "^KZ$", "'serial'", "by itself" },
    { "value: bin}", "value: bun}", "schema.properties[3] 'centre_bin'", "unknown check 'bun'" },
    { "property: check,", "property: chek,", "'centre_bin'", "'chek' is not known" },
    { "{property: label.ru, value: Кто выдал}", "{property: label.kk, value: x}", "'issuer'", "twice" },
    { "name: tags, ", "name: tags, customProperties: [{property: check, value: bin}], ", "'tags'", "only for scalar" },
    { "  - {property: period, value: half-year}\n", "", "customProperties", "'period' is missing" },
    { "  - {property: kinds, value: list nil}\n", "", "customProperties", "'kinds' is missing" },
    { "value: half-year", "value: week", "customProperties 'period'", "month, quarter" },
    { "value: list nil", "value: list none", "customProperties 'kinds'", "'none'" },
    { "value: list nil", "value: ' '", "customProperties 'kinds'", "write words" },
    { "value: all_or_nothing", "value: maybe", "customProperties 'onRefused'", "keep_good" },
    { "issuer = party.role", "issuer = party.name", "customProperties 'owner'", "FIELD = party.bin" },
    { "issuer = party.role", "issuer party.role", "customProperties 'owner'", "FIELD = party.bin" },
    { "issuer = party.role", "nobody = party.role", "customProperties 'owner'", "not a top-level field" },
    { "issuer = party.role", "places = party.role", "customProperties 'owner'", "has a type" },
    { "national-body administrator", "nobody", "customProperties 'readers'", "is not a role" },
    { "property: public, value: false", "property: public, value: 0", "customProperties 'public'", "true or false" },
    { "property: public, value: false", "property: public, value: true", "customProperties 'public'", "personal" },
    { "property: person, value: person", "property: person, value: serial", "customProperties 'person'", "classification: personal" },
    { "property: person, value: person", "property: person, value: tags", "customProperties 'person'", "has a type" },
    { "property: rule.2", "property: rule.3", "'rule.2' is missing", "without gaps" },
    { "property: rule.2", "property: rule.1", "customProperties 'rule.1'", "twice" },
    { "value: not-before valid_to issued_on", "value: after valid_to issued_on", "customProperties 'rule.1'", "unknown rule 'after'" },
    { "value: not-before valid_to issued_on", "value: not-before a b c d e", "customProperties 'rule.1'", "at most 4 words" },
    { "value: recognition-centre", "value: centre", "customProperties 'grants.role'", "is not a role" },
    { "  - {property: grants.role, value: recognition-centre}\n", "", "customProperties", "'grants.role' is missing" },
    { "  - {property: grants.bin, value: centre_bin}\n", "", "customProperties 'grants.role'", "needs grants.bin" },
    { "property: grants.from, value: issued_on", "property: grants.from, value: serial", "customProperties 'grants.from'", "has a type" },
    { "property: title.kk", "property: title.en", "customProperties 'title.en'", "is not known" },
    { "property: title.kk", "property: title.ru", "customProperties 'title.ru'", "twice" },
};

static void two_feeds_cannot_share_a_table(void **state)
{
    (void)state;
    char *second = changed(smallest, "name: tested-things", "name: a-second");
    file_write("a-second.odcs.yaml", second);
    file_write("tested-things.odcs.yaml", smallest);
    assert_int_equal(load(), RC_FATAL);
    assert_non_null(strstr(err.text, "tested-things.odcs.yaml: schema.name 'small_thing' is taken by a-second.odcs.yaml"));
    assert_null(feeds);
    free(second);
}

static void a_folder_that_is_not_there_or_empty_stops_the_start(void **state)
{
    (void)state;
    assert_int_equal(load(), RC_FATAL);
    assert_non_null(strstr(err.text, "no *.odcs.yaml in it"));
    assert_int_equal(contracts_load("/nowhere/at/all", convert_of, rule_of, &feeds, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "/nowhere/at/all"));
    assert_null(feeds);
}

static void each_fault_stops_the_load_and_says_where_and_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char *text = changed(base, faults[i].what, faults[i].into);
        file_write("tested-things.odcs.yaml", text);
        free(text);
        if (load() != RC_FATAL || feeds)
            fail_msg("'%s' for '%s' was not refused", faults[i].into, faults[i].what);
        const char *place = faults[i].place ? faults[i].place : "line";
        if (!strstr(err.text, "tested-things.odcs.yaml: ") || !strstr(err.text, place) || !strstr(err.text, faults[i].said))
            fail_msg("'%s' for '%s': %s", faults[i].into, faults[i].what, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_feeds_cannot_share_a_table),
        TEST(a_folder_that_is_not_there_or_empty_stops_the_start),
        TEST(each_fault_stops_the_load_and_says_where_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
