/* Value tables: written in the mapping, or in a CSV file beside it that an installation fills. */
#include "gateway/base/text.h"
#include "gateway/base/text_case.h"
#include "transforms/mapping_inside.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LINE = 4096, PAIRS_MOST = 100000 };

static int by_from(const void *a, const void *b) { return strcmp(((const Pair *)a)->from, ((const Pair *)b)->from); }

static const char *key_of(const Table *t, const char *s, size_t len, Arena *a)
{
    size_t n = len;
    const char *plain = text_plain(s, len, a, &n);
    if (t->ignore_case)
        plain = text_case(plain, n, TEXT_LOWER, a, &n);
    return plain[n] ? arena_text(a, plain, n) : plain;
}

const char *table_find(const Table *t, const char *in, size_t len, Arena *a, size_t *out_len, const char **code)
{
    Pair asked = { key_of(t, in, len, a), NULL };
    const Pair *found = !t->n ? NULL : bsearch(&asked, t->at, t->n, sizeof *t->at, by_from);
    const char *to = found ? found->to : t->otherwise_value;
    *out_len = len;
    if (!to && t->otherwise == OTHERWISE_KEEP)
        return in;
    if (!to && t->otherwise == OTHERWISE_REFUSE)
        *code = "not_in_table";
    *out_len = to ? strlen(to) : 0;
    return to;
}

static bool pair_add(Table *t, const char *from, const char *to, Arena *a)
{
    if (t->n == PAIRS_MOST)
        return false;
    if (t->n == t->size) {
        t->size = t->size ? 2 * t->size : 16;
        Pair *more = arena_alloc(a, t->size * sizeof *more);
        if (t->n)
            memcpy(more, t->at, t->n * sizeof *more);
        t->at = more;
    }
    const char *key = key_of(t, from, strlen(from), a);
    t->at[t->n++] = (Pair){ arena_text(a, key, strlen(key)), to };
    return true;
}

static void file_close(FILE **f)
{
    if (*f)
        fclose(*f);
}

static FILE *file_open(Draft *d, const char *name, const char **path)
{
    FILE *f = NULL;
    for (size_t i = d->n_folders; i-- > 0 && !f;) {
        if (!d->folders[i])
            continue;
        *path = arena_printf(d->m->arena, "%s/%s", d->folders[i], name);
        f = fopen(*path, "r");
    }
    return f;
}

/* One cell, unquoted, into to; returns where the next begins, or NULL: the line is not so. */
static const char *cell_read(const char *s, char end, char *to)
{
    bool quoted = *s == '"';
    s += quoted;
    for (; *s && (quoted ? *s != '"' || s[1] == '"' : *s != ',' && *s != '"'); s++) {
        s += quoted && *s == '"';
        *to++ = *s;
    }
    *to = '\0';
    if (quoted && *s++ != '"')
        return NULL;
    return *s == end ? s + (end != '\0') : NULL;
}

/* "from,to" a line; what begins with # and empty lines are passed over, as is a heading that says just that. */
static Rc line_take(Draft *d, Table *t, char *line, const char *path, unsigned number)
{
    char from[FILE_LINE], to[FILE_LINE];
    line[strcspn(line, "\r\n")] = '\0';
    if (number == 1 && strncmp(line, "\xEF\xBB\xBF", 3) == 0)
        line += 3;
    if (!*line || *line == '#' || strcmp(line, "from,to") == 0)
        return RC_OK;
    const char *rest = cell_read(line, ',', from);
    if (!rest || !cell_read(rest, '\0', to) || !*from || !*to)
        return error_set(d->err, RC_FATAL, "%s:%u: table %s: write from,to, with quotes around what holds a comma", path, number, t->name);
    Utf8 u = {0};
    if (!utf8_feed(&u, line, strlen(line)) || !utf8_whole(&u))
        return error_set(d->err, RC_FATAL, "%s:%u: table %s: this is not UTF-8", path, number, t->name);
    if (!pair_add(t, from, arena_text(d->m->arena, to, strlen(to)), d->m->arena))
        return error_set(d->err, RC_FATAL, "%s:%u: table %s: more than %d values", path, number, t->name, PAIRS_MOST);
    return RC_OK;
}

static Rc file_take(Draft *d, Table *t, const char *name, const char *place)
{
    const char *path = NULL;
    char line[FILE_LINE];
    if (strchr(name, '/'))
        return draft_fault(d, place, "'%s': name a file beside the mapping, without folders", name);
    SCOPED(file_close) FILE *f = file_open(d, name, &path);
    if (!f)
        return draft_fault(d, place, "'%s': %s", name, strerror(errno));
    for (unsigned number = 1; fgets(line, sizeof line, f); number++) {
        if (strlen(line) == sizeof line - 1)
            return error_set(d->err, RC_FATAL, "%s:%u: table %s: a line of more than %d bytes", path, number, t->name, FILE_LINE - 2);
        if (line_take(d, t, line, path, number))
            return d->err->rc;
    }
    return ferror(f) ? draft_fault(d, place, "'%s': %s", name, strerror(errno)) : RC_OK;
}

static Rc twice_judge(Draft *d, Table *t, const char *place)
{
    if (t->n)
        qsort(t->at, t->n, sizeof *t->at, by_from);
    for (size_t i = 1; i < t->n; i++)
        if (strcmp(t->at[i - 1].from, t->at[i].from) == 0)
            return draft_fault(d, place, "table %s: '%s' stands there twice", t->name, t->at[i].from);
    return RC_OK;
}

static Rc table_take(Draft *d, const YamlTable *y, Table *t, const char *place)
{
    *t = (Table){ .name = y->name, .otherwise = y->otherwise, .otherwise_value = y->otherwise_value, .ignore_case = y->ignore_case == ANSWER_YES };
    if (y->otherwise_value && y->otherwise != OTHERWISE_REFUSE)
        return draft_fault(d, place, "table %s: otherwise and otherwise_value are two answers to one question", y->name);
    if (!y->n_values && !y->file)
        return draft_fault(d, place, "table %s: it has neither values nor a file", y->name);
    for (unsigned i = 0; i < y->n_values; i++)
        (void)pair_add(t, y->values[i].from, y->values[i].to, d->m->arena);
    if (y->file && file_take(d, t, y->file, arena_printf(d->m->arena, "%s.file", place)))
        return d->err->rc;
    return twice_judge(d, t, place);
}

Rc draft_tables(Draft *d)
{
    Mapping *m = d->m;
    m->table = arena_alloc(m->arena, m->y->n_tables * sizeof *m->table);
    for (; m->n_tables < m->y->n_tables; m->n_tables++) {
        const YamlTable *y = &m->y->tables[m->n_tables];
        const char *place = arena_printf(m->arena, "tables[%zu]", m->n_tables + 1);
        for (size_t i = 0; i < m->n_tables; i++)
            if (strcmp(m->table[i].name, y->name) == 0)
                return draft_fault(d, place, "table %s stands there twice", y->name);
        if (table_take(d, y, &m->table[m->n_tables], place))
            return d->err->rc;
    }
    return RC_OK;
}
