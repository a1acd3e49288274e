#include "tests/unit/contract_fixture.h"

static void a_contract_becomes_a_feed(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_string_equal(f->code, "tested-things");
    assert_string_equal(f->version, "1.2.0");
    assert_string_equal(f->title, "Tested things");
    assert_string_equal(f->title_kk, "Заттар");
    assert_string_equal(f->title_ru, "Вещи");
    assert_string_equal(f->purpose, "What it is for.");
    assert_string_equal(f->limitations, "A full list.");
    assert_string_equal(f->record, "tested_thing");
    assert_int_equal(f->period, PERIOD_HALF_YEAR);
    assert_int_equal(f->kinds, KIND_LIST | KIND_NIL);
    assert_int_equal(f->on_refused, REFUSED_ALL_OR_NOTHING);
    assert_int_equal(f->owner, OWNER_ROLE);
    assert_ptr_equal(f->owner_field, field_of(f, "issuer"));
    assert_ptr_equal(f->person_field, field_of(f, "person"));
    assert_false(f->public_);
    assert_true(f->personal);
}

static void roles_and_readers_are_taken_together(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_int_equal(f->n_writers, 2);
    assert_string_equal(f->writers[0], "national-chamber");
    assert_string_equal(f->writers[1], "accreditation-body");
    assert_int_equal(f->n_readers, 2);
    assert_string_equal(f->readers[0], "administrator");
    assert_string_equal(f->readers[1], "national-body");
}

static void keys_stand_in_key_order(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_int_equal(f->n_key, 2);
    assert_string_equal(f->key[0]->name, "serial");
    assert_string_equal(f->key[1]->name, "issuer");
    assert_int_equal(f->key[1]->key_position, 2);
    assert_int_equal(field_of(f, "places")->key_position, 0);
}

static void fields_stand_in_contract_order(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_int_equal(f->n_fields, 12);
    for (unsigned i = 0; i < f->n_fields; i++)
        assert_int_equal(f->fields[i].index, i);
    assert_string_equal(f->fields[2].name, "centre_bin");
    assert_int_equal(f->fields[8].fields[0].fields[1].index, 1);
}

static void each_logical_type_has_its_type_and_column(void **state)
{
    (void)state;
    static const struct { const char *name; Type type; const char *column; } rows[] = {
        { "issuer", TYPE_TEXT, "text" },      { "issued_on", TYPE_DATE, "date" },    { "places", TYPE_INTEGER, "smallint" },
        { "score", TYPE_DECIMAL, "numeric" }, { "final", TYPE_BOOLEAN, "boolean" },  { "history", TYPE_ARRAY, "jsonb" },
        { "tags", TYPE_ARRAY, "text[]" },     { "person", TYPE_OBJECT, "jsonb" },
    };
    const Feed *f = feed_of(base);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(field_of(f, rows[i].name)->type, rows[i].type);
        assert_string_equal(field_of(f, rows[i].name)->column_type, rows[i].column);
    }
}

static void a_field_has_its_texts_and_codes(void **state)
{
    (void)state;
    const Field *f = field_of(feed_of(base), "issuer");
    assert_string_equal(f->description, "The issuer.");
    assert_string_equal(f->label_kk, "Беруші");
    assert_string_equal(f->label_ru, "Кто выдал");
    assert_true(f->required);
    assert_int_equal(f->n_codes, 3);
    assert_string_equal(f->codes[0].value, "chamber");
    assert_string_equal(f->codes[0].label_kk, "Палата kk");
    assert_string_equal(f->codes[0].label_ru, "Палата ru");
    assert_string_equal(f->codes[1].label_kk, "Орган");
    assert_string_equal(f->codes[1].label_ru, "Орган");
    assert_string_equal(f->codes[2].value, "007");
    assert_null(f->codes[2].label_kk);
}

static void lengths_and_bounds_are_taken(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_int_equal(field_of(f, "serial")->min_length, 1);
    assert_int_equal(field_of(f, "serial")->max_length, 40);
    const Field *score = field_of(f, "score");
    assert_true(score->has_minimum && score->has_maximum);
    assert_true(score->minimum == 0.5 && score->maximum == 1.5);
    assert_false(field_of(f, "issuer")->has_minimum);
}

static void whole_numbers_keep_within_their_column(void **state)
{
    (void)state;
    const Field *places = field_of(feed_of(base), "places");
    assert_true(places->has_minimum && places->minimum == 1);
    assert_true(places->has_maximum && places->maximum == 32767);
    contracts_free(&feeds);
    char *text = changed(base, "physicalType: smallint", "physicalType: bigint");
    places = field_of(feed_of(text), "places");
    assert_false(places->has_maximum);
    free(text);
    contracts_free(&feeds);
    text = changed(base, "{minimum: 1}", "{minimum: -99999, maximum: 12}");
    places = field_of(feed_of(text), "places");
    assert_true(places->minimum == -32768 && places->maximum == 12);
    free(text);
}

static void a_pattern_is_anchored_around_its_alternatives(void **state)
{
    (void)state;
    const Field *f = field_of(feed_of(base), "serial");
    assert_string_equal(f->pattern, "KZ|[0-9]{3}");
    assert_int_equal(regexec(f->regex, "KZ", 0, NULL, 0), 0);
    assert_int_equal(regexec(f->regex, "123", 0, NULL, 0), 0);
    assert_int_equal(regexec(f->regex, "KZx", 0, NULL, 0), REG_NOMATCH);
    assert_int_equal(regexec(f->regex, "x123", 0, NULL, 0), REG_NOMATCH);
    assert_null(field_of(feeds->at, "issuer")->regex);
}

static void conversions_are_bound_at_every_depth(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_ptr_equal(field_of(f, "centre_bin")->convert, bin_value);
    assert_string_equal(field_of(f, "centre_bin")->check, "bin");
    assert_ptr_equal(field_of(f, "issued_on")->convert, plain_value);
    assert_null(field_of(f, "issued_on")->check);
    assert_ptr_equal(field_of(f, "tags")->fields[0].convert, plain_value);
    assert_ptr_equal(field_of(f, "history")->fields[0].fields[0].convert, plain_value);
    assert_null(field_of(f, "history")->convert);
}

static void arrays_and_objects_hold_their_members(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    const Field *item = field_of(f, "history")->fields;
    assert_int_equal(field_of(f, "history")->n_fields, 1);
    assert_string_equal(item->name, "item");
    assert_int_equal(item->type, TYPE_OBJECT);
    assert_int_equal(item->n_fields, 2);
    assert_string_equal(item->fields[0].name, "state");
    assert_true(item->fields[0].required);
    assert_int_equal(field_of(f, "tags")->fields[0].type, TYPE_TEXT);
}

static void a_member_may_be_named_as_a_column_of_ours(void **state)
{
    (void)state;
    char *text = changed(base, "{name: since, logicalType: date}", "{name: number, logicalType: date}");
    assert_string_equal(field_of(feed_of(text), "history")->fields[0].fields[1].name, "number");
    free(text);
}

static void what_holds_something_personal_is_personal(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    const Field *person = field_of(f, "person"), *signer = field_of(f, "signer");
    assert_true(person->personal && person->fields[0].personal);
    assert_false(person->fields[1].personal);
    assert_true(signer->personal && signer->fields[0].personal);
    assert_false(field_of(f, "history")->personal);
}

static void a_personal_member_deep_inside_makes_the_column_and_feed_personal(void **state)
{
    (void)state;
    char *none = changed(base, "{name: iin, logicalType: string, classification: personal}", "{name: iin, logicalType: string}");
    char *no_signer = changed(none, "        classification: personal\n", "        classification: public\n");
    char *no_person = changed(no_signer, "  - {property: person, value: person}\n", "");
    assert_false(feed_of(no_person)->personal);
    contracts_free(&feeds);
    char *deep = changed(no_person, "{name: since, logicalType: date}", "{name: since, logicalType: date, classification: personal}");
    const Feed *f = feed_of(deep);
    assert_true(f->personal);
    assert_true(field_of(f, "history")->personal);
    assert_false(field_of(f, "person")->personal);
    free(none), free(no_signer), free(no_person), free(deep);
}

static void rules_stand_by_number_with_their_fields(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_int_equal(f->n_rules, 2);
    assert_string_equal(f->rules[0].name, "not-before");
    assert_int_equal(f->rules[0].n, 2);
    assert_string_equal(f->rules[0].word[0], "valid_to");
    assert_ptr_equal(f->rules[0].field[0], field_of(f, "valid_to"));
    assert_ptr_equal(f->rules[0].field[1], field_of(f, "issued_on"));
    assert_string_equal(f->rules[1].word[1], "2026-01-01");
    assert_null(f->rules[1].field[1]);
}

static void grants_are_taken(void **state)
{
    (void)state;
    const Feed *f = feed_of(base);
    assert_string_equal(f->grants.role, "recognition-centre");
    assert_ptr_equal(f->grants.bin, field_of(f, "centre_bin"));
    assert_ptr_equal(f->grants.from, field_of(f, "issued_on"));
    assert_ptr_equal(f->grants.to, field_of(f, "valid_to"));
    assert_int_equal(f->grants.n_end_states, 2);
    assert_string_equal(f->grants.end_states[1], "ended");
}

static void what_is_not_said_has_a_careful_default(void **state)
{
    (void)state;
    const Feed *f = feed_of(smallest);
    assert_string_equal(f->title, "tested-things");
    assert_null(f->purpose);
    assert_int_equal(f->period, PERIOD_DAY);
    assert_int_equal(f->on_refused, REFUSED_KEEP_GOOD);
    assert_int_equal(f->owner, OWNER_FIRST);
    assert_false(f->public_);
    assert_false(f->personal);
    assert_int_equal(f->n_writers + f->n_readers + f->n_rules, 0);
    assert_null(f->grants.role);
    assert_string_equal(f->fields[1].column_type, "bigint");
}

static void owner_by_bin_and_public_are_read(void **state)
{
    (void)state;
    char *text = changed(smallest, "value: facts}", "value: facts}, {property: owner, value: code = party.bin}, {property: public, value: true}");
    const Feed *f = feed_of(text);
    assert_int_equal(f->owner, OWNER_BIN);
    assert_true(f->public_);
    free(text);
}

static void a_folder_is_loaded_in_order_of_name(void **state)
{
    (void)state;
    char *second = changed(smallest, "name: tested-things", "name: a-second"), *own_table = changed(second, "small_thing", "second_thing");
    file_write("a-second.odcs.yaml", own_table);
    file_write("notes.yaml", "not: ours");
    file_write(".hidden.odcs.yaml", "not: ours");
    file_write("tested-things.odcs.yaml", smallest);
    assert_int_equal(load(), RC_OK);
    assert_int_equal(feeds->n, 2);
    assert_string_equal(feeds->at[0].code, "a-second");
    assert_ptr_equal(feeds_find(feeds, "tested-things"), &feeds->at[1]);
    free(second), free(own_table);
}

static void a_free_of_nothing_is_fine(void **state)
{
    (void)state;
    Feeds *none = NULL;
    contracts_free(&none);
    assert_null(none);
}

static void patterns_that_mean_the_same_everywhere_are_taken(void **state)
{
    (void)state;
    static const struct { const char *pattern, *yes, *no; } rows[] = {
        { "[^0-9]+", "abc", "a1" },      { "[.]", ".", "x" },          { "a\\.b", "a.b", "axb" },   { "[$^]", "$", "a" },
        { "[A-Z]{2}-[0-9]{1,3}", "KZ-12", "KZ-1234" },                 { "(ab)?c|d", "abc", "cd" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = changed(base, "KZ|[0-9]{3}", rows[i].pattern);
        const Field *f = field_of(feed_of(text), "serial");
        assert_int_equal(regexec(f->regex, rows[i].yes, 0, NULL, 0), 0);
        assert_int_equal(regexec(f->regex, rows[i].no, 0, NULL, 0), REG_NOMATCH);
        contracts_free(&feeds);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_contract_becomes_a_feed),
        TEST(roles_and_readers_are_taken_together),
        TEST(keys_stand_in_key_order),
        TEST(fields_stand_in_contract_order),
        TEST(each_logical_type_has_its_type_and_column),
        TEST(a_field_has_its_texts_and_codes),
        TEST(lengths_and_bounds_are_taken),
        TEST(whole_numbers_keep_within_their_column),
        TEST(a_pattern_is_anchored_around_its_alternatives),
        TEST(conversions_are_bound_at_every_depth),
        TEST(arrays_and_objects_hold_their_members),
        TEST(a_member_may_be_named_as_a_column_of_ours),
        TEST(what_holds_something_personal_is_personal),
        TEST(a_personal_member_deep_inside_makes_the_column_and_feed_personal),
        TEST(rules_stand_by_number_with_their_fields),
        TEST(grants_are_taken),
        TEST(what_is_not_said_has_a_careful_default),
        TEST(owner_by_bin_and_public_are_read),
        TEST(a_folder_is_loaded_in_order_of_name),
        TEST(a_free_of_nothing_is_fine),
        TEST(patterns_that_mean_the_same_everywhere_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
