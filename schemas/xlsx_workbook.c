/* Which parts of a package hold the sheet that is asked for. */
#include "schemas/xlsx.h"
#include <stdio.h>
#include <string.h>

enum { SHEETS_MOST = 1000, ID_SIZE_MOST = 128, RELATIONS_MOST = SHEETS_MOST + 64 };

typedef struct { char id[ID_SIZE_MOST], type[ID_SIZE_MOST], target[XLSX_NAME]; } Relation;
typedef struct { PartReading reading; Arena *a; Relation *at[RELATIONS_MOST]; size_t n; } Relations;

#define ON_START(function)                                                                                                                            \
    static void function(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int n_namespaces, const xmlChar **namespaces,      \
                         int n, int n_defaulted, const xmlChar **attributes)
#define START_UNUSED ((void)prefix, (void)ns, (void)n_namespaces, (void)namespaces, (void)n_defaulted)

/* Of a type's address only the end is the same in both editions of the standard. */
ON_START(on_relation)
{
    START_UNUSED;
    Relations *all = self;
    char type[XLSX_NAME];
    if (!is_element(name, "Relationship") || all->n == RELATIONS_MOST)
        return;
    Relation *r = arena_alloc(all->a, sizeof *r);
    if (!part_attribute(n, attributes, "Id", r->id, sizeof r->id) || !part_attribute(n, attributes, "Type", type, sizeof type)
        || !part_attribute(n, attributes, "Target", r->target, sizeof r->target))
        return;
    const char *end = strrchr(type, '/');
    snprintf(r->type, sizeof r->type, "%.*s", ID_SIZE_MOST - 1, end ? end + 1 : type);
    all->at[all->n++] = r;
}

/* "xl/workbook.xml" and "worksheets/sheet1.xml" → "xl/worksheets/sheet1.xml"; "/xl/…" is from the package's root. */
static bool path_join(const char *base, const char *target, char out[XLSX_NAME])
{
    const char *slash = strrchr(base, '/');
    int folder = slash ? (int)(slash - base) : 0;
    if (*target == '/')
        return snprintf(out, XLSX_NAME, "%s", target + 1) < XLSX_NAME;
    while (strncmp(target, "./", 2) == 0)
        target += 2;
    while (strncmp(target, "../", 3) == 0) {
        target += 3;
        while (folder && base[--folder] != '/')
            ;
    }
    return snprintf(out, XLSX_NAME, "%.*s%s%s", folder, base, folder ? "/" : "", target) < XLSX_NAME;
}

static Rc relations_read(Package *p, const char *part, Arena *a, Relations *out, Error *err)
{
    static const xmlSAXHandler sax = { .startElementNs = on_relation };
    *out = (Relations){ .a = a };
    return package_has(p, part) ? part_read(p, part, &sax, &out->reading, err) : RC_OK;
}

static bool relation_part(const Package *p, const Relations *all, const char *type, const char *id, const char *base, char out[XLSX_NAME])
{
    for (size_t i = 0; i < all->n; i++) {
        const Relation *r = all->at[i];
        bool is = id ? strcmp(r->id, id) == 0 : strcmp(r->type, type) == 0;
        if (is && path_join(base, r->target, out) && package_has(p, out))
            return true;
    }
    out[0] = '\0';
    return false;
}

typedef struct {
    PartReading reading;
    const Relations *relations;
    const char *wanted;             /* NULL: the first that can be seen */
    Workbook   *out;
    char        id[ID_SIZE_MOST], names[ERROR_ARG_SIZE];
    bool        found;
} Sheets;

static void name_note(Sheets *s, const char *name)
{
    size_t used = strlen(s->names);
    snprintf(s->names + used, sizeof s->names - used, "%s%s", used ? ", " : "", name);
}

/* A chart may have a sheet of its own. */
static bool has_cells(const Relations *all, const char *id)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->at[i]->id, id) == 0)
            return strcmp(all->at[i]->type, "worksheet") == 0;
    return true;
}

static void sheet_look(Sheets *s, int n, const xmlChar **attributes)
{
    char name[XLSX_NAME], state[16], id[ID_SIZE_MOST];
    if (!part_attribute(n, attributes, "name", name, sizeof name) || !part_attribute(n, attributes, "id", id, sizeof id))
        return;
    bool hidden = part_attribute(n, attributes, "state", state, sizeof state) && strcmp(state, "visible") != 0;
    if (!has_cells(s->relations, id))
        return;
    name_note(s, name);
    if (s->found || (s->wanted ? strcmp(s->wanted, name) != 0 : hidden))
        return;
    s->found = true;
    snprintf(s->out->sheet, sizeof s->out->sheet, "%s", name);
    snprintf(s->id, sizeof s->id, "%s", id);
}

ON_START(on_workbook)
{
    START_UNUSED;
    Sheets *s = self;
    char flag[8];
    if (is_element(name, "sheet"))
        sheet_look(s, n, attributes);
    else if (is_element(name, "workbookPr") && part_attribute(n, attributes, "date1904", flag, sizeof flag))
        s->out->date1904 = strcmp(flag, "1") == 0 || strcmp(flag, "true") == 0;
}

static Rc sheet_choose(Package *p, const char *part, Sheets *s, Error *err)
{
    static const xmlSAXHandler sax = { .startElementNs = on_workbook };
    if (part_read(p, part, &sax, &s->reading, err))
        return err->rc;
    if (s->found)
        return RC_OK;
    return s->wanted ? error_refuse(err, "sheet_unknown", s->wanted, s->names, NULL) : error_refuse(err, "not_xlsx", "no sheet", NULL, NULL);
}

static Rc workbook_relations(Package *p, const char *workbook, Arena *a, Relations *out, Error *err)
{
    const char *slash = strrchr(workbook, '/'), *base = slash ? slash + 1 : workbook;
    return relations_read(p, arena_printf(a, "%.*s_rels/%s.rels", (int)(base - workbook), workbook, base), a, out, err);
}

static Rc parts_find(Package *p, const char *workbook, const Sheets *s, Workbook *out, Error *err)
{
    relation_part(p, s->relations, "sharedStrings", NULL, workbook, out->texts_part);
    relation_part(p, s->relations, "styles", NULL, workbook, out->styles_part);
    return relation_part(p, s->relations, NULL, s->id, workbook, out->sheet_part) ? RC_OK : error_refuse(err, "not_xlsx", "the sheet's part", NULL, NULL);
}

Rc workbook_read(Package *p, const char *sheet, Workbook *out, Error *err)
{
    SCOPED(arena_free) Arena *a = arena_new();
    Relations top, all;
    char workbook[XLSX_NAME];
    *out = (Workbook){0};
    if (relations_read(p, "_rels/.rels", a, &top, err))
        return err->rc;
    if (!relation_part(p, &top, "officeDocument", NULL, "", workbook))
        snprintf(workbook, sizeof workbook, "xl/workbook.xml");
    Sheets s = { .relations = &all, .wanted = sheet, .out = out };
    return workbook_relations(p, workbook, a, &all, err) || sheet_choose(p, workbook, &s, err) || parts_find(p, workbook, &s, out, err) ? err->rc : RC_OK;
}
