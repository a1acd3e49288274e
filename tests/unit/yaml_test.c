#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/yaml.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct { char *name; int port; } Entry;
typedef struct { char *bin; int port; Entry *entries; unsigned entries_count; } Settings;

static const cyaml_schema_field_t entry_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, Entry, name, 0, CYAML_UNLIMITED),
    CYAML_FIELD_INT("port", CYAML_FLAG_OPTIONAL, Entry, port),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Entry, entry_fields) };
static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING_PTR("bin", CYAML_FLAG_POINTER, Settings, bin, 0, CYAML_UNLIMITED),
    CYAML_FIELD_INT("port", CYAML_FLAG_OPTIONAL, Settings, port),
    CYAML_FIELD_SEQUENCE("entries", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, Settings, entries, &entry, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, Settings, fields) };

static char path[] = "/tmp/yaml_test.XXXXXX";

static int file_make(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int file_remove(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *yaml)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(yaml, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void a_file_as_its_schema_says_is_loaded_and_types_come_from_the_schema(void **state)
{
    (void)state;
    write_file("# settings\nbin: 012345678901\nport: 8080\nentries:\n  - name: no\n  - { name: Қазақ, port: 7 }\n");
    void *out = NULL;
    Error err;
    assert_int_equal(yaml_load(path, &schema, &out, &err), RC_OK);
    Settings *s = out;
    assert_string_equal(s->bin, "012345678901");
    assert_int_equal(s->port, 8080);
    assert_int_equal(s->entries_count, 2);
    assert_string_equal(s->entries[0].name, "no");
    assert_string_equal(s->entries[1].name, "Қазақ");
    assert_int_equal(s->entries[1].port, 7);
    yaml_free(&schema, s);
    yaml_free(&schema, NULL);
}

static const struct { const char *yaml, *says[3]; } bad[] = {
    { "bin: x\nbogus: 1\n",                                       { "Unexpected key: bogus", "line: 1" } },
    { "bin: x\nentries:\n  - name: a\n  - colour: b\n",           { "Unexpected key: colour", "line: 4, column: 5", "'entries'" } },
    { "bin: x\nport: many\n",                                     { "'port'", "line: 2, column: 7", "Invalid INT" } },
    { "port: 1\n",                                                { "Missing required mapping field: bin", "line: 1" } },
    { "bin: x\nbin: y\n",                                         { "already seen: bin", "line: 1" } },
    { "bin: [x]\n",                                               { "'bin'", "line: 1", "Expecting STRING" } },
    { "bin: \"x\n",                                               { "libyaml", "line: " } },
    { "bin: x\n---\nbin: y\n",                                    { "documents after first" } },
    { "",                                                         { "empty" } },
    { "bin: x\nentries: 5\n",                                     { "'entries'", "line: 2" } },
};

static void what_the_schema_does_not_say_stops_the_load_with_file_key_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file(bad[i].yaml);
        char untouched;
        void *out = &untouched;
        Error err = {0};
        assert_int_equal(yaml_load(path, &schema, &out, &err), RC_FATAL);
        assert_ptr_equal(out, &untouched);
        assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
        for (size_t k = 0; k < 3 && bad[i].says[k]; k++)
            if (!strstr(err.text, bad[i].says[k]))
                fail_msg("'%s' does not say '%s'", err.text, bad[i].says[k]);
        assert_null(strchr(err.text, '\n'));
    }
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    void *out = NULL;
    Error err;
    assert_int_equal(yaml_load("/nowhere/x.yaml", &schema, &out, &err), RC_FATAL);
    assert_string_equal(err.text, "/nowhere/x.yaml: No such file or directory");
    assert_int_equal(yaml_load("/tmp", &schema, &out, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "/tmp: "));
}

static void *load_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < 200; i++) {
        void *out;
        Error err;
        if (yaml_load(path, &schema, &out, &err) != RC_FATAL || !strstr(err.text, ": Unexpected key: bogus, in mapping"))
            return strdup(err.text);
    }
    return NULL;
}

static void threads_do_not_mix_their_complaints(void **state)
{
    (void)state;
    write_file("bin: x\nbogus: 1\n");
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_often, NULL), 0);
    for (int i = 0; i < 4; i++) {
        void *mixed;
        assert_int_equal(pthread_join(threads[i], &mixed), 0);
        assert_null(mixed);
    }
}

static void the_line_of_a_place_is_found(void **state)
{
    (void)state;
    static const char text[] = "bin: x\nentries:\n  - name: a\n    port: 1\n  - {name: b,\n     port: 2}\n";
    static const struct { const char *place; unsigned line; } rows[] = {
        { "bin", 1 }, { "entries", 2 }, { "entries[1]", 3 }, { "entries[1].port", 4 }, { "entries[2].name", 5 }, { "entries[2].port", 6 },
        { "entries[2].colour", 5 }, { "entries[3].name", 2 }, { "bin.x", 1 }, { "nothing", 0 }, { "", 0 },
    };
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(yaml_line(path, rows[i].place), rows[i].line);
    assert_int_equal(yaml_line("/nowhere/at/all", "bin"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_as_its_schema_says_is_loaded_and_types_come_from_the_schema),
        cmocka_unit_test(what_the_schema_does_not_say_stops_the_load_with_file_key_and_line),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(the_line_of_a_place_is_found),
        cmocka_unit_test(threads_do_not_mix_their_complaints),
    };
    return cmocka_run_group_tests(tests, file_make, file_remove);
}
