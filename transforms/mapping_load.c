#include "transforms/mapping_inside.h"
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".yaml"

struct Mappings { Mapping **at; size_t n, size; };

Rc draft_fault(Draft *d, const char *place, const char *fmt, ...)
{
    char why[320];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    unsigned line = yaml_line(d->m->file, place);
    return error_set(d->err, RC_FATAL, "%s:%u: %s: %s", d->m->file, line, place, why);
}

static Origin origin_new(Mapping *m, const char *text)
{
    for (size_t i = 0; i < m->n_origins; i++)
        if (strcmp(m->origins[i], text) == 0)
            return (Origin)(i + 1);
    if (m->n_origins == m->size_origins) {
        m->size_origins = m->size_origins ? 2 * m->size_origins : 32;
        const char **more = arena_alloc(m->arena, m->size_origins * sizeof *more);
        for (size_t i = 0; i < m->n_origins; i++)
            more[i] = m->origins[i];
        m->origins = more;
    }
    m->origins[m->n_origins++] = text;
    return (Origin)m->n_origins;
}

/* "ProfessionList.Profession" of "{urn:example}ProfessionList/{urn:example}Profession". */
static const char *records_told(const Mapping *m)
{
    const char *s = m->layout.records;
    if (!s || m->format[0] != FORMAT_XML)
        return s;
    char *out = arena_alloc(m->arena, strlen(s) + 1), *to = out;
    for (; *s; s++) {
        if (*s == '{')
            s += strcspn(s, "}");
        else
            *to++ = *s == '/' ? '.' : *s;
    }
    return out;
}

static const char *path_told(const Mapping *m, const char *within, const Path *p)
{
    const char *records = records_told(m), *own = p->text + p->record;
    within = p->record ? NULL : within;
    own = p->number || strcmp(own, ".") == 0 ? "" : own;
    return arena_printf(m->arena, "%s%s%s%s%s", records ? records : "", records && (within || *own) ? "." : "", within ? within : "", within && *own ? "." : "", own);
}

static Rc table_path_judge(Draft *d, const Path *p, const char *place)
{
    if (p->number || (p->n == 1 && !p->step->all && p->step->name[0] != '@'))
        return RC_OK;
    return draft_fault(d, place, "'%s': in tables a path is the heading of a column; one with a dot in it stands in double quotes", p->text);
}

Rc draft_path(Draft *d, const char *text, const char *place, const char *within, Path *out)
{
    Error why;
    if (path_read(text, d->m->arena, out, &why))
        return draft_fault(d, place, "'%s': %s", text, why.text);
    if (tables_format(d->m->format[0]))
        return table_path_judge(d, out, place);
    out->origin = origin_new(d->m, path_told(d->m, within, out));
    return RC_OK;
}

Rc draft_conditions(Draft *d, const YamlCondition *y, size_t n, const char *place, const char *within, bool of_record, Conditions *out)
{
    out->at = arena_alloc(d->m->arena, n * sizeof *out->at);
    for (; out->n < n; out->n++, y++) {
        Condition *c = &out->at[out->n];
        const char *here = arena_printf(d->m->arena, "%s[%zu]", place, out->n + 1);
        if ((y->n_is != 0) + (y->n_is_not != 0) + (y->given != ANSWER_NONE) != 1)
            return draft_fault(d, here, "write one of is, is_not and given");
        if (draft_path(d, y->path, here, within, &c->path))
            return d->err->rc;
        if (c->path.many || c->path.number)
            return draft_fault(d, here, "'%s' does not lead to one value", y->path);
        c->path.record |= of_record;
        c->is = y->is;
        c->n_is = y->n_is;
        c->is_not = y->is_not;
        c->n_is_not = y->n_is_not;
        c->given = y->given;
    }
    return RC_OK;
}

static bool name_valid(const char *s)
{
    static const char may[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return *s && *s != '-' && strspn(s, may) == strlen(s) && strlen(s) < FEED_SIZE;
}

static void yaml_end(void *y) { yaml_free(&mapping_schema, y); }

static Rc draft(Draft *d, const char *path)
{
    Mapping *m = d->m;
    void *y = NULL;
    m->file = arena_text(m->arena, path, strlen(path));
    if (yaml_load(path, &mapping_schema, &y, d->err))
        return d->err->rc;
    arena_adopt(m->arena, yaml_end, y);
    m->y = y;
    if (!name_valid(m->y->name))
        return draft_fault(d, "name", "'%.80s': write [a-z0-9-], at most %d signs", m->y->name, FEED_SIZE - 1);
    return draft_head(d) || draft_tables(d) || draft_columns(d) ? d->err->rc : RC_OK;
}

Rc mapping_load_in(const char *path, const char *const *folders, size_t n, const Feeds *feeds, Mapping **out, Error *err)
{
    Arena *arena = arena_new();
    SCOPED(mapping_free) Mapping *m = arena_alloc(arena, sizeof *m);
    m->arena = arena;
    Draft d = { m, feeds, folders, n, err };
    if (draft(&d, path))
        return err->rc;
    *out = TAKE(m);
    return RC_OK;
}

Rc mapping_load(const char *path, const Feeds *feeds, Mapping **out, Error *err)
{
    char folder[4096];
    const char *slash = strrchr(path, '/'), *folders[] = { folder };
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    return mapping_load_in(path, folders, 1, feeds, out, err);
}

void mapping_free(Mapping **m)
{
    if (!*m)
        return;
    Arena *arena = (*m)->arena;
    *m = NULL;
    arena_free(&arena);
}

/* ---- folders ---- */

static Rc mappings_add(Mappings *all, Mapping *m, Error *err)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->at[i]->y->name, m->y->name) == 0) {
            error_set(err, RC_FATAL, "%s:%u: name: '%s' is taken by %s", m->file, yaml_line(m->file, "name"), m->y->name, all->at[i]->file);
            mapping_free(&m);
            return RC_FATAL;
        }
    if (all->n == all->size) {
        all->size = all->size ? 2 * all->size : 16;
        Mapping **more = realloc(all->at, all->size * sizeof *more);
        if (!more)
            abort();
        all->at = more;
    }
    all->at[all->n++] = m;
    return RC_OK;
}

static int is_mapping(const struct dirent *e)
{
    size_t len = strlen(e->d_name), suffix = strlen(SUFFIX);
    return e->d_name[0] != '.' && len > suffix && strcmp(e->d_name + len - suffix, SUFFIX) == 0;
}

typedef struct { const char *const *folders; size_t n; const Feeds *feeds; Mappings *all; } Loading;

static Rc file_add(const Loading *l, const char *folder, const char *file, Error *err)
{
    char path[4096];
    Mapping *m = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    Rc rc = mapping_load_in(path, l->folders, l->n, l->feeds, &m, err);
    return rc ? rc : mappings_add(l->all, m, err);
}

static Rc folder_add(const Loading *l, const char *folder, Error *err)
{
    struct dirent **entries = NULL;
    int n = folder ? scandir(folder, &entries, is_mapping, alphasort) : 0;
    if (n < 0)
        return errno == ENOENT ? RC_OK : error_set(err, RC_FATAL, "folder of mappings %s: %s", folder, strerror(errno));
    Rc rc = RC_OK;
    for (int i = 0; i < n; i++) {
        rc = rc ? rc : file_add(l, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static int by_name(const void *a, const void *b) { return strcmp((*(Mapping *const *)a)->y->name, (*(Mapping *const *)b)->y->name); }

Rc mappings_load(const char *const *folders, size_t n, const Feeds *feeds, Mappings **out, Error *err)
{
    SCOPED(mappings_free) Mappings *all = calloc(1, sizeof *all);
    if (!all)
        return error_set(err, RC_FATAL, "out of memory");
    Loading l = { folders, n, feeds, all };
    for (size_t i = 0; i < n; i++)
        if (folder_add(&l, folders[i], err))
            return err->rc;
    if (all->n)
        qsort(all->at, all->n, sizeof *all->at, by_name);
    *out = TAKE(all);
    return RC_OK;
}

void mappings_free(Mappings **m)
{
    if (!*m)
        return;
    for (size_t i = 0; i < (*m)->n; i++)
        mapping_free(&(*m)->at[i]);
    free((*m)->at);
    free(*m);
    *m = NULL;
}

size_t         mappings_n (const Mappings *m)           { return m->n; }
const Mapping *mappings_at(const Mappings *m, size_t i) { return m->at[i]; }

const char   *mapping_name  (const Mapping *m) { return m->y->name; }
const char   *mapping_title (const Mapping *m) { return m->y->title; }
const char   *mapping_file  (const Mapping *m) { return m->file; }
const Feed   *mapping_feed  (const Mapping *m) { return m->feed; }
Format        mapping_format(const Mapping *m) { return m->format[0]; }
const Layout *mapping_layout(const Mapping *m) { return &m->layout; }

bool mapping_reads(const Mapping *m, Format format)
{
    for (size_t i = 0; i < m->n_formats; i++)
        if (m->format[i] == format)
            return true;
    return false;
}
