/* A document that the guard lets pass through a reader and the record check of a feed, whole and in pieces: the same records, complaints and end. */
#pragma once
#include "schemas/check.h"
#include "schemas/contract.h"
#include "schemas/reader.h"
#include "tests/fuzz/fuzz_guard.h"
#include "transforms/convert.h"
#include "transforms/rules.h"

typedef struct { Findings head; const Feed *feed; Arena *a; Buffer *seen; } Reading;

static inline bool reading_rule_known(const char *name) { return rule_for(name) != NULL; }

static inline const Feeds *reading_feeds(void)
{
    static Feeds *feeds;
    Error err = {0};
    if (!feeds && contracts_load("schemas/contracts", convert_for, reading_rule_known, &feeds, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return feeds;
}

static inline void reading_complaint(Findings *self, const Finding *f)
{
    Reading *r = (Reading *)self;
    HOLDS(f->code && f->place);
    buffer_print(r->seen, "  %s %s", f->code, f->place);
    for (int i = 0; i < ERROR_ARGS && f->arg[i]; i++)
        buffer_print(r->seen, " %s", f->arg[i]);
    buffer_char(r->seen, '\n');
}

static inline void reading_values(Reading *r, const Value *values)
{
    for (size_t i = 0; i < r->feed->n_fields; i++) {
        const Value *v = &values[i];
        HOLDS(!v->text || v->len == strlen(v->text));
        buffer_print(r->seen, " %s=%s", r->feed->fields[i].name, v->text ? v->text : "-");
    }
    buffer_char(r->seen, '\n');
}

static inline void reading_rules(const Reading *r, const Value *values)
{
    Error err = {0};
    for (size_t i = 0; i < r->feed->n_rules; i++)
        fuzz_judged(rule_for(r->feed->rules[i].name)(&r->feed->rules[i], values, &err), &err);
}

static inline Rc reading_record(void *self, const Record *record, Error *err)
{
    Reading *r = self;
    HOLDS(!record->node == (record->bad != NULL));
    buffer_print(r->seen, "%u@%u %s %s\n", record->seq, record->line, record->ground ? record->ground : "-", record->bad ? record->bad : "");
    Value *values = arena_alloc(r->a, r->feed->n_fields * sizeof *values);
    Rc rc = check_record(r->feed, record, r->a, values, &r->head, err);
    HOLDS(rc == RC_OK || rc == RC_REJECT);
    if (rc == RC_OK && record->wish == RECORD_PUT)
        reading_rules(r, values);
    if (rc == RC_OK)
        reading_values(r, values);
    arena_reset(r->a);
    return RC_OK;
}

static inline Rc reading_bytes(void *self, const char *bytes, size_t n, Error *err) { return reader_feed(self, bytes, n, err); }

static inline void reading_run(Format format, const char *prologue, const Feed *feed, Cut cut, const uint8_t *data, size_t size, Buffer *seen)
{
    Error err = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    Reading r = { { reading_complaint }, feed, a, seen };
    SCOPED(reader_free) Reader *reader = NULL;
    HOLDS(reader_open(format, prologue, NULL, reading_record, &r, &reader, &err) == RC_OK);
    Rc rc = fuzz_feed(cut, data, size, reading_bytes, reader, &err);
    if (!rc)
        rc = reader_end(reader, &err);
    fuzz_judged(rc, &err);
    buffer_text(seen, rc ? err.text : "good");
}

/* The feed the document names; else the one with most kinds of fields. */
static inline const Feed *reading_feed(Format format, const char *prologue, const uint8_t *data, size_t size)
{
    Error err = {0};
    Claim said = {0};
    const Feed *f = NULL;
    if (!claim_read(format, prologue, (const char *)data, size, true, &said, NULL, &err))
        f = feeds_find(reading_feeds(), said.feed);
    return f ? f : feeds_find(reading_feeds(), "recognition-results");
}

/* What no guard is in front of. */
static inline void reading_unguarded(Format format, const char *prologue, const uint8_t *data, size_t size)
{
    SCOPED(buffer_free) Buffer whole = {0};
    const Feed *feed = reading_feed(format, prologue, data, size);
    reading_run(format, prologue, feed, CUT_WHOLE, data, size, &whole);
    for (Cut cut = CUT_BYTES; cut < CUTS; cut++) {
        SCOPED(buffer_free) Buffer seen = {0};
        reading_run(format, prologue, feed, cut, data, size, &seen);
        fuzz_agree(&whole, &seen);
    }
}

static inline void reading_all_cuts(Format format, const char *prologue, const uint8_t *data, size_t size)
{
    if (guard_passes(format, prologue != NULL, data, size, true))
        reading_unguarded(format, prologue, data, size);
}
