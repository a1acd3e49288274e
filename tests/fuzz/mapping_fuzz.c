/* A mapping and, behind U+001C, a document of its format: what loads reads any document, and says the same however the document is cut. */
#include "schemas/check.h"
#include "schemas/contract.h"
#include "schemas/reader.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/fuzz/fuzz_guard.h"
#include "transforms/convert.h"
#include "transforms/mapping.h"
#include "transforms/rules.h"

enum { BETWEEN = 0x1C };

typedef struct { Findings head; const Mapping *m; Arena *a; Buffer *seen; } Mapped;

static bool rule_known(const char *name) { return rule_for(name) != NULL; }

static const Feeds *all_feeds(void)
{
    static Feeds *feeds;
    Error err = {0};
    if (!feeds && contracts_load("schemas/contracts", convert_for, rule_known, &feeds, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return feeds;
}

static void complaint(Findings *self, const Finding *f)
{
    Mapped *s = (Mapped *)self;
    HOLDS(f->code && f->place);
    buffer_print(s->seen, "  %s %s %s %s\n", f->code, f->place, f->source ? f->source : "-", f->arg[0] ? f->arg[0] : "-");
}

static Rc record(void *self, const Record *r, Error *err)
{
    Mapped *s = self;
    const Feed *feed = mapping_feed(s->m);
    HOLDS(!r->node == (r->bad != NULL));
    buffer_print(s->seen, "%u@%u %s\n", r->seq, r->line, r->bad ? r->bad : "");
    Value *values = arena_alloc(s->a, feed->n_fields * sizeof *values);
    Rc rc = check_record(feed, r, s->a, values, &s->head, err);
    HOLDS(rc == RC_OK || rc == RC_REJECT);
    for (size_t i = 0; rc == RC_OK && i < feed->n_fields; i++)
        buffer_print(s->seen, " %s", values[i].text ? values[i].text : "-");
    arena_reset(s->a);
    return RC_OK;
}

static Rc bytes_feed(void *self, const char *bytes, size_t n, Error *err) { return reader_feed(self, bytes, n, err); }

static void run_end(MappingRun **run) { mapping_free_run(run); }

static void document_run(const Mapping *m, Format format, Cut cut, const uint8_t *data, size_t size, Buffer *seen)
{
    Error err = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    Mapped s = { { complaint }, m, a, seen };
    SCOPED(reader_free) Reader *reader = NULL;
    SCOPED(run_end) MappingRun *run = mapping_begin(m, record, &s);
    HOLDS(reader_open(format, NULL, mapping_layout(m), mapping_record, run, &reader, &err) == RC_OK);
    Rc rc = fuzz_feed(cut, data, size, bytes_feed, reader, &err);
    if (!rc)
        rc = reader_end(reader, &err);
    if (!rc)
        rc = mapping_end(run, &err);
    fuzz_judged(rc, &err);
    buffer_text(seen, rc ? err.text : "good");
}

static void document_try(const Mapping *m, const uint8_t *data, size_t size)
{
    for (Format format = FORMAT_XML; format <= FORMAT_JSON_SEQ; format++) {
        SCOPED(buffer_free) Buffer whole = {0};
        if (!mapping_reads(m, format) || !guard_passes(format, false, data, size, true))
            continue;
        document_run(m, format, CUT_WHOLE, data, size, &whole);
        for (Cut cut = CUT_BYTES; cut < CUTS; cut++) {
            SCOPED(buffer_free) Buffer seen = {0};
            document_run(m, format, cut, data, size, &seen);
            fuzz_agree(&whole, &seen);
        }
    }
}

static void claim_try(const Mapping *m)
{
    Error err = {0};
    Claim said;
    fuzz_judged(mapping_claim(m, NULL, "list 10.2026-10.csv", 1, INT64_C(1798700000000000), &said, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    SCOPED(mapping_free) Mapping *m = NULL;
    const uint8_t *between = size ? memchr(data, BETWEEN, size) : NULL;
    size_t head = between ? (size_t)(between - data) : size;
    Rc rc = mapping_load(fuzz_file("fuzzed.yaml", data, head), all_feeds(), &m, &err);
    HOLDS(rc == RC_OK || (rc == RC_FATAL && err.text[0] && !m));
    if (rc)
        return 0;
    claim_try(m);
    if (between)
        document_try(m, between + 1, size - head - 1);
    return 0;
}
