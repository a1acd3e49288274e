#include "transforms/mapping_inside.h"
#include <stdlib.h>
#include <string.h>

enum { GROUP_BYTES = 1024 * 1024, GROUP_RECORDS = 10000, FIRST_SIZE = 16 };

struct MappingRun {
    const Mapping *m;
    RecordSink    *sink;
    void          *self;
    Arena         *a;             /* of the record being made */
    uint32_t       seq;
    Trace          trace;

    /* Source records that go together, copied: the reader forgets them. */
    Arena         *held;
    Scope         *source;  size_t n_sources, size;
    const char   **key;
    Record         first;
    size_t         bytes;
    bool           too_large;
};

MappingRun *mapping_begin(const Mapping *m, RecordSink *sink, void *self)
{
    MappingRun *run = calloc(1, sizeof *run);
    if (!run)
        abort();
    *run = (MappingRun){ .m = m, .sink = sink, .self = self, .a = arena_new(), .held = m->n_group ? arena_new() : NULL };
    return run;
}

void mapping_trace(MappingRun *run, MappingTrace *tell, void *self) { run->trace = (Trace){ tell, self }; }

void mapping_free_run(MappingRun **run)
{
    if (!*run)
        return;
    arena_free(&(*run)->a);
    arena_free(&(*run)->held);
    free(*run);
    *run = NULL;
}

static Rc emit(MappingRun *run, const Record *source, Node *node, const char *bad, Error *err)
{
    Record r = { .seq = ++run->seq, .line = source->line, .sheet = source->sheet, .message = source->message, .node = node, .bad = bad, .origins = source->sheet ? NULL : run->m->origins };
    return run->sink(run->self, &r, err);
}

/* ---- one to one, one to many ---- */

typedef struct { MappingRun *run; const Record *source; const Block *block; Scope scope; Rc rc; Error *err; } Itemizing;

static bool item_visit(void *self, const Node *n)
{
    Itemizing *i = self;
    arena_reset(i->run->a);
    i->scope.item = n;
    if (!conditions_all(&i->block->when, &i->scope, i->run->a))
        return true;
    i->scope.number++;
    i->rc = emit(i->run, i->source, slots_fill(&i->block->slots, &i->scope, 1, i->run->a, &i->run->trace), NULL, i->err);
    return i->rc == RC_OK;
}

static Rc record_emit(MappingRun *run, const Record *source, Error *err)
{
    const Mapping *m = run->m;
    Itemizing i = { .run = run, .source = source, .scope = { .record = source->node, .item = source->node }, .err = err };
    for (size_t b = 0; b < m->n_blocks && !i.rc; b++) {
        i.block = &m->block[b];
        if (i.block->path)
            path_walk(i.block->path, source->node, item_visit, &i);
        else
            (void)item_visit(&i, source->node);
    }
    return i.rc;
}

/* ---- many to one ---- */

static Node *copied(MappingRun *run, const Node *n)
{
    Node *c = arena_alloc(run->held, sizeof *c);
    *c = (Node){ .kind = n->kind, .origin = n->origin, .name_len = n->name_len, .len = n->len };
    run->bytes += sizeof *c + n->name_len + n->len;
    c->name = n->name ? arena_text(run->held, n->name, n->name_len) : NULL;
    c->text = n->text ? arena_text(run->held, n->text, n->len) : NULL;
    for (const Node *child = n->first; child; child = child->next) {
        Node *more = copied(run, child);
        *(c->last ? &c->last->next : &c->first) = more;
        c->last = more;
        c->n++;
    }
    return c;
}

static void group_add(MappingRun *run, const Record *source)
{
    if (run->too_large || run->bytes > GROUP_BYTES || run->n_sources == GROUP_RECORDS) {
        run->too_large = true;
        return;
    }
    if (run->n_sources == run->size) {
        run->size = run->size ? 2 * run->size : FIRST_SIZE;
        Scope *more = arena_alloc(run->held, run->size * sizeof *more);
        if (run->n_sources)
            memcpy(more, run->source, run->n_sources * sizeof *more);
        run->source = more;
    }
    Node *node = copied(run, source->node);
    run->source[run->n_sources++] = (Scope){ node, node, 0, source->line - run->first.line };
    run->source[run->n_sources - 1].number = (uint32_t)run->n_sources;
}

static void group_begin(MappingRun *run, const Record *source, const char *const *key)
{
    const Mapping *m = run->m;
    run->first = (Record){ .line = source->line, .sheet = source->sheet ? arena_text(run->held, source->sheet, strlen(source->sheet)) : NULL,
                              .message = source->message ? arena_text(run->held, source->message, strlen(source->message)) : NULL };
    run->key = arena_alloc(run->held, m->n_group * sizeof *run->key);
    for (size_t i = 0; i < m->n_group; i++)
        run->key[i] = arena_text(run->held, key[i], strlen(key[i]));
}

static Rc group_emit(MappingRun *run, Error *err)
{
    static const char too_large[] = "over 1 MB, or 10000 records of the source, that go together";
    if (!run->key)
        return RC_OK;
    Node *node = run->too_large ? NULL : slots_fill(&run->m->block[0].slots, run->source, run->n_sources, run->a, &run->trace);
    Rc rc = emit(run, &run->first, node, run->too_large ? too_large : NULL, err);
    arena_reset(run->held);
    run->source = NULL;
    run->key = NULL;
    run->n_sources = run->size = run->bytes = 0;
    run->too_large = false;
    return rc;
}

/* A record without any of the keys goes on with the one before: cells that were merged, or left empty because they would repeat. */
static bool goes_on(const MappingRun *run, const char *const *key)
{
    bool all = true, none = true;
    for (size_t i = 0; i < run->m->n_group && run->key; i++) {
        all &= strcmp(run->key[i], key[i]) == 0;
        none &= !*key[i];
    }
    return run->key && (all || none);
}

static Rc group_record(MappingRun *run, const Record *source, const Scope *scope, Error *err)
{
    const Mapping *m = run->m;
    size_t len;
    const char **key = arena_alloc(run->a, m->n_group * sizeof *key);
    for (size_t i = 0; i < m->n_group; i++) {
        const char *text = path_text(&m->group[i], scope, run->a, &len);
        key[i] = arena_text(run->a, text, len);
    }
    if (!goes_on(run, key)) {
        if (group_emit(run, err))
            return err->rc;
        group_begin(run, source, key);
    }
    group_add(run, source);
    return RC_OK;
}

Rc mapping_record(void *self, const Record *source, Error *err)
{
    MappingRun *run = self;
    arena_reset(run->a);
    if (!source->node) {
        Rc rc = group_emit(run, err);
        return rc ? rc : emit(run, source, NULL, source->bad, err);
    }
    Scope scope = { .record = source->node, .item = source->node };
    if (run->m->skip.n && conditions_any(&run->m->skip, &scope, run->a))
        return RC_OK;
    return run->m->n_group ? group_record(run, source, &scope, err) : record_emit(run, source, err);
}

Rc mapping_end(MappingRun *run, Error *err)
{
    arena_reset(run->a);
    return group_emit(run, err);
}
