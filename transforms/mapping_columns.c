/* From the columns of a file to what is put into which field. */
#include "transforms/mapping_inside.h"
#include <string.h>

enum { NESTED_MOST = 4 };

/* Columns of one level. The records (or items) they make are described by fields; common columns are told from the source record. */
typedef struct {
    Draft       *d;
    const Field *fields;  size_t n_fields;
    const char  *within;          /* what paths of this level are told below; NULL: the source record */
    bool         of_record;
    unsigned     depth;
} Level;

static Rc slots_add(const Level *l, const YamlColumn *y, size_t n, const char *place, Slots *out);

static const char *child_place(const Level *l, const char *place, const char *key)
{
    return arena_printf(l->d->m->arena, "%s.%s", place, key);
}

static const char *item_place(const Level *l, const char *place, size_t i)
{
    return arena_printf(l->d->m->arena, "%s[%zu]", place, i + 1);
}

/* ---- where a value comes from ---- */

static Rc path_take(const Level *l, const char *text, const char *place, bool may_be_many, Path *out)
{
    if (draft_path(l->d, text, place, l->within, out))
        return l->d->err->rc;
    if (out->many && !may_be_many)
        return draft_fault(l->d, place, "'%s' leads to many values, and the column takes one; join them, or say which", text);
    out->record |= l->of_record;
    return RC_OK;
}

static Rc paths_take(const Level *l, char **texts, size_t n, const char *place, bool may_be_many, Slot *s)
{
    s->path = arena_alloc(l->d->m->arena, n * sizeof *s->path);
    for (; s->n_paths < n; s->n_paths++)
        if (path_take(l, texts[s->n_paths], n > 1 ? item_place(l, place, s->n_paths) : place, may_be_many, &s->path[s->n_paths]))
            return l->d->err->rc;
    return RC_OK;
}

static Rc source_take(const Level *l, YamlColumn *y, const char *place, Slot *s)
{
    bool many = s->shape == SLOT_VALUES;
    int n = (y->from != NULL) + (y->first != NULL) + (y->join != NULL) + (y->value != NULL);
    if (n != 1)
        return draft_fault(l->d, place, "%s: write one of from, first, join and value", y->to);
    s->constant = y->value;
    if (y->value)
        return RC_OK;
    if (y->join) {
        s->joint = y->join->with;
        return paths_take(l, y->join->of, y->join->n_of, child_place(l, place, "join.of"), true, s);
    }
    if (y->first)
        return paths_take(l, y->first, y->n_first, child_place(l, place, "first"), many, s);
    return paths_take(l, &y->from, 1, child_place(l, place, "from"), many, s);
}

static Rc steps_take(const Level *l, const YamlColumn *y, const char *place, Slot *s)
{
    Mapping *m = l->d->m;
    Error why;
    s->as = arena_alloc(m->arena, y->n_as * sizeof *s->as);
    for (; s->n_as < y->n_as; s->n_as++)
        if (conversion_read(y->as[s->n_as], m->table, m->n_tables, m->arena, &s->as[s->n_as], &why))
            return draft_fault(l->d, item_place(l, child_place(l, place, "as"), s->n_as), "%s: %s", y->to, why.text);
    return RC_OK;
}

static Rc value_take(const Level *l, YamlColumn *y, const char *place, Slot *s)
{
    if (y->columns || y->each)
        return draft_fault(l->d, place, "%s holds no members: columns and each do not belong here", y->to);
    if (y->split && s->shape != SLOT_VALUES)
        return draft_fault(l->d, child_place(l, place, "split"), "%s takes one value; to take a part of a text, write as: [\"part 1 /\"]", y->to);
    if (y->fallback && (s->shape == SLOT_VALUES || y->value))
        return draft_fault(l->d, child_place(l, place, "default"), "%s: a default stands for one value that may be missing", y->to);
    if (y->join && s->shape == SLOT_VALUES)
        return draft_fault(l->d, child_place(l, place, "join"), "%s takes many values: name them by from or first", y->to);
    s->separator = y->split;
    s->fallback = y->fallback;
    if (source_take(l, y, place, s) || steps_take(l, y, place, s))
        return l->d->err->rc;
    return s->constant && s->n_as ? draft_fault(l->d, child_place(l, place, "as"), "%s: write the value as it is to be", y->to) : RC_OK;
}

/* ---- arrays of objects ---- */

static Rc required_judge(Draft *d, const Field *fields, size_t n, const Slots *slots, const char *place)
{
    for (size_t i = 0; i < n; i++) {
        bool filled = !fields[i].required;
        for (size_t s = 0; s < slots->n && !filled; s++)
            filled = slots->at[s].field == &fields[i];
        if (!filled)
            return draft_fault(d, place, "column %s is required, and nothing fills it", fields[i].name);
    }
    return RC_OK;
}

static const char *told_below(const Level *l, const Path *each)
{
    bool whole = !l->within || each->record || l->of_record;
    const char *own = each->text + each->record;
    return whole ? own : arena_printf(l->d->m->arena, "%s.%s", l->within, own);
}

static Rc items_take(const Level *l, const YamlColumn *y, const char *place, Slot *s)
{
    Draft *d = l->d;
    const Field *item = &s->field->fields[0];
    if (!y->columns || y->from || y->first || y->join || y->value || y->split || y->as || y->fallback)
        return draft_fault(d, place, "%s is a list of objects: write columns, and each where the source has a list too", y->to);
    if (l->depth == NESTED_MOST)
        return draft_fault(d, place, "%s: lists within lists, over %d deep", y->to, NESTED_MOST);
    Level inner = { d, item->fields, item->n_fields, l->within, l->of_record, l->depth + 1 };
    if (y->each) {
        Path *each = arena_alloc(d->m->arena, sizeof *each);
        if (path_take(l, y->each, child_place(l, place, "each"), true, each))
            return d->err->rc;
        s->each = each;
        inner.within = told_below(l, each);
        inner.of_record = false;
    }
    Slots slots = {0};
    const char *columns = child_place(l, place, "columns");
    if (slots_add(&inner, y->columns, y->n_columns, columns, &slots) || required_judge(d, item->fields, item->n_fields, &slots, columns))
        return d->err->rc;
    s->slot = slots.at;
    s->n_slots = slots.n;
    return RC_OK;
}

/* ---- where a value goes ---- */

static Slot *slot_of(Slots *slots, const Field *f)
{
    for (size_t i = 0; i < slots->n; i++)
        if (slots->at[i].field == f)
            return &slots->at[i];
    return NULL;
}

static Slot *slot_new(const Level *l, Slots *slots, const Field *f)
{
    static const SlotShape plain[] = { [TYPE_ARRAY] = SLOT_VALUES, [TYPE_OBJECT] = SLOT_OBJECT };
    if (!slots->at)
        slots->at = arena_alloc(l->d->m->arena, l->n_fields * sizeof *slots->at);
    Slot *s = &slots->at[slots->n++];
    SlotShape shape = f->type == TYPE_ARRAY && f->fields[0].type == TYPE_OBJECT ? SLOT_ITEMS : f->type >= TYPE_ARRAY ? plain[f->type] : SLOT_VALUE;
    *s = (Slot){ .field = f, .name_len = (unsigned)strlen(f->name), .shape = shape };
    return s;
}

static Rc column_take(const Level *l, YamlColumn *y, const char *to, const char *place, Slots *out)
{
    Draft *d = l->d;
    size_t len = strcspn(to, ".");
    const Field *f = field_find(l->fields, l->n_fields, to, len);
    if (!f)
        return draft_fault(d, child_place(l, place, "to"), "'%s': there is no column '%.*s'", y->to, (int)len, to);
    Slot *s = slot_of(out, f);
    if (s && (s->shape != SLOT_OBJECT || !to[len]))
        return draft_fault(d, child_place(l, place, "to"), "'%s' stands there twice", y->to);
    s = s ? s : slot_new(l, out, f);
    if (s->shape == SLOT_OBJECT && to[len]) {
        Level members = { d, f->fields, f->n_fields, l->within, l->of_record, l->depth };
        Slots inner = { s->slot, s->n_slots };
        Rc rc = column_take(&members, y, to + len + 1, place, &inner);
        s->slot = inner.at;
        s->n_slots = inner.n;
        return rc;
    }
    if (s->shape == SLOT_OBJECT || to[len])
        return draft_fault(d, child_place(l, place, "to"), s->shape == SLOT_OBJECT ? "'%s' is an object: name its members, as in %s.%s" : "'%s': %s has no member %s",
                           y->to, f->name, s->shape == SLOT_OBJECT ? f->fields[0].name : to + len + 1);
    if (draft_conditions(d, y->when, y->n_when, child_place(l, place, "when"), l->within, l->of_record, &s->when))
        return d->err->rc;
    return s->shape == SLOT_ITEMS ? items_take(l, y, place, s) : value_take(l, y, place, s);
}

static Rc slots_add(const Level *l, const YamlColumn *y, size_t n, const char *place, Slots *out)
{
    for (size_t i = 0; i < n; i++)
        if (column_take(l, (YamlColumn *)&y[i], y[i].to, item_place(l, place, i), out))
            return l->d->err->rc;
    return RC_OK;
}

/* An object whose members are begun must have those that are required. */
static Rc objects_judge(Draft *d, const Slots *slots, const char *place)
{
    for (size_t i = 0; i < slots->n; i++) {
        const Slot *s = &slots->at[i];
        Slots members = { s->slot, s->n_slots };
        if (s->shape == SLOT_OBJECT &&
            (required_judge(d, s->field->fields, s->field->n_fields, &members, place) || objects_judge(d, &members, place)))
            return d->err->rc;
    }
    return RC_OK;
}

/* ---- records ---- */

static Rc block_take(Draft *d, const YamlEach *y, const char *place, Block *b)
{
    YamlMapping *all = d->m->y;
    const Feed *feed = d->m->feed;
    Level common = { d, feed->fields, feed->n_fields, NULL, y != NULL, 0 };
    const char *columns = "columns";
    if (slots_add(&common, all->columns, all->n_columns, columns, &b->slots))
        return d->err->rc;
    if (y) {
        Path *path = arena_alloc(d->m->arena, sizeof *path);
        Level own = { d, feed->fields, feed->n_fields, NULL, false, 0 };
        columns = arena_printf(d->m->arena, "%s.columns", place);
        if (path_take(&own, y->path, arena_printf(d->m->arena, "%s.path", place), true, path))
            return d->err->rc;
        b->path = path;
        own.within = told_below(&own, path);
        if (draft_conditions(d, y->when, y->n_when, arena_printf(d->m->arena, "%s.when", place), own.within, false, &b->when) ||
            slots_add(&own, y->columns, y->n_columns, columns, &b->slots))
            return d->err->rc;
    }
    return required_judge(d, feed->fields, feed->n_fields, &b->slots, columns) || objects_judge(d, &b->slots, columns) ? d->err->rc : RC_OK;
}

Rc draft_columns(Draft *d)
{
    Mapping *m = d->m;
    size_t n = m->y->n_each ? m->y->n_each : 1;
    m->block = arena_alloc(m->arena, n * sizeof *m->block);
    for (; m->n_blocks < n; m->n_blocks++) {
        const YamlEach *each = m->y->n_each ? &m->y->each[m->n_blocks] : NULL;
        if (block_take(d, each, arena_printf(m->arena, "each[%zu]", m->n_blocks + 1), &m->block[m->n_blocks]))
            return d->err->rc;
    }
    return RC_OK;
}
