/* A mapping that says most of what a mapping may say, and documents sent through it. */
#pragma once
#include "tests/unit/contract_fixture.h"
#include "gateway/base/buffer.h"
#include "schemas/reader.h"
#include "transforms/mapping.h"
#include <sys/stat.h>

static const char theirs[] =
    "name: things-theirs\n"
    "title: Things as they write them\n"
    "version: 1.0.0\n"
    "feed: tested-things\n"
    "format: json json-seq\n"
    "bind: {party: ['391240001016'], role: national-chamber, file: 'things*.json'}\n"
    "kind: list\n"
    "period: {from: received, take: current}\n"
    "layout: {records: 'data.items[]'}\n"
    "skip:\n"
    "  - {path: total, is: ['yes']}\n"
    "tables:\n"
    "  - {name: issuers, values: [{from: Палата, to: chamber}, {from: Орган, to: body}], ignore_case: true}\n"
    "columns:\n"
    "  - {to: issuer, from: who, as: [table issuers]}\n"
    "  - {to: serial, from: no}\n"
    "  - {to: score, from: marks.sum, when: [{path: marks.final, is: ['true']}]}\n"
    "  - {to: tags, from: 'tags[]', as: [lower]}\n"
    "  - to: history\n"
    "    each: 'states[]'\n"
    "    columns:\n"
    "      - {to: state, from: name}\n"
    "      - {to: since, from: day, as: [date d/m/yyyy]}\n"
    "  - {to: person.iin, from: owner.iin}\n"
    "  - {to: person.city, first: [owner.city, city]}\n";

static Mapping *mapping;

static int things_begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/nqs-mapping-XXXXXX");
    assert_non_null(mkdtemp(folder));
    file_write("tested-things.odcs.yaml", base);
    assert_int_equal(load(), RC_OK);
    return 0;
}

static int things_end(void **state)
{
    (void)state;
    char command[96];
    mapping_free(&mapping);
    contracts_free(&feeds);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static inline Rc mapping_of(const char *text)
{
    char path[128];
    path_of("things.yaml", path);
    file_write("things.yaml", text);
    mapping_free(&mapping);
    err = (Error){ 0 };
    return mapping_load(path, feeds, &mapping, &err);
}

/* Head of a mapping of trees or of tables, to which a test adds what it is about. */
#define HEAD(format, rest) "name: t\ntitle: T\nversion: '1'\nfeed: tested-things\nformat: " format "\n" rest
#define OF_JSON            HEAD("json", "layout: {records: '[]'}\n")
#define KEYS               "  - {to: issuer, value: body}\n  - {to: serial, from: no}\n"

static inline void must_load(const char *text)
{
    if (mapping_of(text))
        fail_msg("%s", err.text);
}

/* A line a record: "1@3 (issuer'chamber'^who …)", ^ and what origin_text says; then how it ended. */
static inline void mapped_write(Buffer *b, const Record *r, const Node *n, Arena *a)
{
    static const char *const kinds[] = { "e", "s", "n", "b", "z", "o", "a", "!" };
    if (n->name)
        buffer_add(b, n->name, n->name_len);
    buffer_text(b, kinds[n->kind]);
    if (n->text)
        buffer_print(b, "'%.*s'", (int)n->len, n->text);
    const char *origin = n->origin ? origin_text(r, n->origin, a) : NULL;
    if (origin)
        buffer_print(b, "^%s", origin);
    for (const Node *c = n->first; c; c = c->next) {
        buffer_text(b, c == n->first ? "(" : " ");
        mapped_write(b, r, c, a);
        assert_true(c->next || c == n->last);
    }
    buffer_text(b, n->first ? ")" : "");
}

static inline Rc mapped_note(void *self, const Record *r, Error *e)
{
    (void)e;
    Buffer *b = self;
    Arena *a = arena_new();
    buffer_print(b, "%u@%u ", r->seq, r->line);
    if (r->node)
        mapped_write(b, r, r->node, a);
    else
        buffer_print(b, "bad: %s", r->bad);
    buffer_char(b, '\n');
    arena_free(&a);
    return RC_OK;
}

static inline void assert_maps(Format format, const char *prologue, const char *document, const char *seen)
{
    Buffer b = {0};
    Reader *r = NULL;
    Error e = {0};
    MappingRun *run = mapping_begin(mapping, mapped_note, &b);
    Rc rc = reader_open(format, prologue, mapping_layout(mapping), mapping_record, run, &r, &e);
    if (!rc)
        rc = reader_feed(r, document, strlen(document), &e);
    if (!rc)
        rc = reader_end(r, &e);
    if (!rc)
        rc = mapping_end(run, &e);
    if (rc)
        buffer_print(&b, "%s\n", e.text);
    assert_string_equal(buffer_string(&b), seen);
    reader_free(&r);
    mapping_free_run(&run);
    buffer_free(&b);
}

/* A row of a table, "Код=1|Имя=A": its cells in columns A, B …; "" is an empty cell. */
static inline Rc row_send(MappingRun *run, const char *row, unsigned line, Error *e)
{
    Arena *a = arena_new();
    Record r = { .line = line, .sheet = "S", .node = arena_alloc(a, sizeof(Node)) };
    r.node->kind = NODE_OBJECT;
    unsigned column = 0;
    for (const char *at = row; *at; at += *at == '|') {
        size_t name = strcspn(at, "="), value = strcspn(at + name + 1, "|");
        Node *n = arena_alloc(a, sizeof *n);
        *n = (Node){ .kind = value ? NODE_STRING : NODE_NULL, .name = arena_text(a, at, name), .name_len = (unsigned)name, .origin = origin_cell(++column, 0) };
        n->text = value ? arena_text(a, at + name + 1, value) : NULL;
        n->len = value;
        *(r.node->last ? &r.node->last->next : &r.node->first) = n;
        r.node->last = n;
        r.node->n++;
        at += name + 1 + value;
    }
    Rc rc = mapping_record(run, &r, e);
    arena_free(&a);
    return rc;
}

static inline void assert_rows_map(const char *const *rows, size_t n, const char *seen)
{
    Buffer b = {0};
    Error e = {0};
    MappingRun *run = mapping_begin(mapping, mapped_note, &b);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(row_send(run, rows[i], (unsigned)i + 2, &e), RC_OK);
    assert_int_equal(mapping_end(run, &e), RC_OK);
    assert_string_equal(buffer_string(&b), seen);
    mapping_free_run(&run);
    buffer_free(&b);
}
