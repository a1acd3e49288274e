#include "schemas/contract_parts.h"
#include <string.h>

enum { PHYSICALS = 3 };

/* The first physical type is the one a field gets that names none. */
static const struct { const char *logical; Type type; const char *physical[PHYSICALS]; } types[] = {
    { "string",  TYPE_TEXT,    { "text" } },
    { "date",    TYPE_DATE,    { "date" } },
    { "integer", TYPE_INTEGER, { "bigint", "integer", "smallint" } },
    { "number",  TYPE_DECIMAL, { "numeric" } },
    { "boolean", TYPE_BOOLEAN, { "boolean" } },
    { "array",   TYPE_ARRAY,   { "jsonb", "text[]" } },
    { "object",  TYPE_OBJECT,  { "jsonb" } },
};

static const char *const own_columns[] = {
    "owner", "settlement", "seq", "period", "number", "last_period", "last_number", "row_hash", "withdrawn", "until"
};

bool name_valid(const char *s)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz_", rest[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    size_t len = strlen(s);
    return len > 0 && len <= NAME_MOST && strchr(first, *s) && strspn(s, rest) == len;
}

static Rc name_judge(const YamlProperty *y, bool is_column, Error *err)
{
    if (!name_valid(y->name))
        return error_set(err, RC_FATAL, "name: write [a-z_][a-z0-9_]*, at most %d characters", NAME_MOST);
    for (size_t i = 0; is_column && i < sizeof own_columns / sizeof *own_columns; i++)
        if (strcmp(own_columns[i], y->name) == 0)
            return error_set(err, RC_FATAL, "name: the gateway has a column of that name itself; choose another");
    return RC_OK;
}

static Rc type_take(const YamlProperty *y, Field *f, Error *err)
{
    size_t i = 0, n = sizeof types / sizeof *types;
    while (i < n && strcmp(types[i].logical, y->logical_type) != 0)
        i++;
    if (i == n)
        return error_set(err, RC_FATAL, "logicalType '%s': write string, date, integer, number, boolean, array or object", y->logical_type);
    f->type = types[i].type;
    f->column_type = types[i].physical[0];
    if (!y->physical_type)
        return RC_OK;
    for (size_t p = 0; p < PHYSICALS && types[i].physical[p]; p++)
        if (strcmp(types[i].physical[p], y->physical_type) == 0) {
            f->column_type = types[i].physical[p];
            return RC_OK;
        }
    return error_set(err, RC_FATAL, "physicalType '%s' does not fit logicalType %s; write %s", y->physical_type, y->logical_type, f->column_type);
}

static Rc class_take(const YamlProperty *y, const Field *parent, Field *f, Error *err)
{
    bool inherited = parent && parent->personal;
    if (inherited && y->classification == CLASS_PUBLIC)
        return error_set(err, RC_FATAL, "classification: what it stands in is personal, so it is personal too; leave it out");
    if (!parent && y->classification == CLASS_NONE)
        return error_set(err, RC_FATAL, "classification: say public or personal");
    f->personal = inherited || y->classification == CLASS_PERSONAL;
    return RC_OK;
}

static Rc key_take(const YamlProperty *y, const Field *parent, Field *f, Error *err)
{
    if (!y->primary_key)
        return y->key_position ? error_set(err, RC_FATAL, "primaryKeyPosition without primaryKey: true") : RC_OK;
    if (parent)
        return error_set(err, RC_FATAL, "primaryKey: only a top-level field can be part of the key");
    if (f->type == TYPE_ARRAY || f->type == TYPE_OBJECT)
        return error_set(err, RC_FATAL, "primaryKey: a key field must be a scalar, not %s", y->logical_type);
    if (!f->required)
        return error_set(err, RC_FATAL, "primaryKey: a key field needs required: true");
    if (!y->key_position)
        return error_set(err, RC_FATAL, "primaryKey: give primaryKeyPosition, counted from 1");
    f->key_position = y->key_position;
    return RC_OK;
}

static Rc field_build(const Draft *d, const YamlProperty *y, const Field *parent, Field *f, Error *err);

static Rc members_build(const Draft *d, const YamlProperty *y, const Field *parent, Field *fields, unsigned n, Error *err)
{
    const char *path = parent ? "properties" : "schema.properties";
    for (unsigned i = 0; i < n; i++) {
        if (!y[i].name)
            return error_set(err, RC_FATAL, "%s[%u]: name is missing", path, i + 1);
        fields[i].index = i;
        if (name_judge(&y[i], !parent, err) || field_build(d, &y[i], parent, &fields[i], err))
            return error_at(err, "%s[%u] '%.*s'", path, i + 1, NAME_MOST, y[i].name);
        if (field_find(fields, i, y[i].name, strlen(y[i].name)))
            return error_set(err, RC_FATAL, "%s[%u] '%s': a second field of that name", path, i + 1, y[i].name);
    }
    return RC_OK;
}

static bool any_personal(const Field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].personal)
            return true;
    return false;
}

static Rc object_build(const Draft *d, const YamlProperty *y, Field *f, Error *err)
{
    if (!y->n_properties || y->items)
        return error_set(err, RC_FATAL, "logicalType object: needs properties, and no items");
    f->fields = arena_alloc(d->arena, y->n_properties * sizeof *f->fields);
    f->n_fields = y->n_properties;
    return members_build(d, y->properties, f, f->fields, y->n_properties, err);
}

static Rc array_build(const Draft *d, const YamlProperty *y, Field *f, Error *err)
{
    if (!y->items || y->n_properties)
        return error_set(err, RC_FATAL, "logicalType array: needs items, and no properties");
    if (y->items->name)
        return error_set(err, RC_FATAL, "items: an item has no name; leave it out");
    Field *item = f->fields = arena_alloc(d->arena, sizeof *item);
    f->n_fields = 1;
    item->name = "item";
    if (field_build(d, y->items, f, item, err))
        return error_at(err, "items");
    if (strcmp(f->column_type, "text[]") == 0 && item->type != TYPE_TEXT)
        return error_set(err, RC_FATAL, "physicalType text[]: only for items of logicalType string; write jsonb");
    return RC_OK;
}

static Rc inside_build(const Draft *d, const YamlProperty *y, Field *f, Error *err)
{
    if (f->type == TYPE_OBJECT)
        return object_build(d, y, f, err);
    if (f->type == TYPE_ARRAY)
        return array_build(d, y, f, err);
    if (y->items || y->n_properties)
        return error_set(err, RC_FATAL, "logicalType %s: has neither items nor properties", y->logical_type);
    return RC_OK;
}

static Rc field_build(const Draft *d, const YamlProperty *y, const Field *parent, Field *f, Error *err)
{
    f->name = y->name ? y->name : f->name;
    f->description = y->description;
    f->required = y->required;
    if (type_take(y, f, err) || class_take(y, parent, f, err) || key_take(y, parent, f, err) || inside_build(d, y, f, err)
        || draft_checks(d, y, f, err))
        return err->rc;
    /* Only now: members inherit what the field says itself, not what a brother of theirs brings upon it. */
    f->personal |= any_personal(f->fields, f->n_fields);
    return RC_OK;
}

static Rc key_build(const Draft *d, Feed *feed, Error *err)
{
    for (size_t i = 0; i < feed->n_fields; i++)
        feed->n_key += feed->fields[i].key_position != 0;
    if (!feed->n_key)
        return error_set(err, RC_FATAL, "schema.properties: no field is primaryKey: true; say what tells records apart");
    feed->key = arena_alloc(d->arena, feed->n_key * sizeof *feed->key);
    for (size_t i = 0; i < feed->n_fields; i++) {
        const Field *f = &feed->fields[i];
        if (!f->key_position)
            continue;
        if (f->key_position > feed->n_key || feed->key[f->key_position - 1])
            return error_set(err, RC_FATAL, "schema.properties[%zu] '%s': primaryKeyPosition %u: positions run from 1 to %zu, each once", i + 1,
                             f->name, f->key_position, feed->n_key);
        feed->key[f->key_position - 1] = f;
    }
    return RC_OK;
}

Rc draft_fields(const Draft *d, const YamlSchema *from, Error *err)
{
    Feed *feed = d->feed;
    feed->fields = arena_alloc(d->arena, from->n_properties * sizeof *feed->fields);
    feed->n_fields = from->n_properties;
    if (members_build(d, from->properties, NULL, feed->fields, from->n_properties, err))
        return err->rc;
    feed->personal = any_personal(feed->fields, feed->n_fields);
    return key_build(d, feed, err);
}
