#include "schemas/contract_parts.h"
#include "gateway/model/envelope.h"
#include "gateway/model/party.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".odcs.yaml"

typedef struct { const char *folder; Converter *converter; RuleKnown *rule_known; Arena *arena; } Load;
typedef struct { const char **at; size_t n, size; } Names;

static bool is_contract(const char *file)
{
    size_t len = strlen(file), suffix = strlen(SUFFIX);
    return file[0] != '.' && len > suffix && strcmp(file + len - suffix, SUFFIX) == 0;
}

static void names_add(Names *names, const char *file, Arena *a)
{
    if (names->n == names->size) {
        names->size = names->size ? 2 * names->size : 32;
        const char **more = arena_alloc(a, names->size * sizeof *more);
        for (size_t i = 0; i < names->n; i++)
            more[i] = names->at[i];
        names->at = more;
    }
    names->at[names->n++] = arena_text(a, file, strlen(file));
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void dir_close(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

/* One file is a folder of its own that holds nothing else. */
static bool file_split(Load *l, Names *names)
{
    const char *slash = strrchr(l->folder, '/'), *file = slash ? slash + 1 : l->folder;
    if (!is_contract(file))
        return false;
    names_add(names, file, l->arena);
    l->folder = slash ? arena_text(l->arena, l->folder, (size_t)(slash - l->folder)) : ".";
    return true;
}

static Rc names_list(Load *l, Names *names, Error *err)
{
    if (file_split(l, names))
        return RC_OK;
    SCOPED(dir_close) DIR *dir = opendir(l->folder);
    if (!dir)
        return error_set(err, RC_FATAL, "folder of contracts %s: %s", l->folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir));)
        if (is_contract(entry->d_name))
            names_add(names, entry->d_name, l->arena);
    if (names->n == 0)
        return error_set(err, RC_FATAL, "folder of contracts %s: no *" SUFFIX " in it", l->folder);
    qsort(names->at, names->n, sizeof *names->at, by_name);
    return RC_OK;
}

static bool code_valid(const char *s)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz", rest[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = strlen(s);
    return len > 0 && len < FEED_SIZE && strchr(first, *s) && strspn(s, rest) == len;
}

static Rc head_judge(const YamlContract *y, const char *file, Error *err)
{
    if (strcmp(y->api_version, "v3.2.0") != 0)
        return error_set(err, RC_FATAL, "apiVersion '%s': write v3.2.0", y->api_version);
    if (strcmp(y->kind, "DataContract") != 0)
        return error_set(err, RC_FATAL, "kind '%s': write DataContract", y->kind);
    if (!code_valid(y->name))
        return error_set(err, RC_FATAL, "name '%.80s': write [a-z][a-z0-9-]*, at most %d characters", y->name, FEED_SIZE - 1);
    if (strncmp(file, y->name, strlen(y->name)) != 0 || strcmp(file + strlen(y->name), SUFFIX) != 0)
        return error_set(err, RC_FATAL, "name '%s': must be that of the file without " SUFFIX, y->name);
    return RC_OK;
}

static Rc schema_judge(const YamlSchema *y, Error *err)
{
    if (!name_valid(y->name))
        return error_set(err, RC_FATAL, "schema.name '%.80s': write [a-z_][a-z0-9_]*, at most %d characters", y->name, NAME_MOST);
    if (strcmp(y->logical_type, "object") != 0)
        return error_set(err, RC_FATAL, "schema.logicalType '%s': write object", y->logical_type);
    if (y->physical_name && strcmp(y->physical_name, y->name) != 0)
        return error_set(err, RC_FATAL, "schema.physicalName '%.80s': the table is named as the schema; write %s", y->physical_name, y->name);
    return RC_OK;
}

static Rc roles_take(const YamlContract *y, const Load *l, Feed *feed, Error *err)
{
    feed->writers = arena_alloc(l->arena, (y->n_roles + 1) * sizeof *feed->writers);
    feed->readers = arena_alloc(l->arena, (y->n_roles + 1) * sizeof *feed->readers);
    for (unsigned i = 0; i < y->n_roles; i++) {
        const YamlRole *role = &y->roles[i];
        if (!role_known(role->role))
            return error_set(err, RC_FATAL, "roles[%u]: '%.60s' is not a role", i + 1, role->role);
        for (unsigned before = 0; before < i; before++)
            if (y->roles[before].access == role->access && strcmp(y->roles[before].role, role->role) == 0)
                return error_set(err, RC_FATAL, "roles[%u]: '%s' stands there twice", i + 1, role->role);
        if (role->access == ACCESS_WRITE)
            feed->writers[feed->n_writers++] = role->role;
        else
            feed->readers[feed->n_readers++] = role->role;
    }
    return RC_OK;
}

static void head_take(const YamlContract *y, Feed *feed)
{
    const YamlDescription *about = y->description;
    feed->code = y->name;
    feed->version = y->version;
    feed->record = y->schema->name;
    feed->title = y->schema->business_name ? y->schema->business_name : y->name;
    feed->purpose = about ? about->purpose : NULL;
    feed->limitations = about ? about->limitations : NULL;
}

static Rc feed_build(const YamlContract *y, const Load *l, const char *file, Feed *feed, Error *err)
{
    Draft d = { l->arena, l->converter, l->rule_known, feed };
    if (head_judge(y, file, err) || schema_judge(y->schema, err))
        return err->rc;
    head_take(y, feed);
    if (roles_take(y, l, feed, err) || draft_fields(&d, y->schema, err) || draft_customs(&d, y, err))
        return err->rc;
    return RC_OK;
}

static void yaml_end(void *contract) { yaml_free(&contract_schema, contract); }

static Rc file_load(const Load *l, const char *file, Feed *feed, Error *err)
{
    void *contract = NULL;
    if (yaml_load(arena_printf(l->arena, "%s/%s", l->folder, file), &contract_schema, &contract, err))
        return err->rc;
    arena_adopt(l->arena, yaml_end, contract);
    if (feed_build(contract, l, file, feed, err))
        return error_at(err, "%s", file);
    return RC_OK;
}

static Rc tables_judge(const Feeds *feeds, Error *err)
{
    for (size_t i = 0; i < feeds->n; i++)
        for (size_t before = 0; before < i; before++)
            if (strcmp(feeds->at[before].record, feeds->at[i].record) == 0)
                return error_set(err, RC_FATAL, "%s" SUFFIX ": schema.name '%s' is taken by %s" SUFFIX "; two feeds cannot share a table",
                                 feeds->at[i].code, feeds->at[i].record, feeds->at[before].code);
    return RC_OK;
}

Rc contracts_load(const char *folder, Converter *converter, RuleKnown *rule_known, Feeds **out, Error *err)
{
    Arena *arena = arena_new();
    SCOPED(contracts_free) Feeds *feeds = arena_alloc(arena, sizeof *feeds);
    feeds->arena = arena;
    Load l = { folder, converter, rule_known, arena };
    Names names = { 0 };
    if (names_list(&l, &names, err))
        return err->rc;
    feeds->at = arena_alloc(arena, names.n * sizeof *feeds->at);
    for (; feeds->n < names.n; feeds->n++)
        if (file_load(&l, names.at[feeds->n], &feeds->at[feeds->n], err))
            return err->rc;
    if (tables_judge(feeds, err))
        return err->rc;
    *out = TAKE(feeds);
    return RC_OK;
}

void contracts_free(Feeds **feeds)
{
    if (!*feeds)
        return;
    Arena *arena = (*feeds)->arena;
    *feeds = NULL;
    arena_free(&arena);
}
