/* A contract that says everything a contract may say, and a folder to load changed copies of it from. */
#pragma once
#include "schemas/contract.h"
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const char base[] =
    "apiVersion: v3.2.0\n"
    "kind: DataContract\n"
    "id: nqs.tested-things\n"
    "name: tested-things\n"
    "version: 1.2.0\n"
    "status: active\n"
    "domain: national-qualification-system\n"
    "description: {purpose: What it is for., limitations: A full list., usage: none}\n"
    "schema:\n"
    "  - name: tested_thing\n"
    "    businessName: Tested things\n"
    "    logicalType: object\n"
    "    physicalName: tested_thing\n"
    "    physicalType: table\n"
    "    properties:\n"
    "      - name: issuer\n"
    "        businessName: Who issued it\n"
    "        description: The issuer.\n"
    "        logicalType: string\n"
    "        physicalType: text\n"
    "        required: true\n"
    "        primaryKey: true\n"
    "        primaryKeyPosition: 2\n"
    "        classification: public\n"
    "        examples: [one, 012]\n"
    "        enum:\n"
    "          - {value: chamber, label: Палата kk / Палата ru, description: x}\n"
    "          - {value: body, label: Орган}\n"
    "          - {value: 007}\n"
    "        customProperties: [{property: label.kk, value: Беруші}, {property: label.ru, value: Кто выдал}]\n"
    "      - name: serial\n"
    "        logicalType: string\n"
    "        physicalType: text\n"
    "        required: true\n"
    "        primaryKey: true\n"
    "        primaryKeyPosition: 1\n"
    "        unique: true\n"
    "        classification: public\n"
    "        logicalTypeOptions: {minLength: 1, maxLength: 40, pattern: 'KZ|[0-9]{3}'}\n"
    "      - {name: centre_bin, logicalType: string, physicalType: text, classification: public, customProperties: [{property: check, value: bin}]}\n"
    "      - {name: issued_on, logicalType: date, physicalType: date, classification: public}\n"
    "      - {name: valid_to, logicalType: date, physicalType: date, classification: public}\n"
    "      - {name: places, logicalType: integer, physicalType: smallint, classification: public, logicalTypeOptions: {minimum: 1}}\n"
    "      - {name: score, logicalType: number, physicalType: numeric, classification: public, logicalTypeOptions: {minimum: 0.5, maximum: 1.5}}\n"
    "      - {name: final, logicalType: boolean, physicalType: boolean, classification: public}\n"
    "      - name: history\n"
    "        logicalType: array\n"
    "        physicalType: jsonb\n"
    "        classification: public\n"
    "        items:\n"
    "          logicalType: object\n"
    "          properties:\n"
    "            - {name: state, logicalType: string, required: true}\n"
    "            - {name: since, logicalType: date}\n"
    "      - {name: tags, logicalType: array, physicalType: 'text[]', classification: public, items: {logicalType: string, physicalType: text}}\n"
    "      - name: person\n"
    "        logicalType: object\n"
    "        physicalType: jsonb\n"
    "        classification: public\n"
    "        properties:\n"
    "          - {name: iin, logicalType: string, classification: personal}\n"
    "          - {name: city, logicalType: string}\n"
    "      - name: signer\n"
    "        logicalType: object\n"
    "        physicalType: jsonb\n"
    "        classification: personal\n"
    "        properties: [{name: post, logicalType: string}]\n"
    "slaProperties:\n"
    "  - {property: frequency, value: 1, unit: month, driver: regulatory, description: d, element: e}\n"
    "roles:\n"
    "  - {role: national-chamber, access: write}\n"
    "  - {role: accreditation-body, access: write, description: both}\n"
    "  - {role: administrator, access: read}\n"
    "customProperties:\n"
    "  - {property: period, value: half-year}\n"
    "  - {property: kinds, value: list nil}\n"
    "  - {property: onRefused, value: all_or_nothing}\n"
    "  - {property: owner, value: issuer = party.role}\n"
    "  - {property: readers, value: national-body administrator}\n"
    "  - {property: public, value: false}\n"
    "  - {property: person, value: person}\n"
    "  - {property: title.kk, value: Заттар}\n"
    "  - {property: title.ru, value: Вещи, description: heading}\n"
    "  - {property: rule.2, value: not-before valid_to 2026-01-01}\n"
    "  - {property: rule.1, value: not-before valid_to issued_on}\n"
    "  - {property: grants.role, value: recognition-centre}\n"
    "  - {property: grants.bin, value: centre_bin}\n"
    "  - {property: grants.from, value: issued_on}\n"
    "  - {property: grants.to, value: valid_to}\n"
    "  - {property: grants.end_states, value: withdrawn ended}\n";

static const char smallest[] =
    "apiVersion: v3.2.0\nkind: DataContract\nid: x\nname: tested-things\nversion: '1'\nstatus: active\n"
    "schema: [{name: small_thing, logicalType: object, properties: [{name: code, logicalType: string, required: true, primaryKey: true,\n"
    "  primaryKeyPosition: 1, classification: public}, {name: n, logicalType: integer, classification: public}]}]\n"
    "customProperties: [{property: period, value: day}, {property: kinds, value: facts}]\n";

static inline Rc plain_value(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    (void)f, (void)a, (void)warning, (void)err;
    *out = in;
    *out_len = len;
    return RC_OK;
}

static inline Rc bin_value(const Field *f, const char *in, size_t len, Arena *a, const char **out, size_t *out_len, const char **warning, Error *err)
{
    return plain_value(f, in, len, a, out, out_len, warning, err);
}

static inline Convert *convert_of(Type type, const char *check)
{
    if (!check)
        return plain_value;
    return type == TYPE_TEXT && strcmp(check, "bin") == 0 ? bin_value : NULL;
}

static inline bool rule_of(const char *name) { return strcmp(name, "not-before") == 0; }

/* A folder of contracts of this test. */
static char   folder[64];
static Feeds *feeds;
static Error  err;

static inline void path_of(const char *file, char out[128]) { snprintf(out, 128, "%s/%s", folder, file); }

static inline void file_write(const char *file, const char *text)
{
    char path[128];
    path_of(file, path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* The base with one place changed, which must be there. */
static inline char *changed(const char *text, const char *what, const char *into)
{
    const char *at = strstr(text, what);
    if (!at)
        fail_msg("not in the text: %s", what);
    char *out = malloc(strlen(text) + strlen(into) + 1);
    sprintf(out, "%.*s%s%s", (int)(at - text), text, into, at + strlen(what));
    return out;
}

static inline Rc load(void)
{
    err = (Error){ 0 };
    return contracts_load(folder, convert_of, rule_of, &feeds, &err);
}

static inline const Feed *feed_of(const char *text)
{
    file_write("tested-things.odcs.yaml", text);
    Rc rc = load();
    assert_string_equal(err.text, "");
    assert_int_equal(rc, RC_OK);
    assert_int_equal(feeds->n, 1);
    return &feeds->at[0];
}

static inline const Field *field_of(const Feed *f, const char *name)
{
    const Field *field = field_find(f->fields, f->n_fields, name, strlen(name));
    assert_non_null(field);
    return field;
}

static inline int setup(void **state)
{
    (void)state;
    feeds = NULL;
    strcpy(folder, "/tmp/contract_test.XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

static inline int teardown(void **state)
{
    (void)state;
    static const char *const files[] = { "tested-things.odcs.yaml", "a-second.odcs.yaml", "notes.yaml", ".hidden.odcs.yaml" };
    contracts_free(&feeds);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        path_of(files[i], path);
        unlink(path);
    }
    return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
