#include "gateway/app/command.h"
#include "gateway/app/mapping_sample.h"
#include "gateway/model/format.h"
#include "schemas/contract.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN = 20, SHOWN_MOST = 100000 };

typedef struct {
    const char *config, *contracts, *mappings, *share, *sample, *format, *party, *limit;
    bool        fragment, show_personal, json;
    Arena      *a;
    Config     *settings;                            /* NULL: there is no configuration */
    Feeds      *feeds;
    const char *folders[3];   size_t n_folders;      /* of mappings, the product's first */
} Call;

static void call_end(Call *c)
{
    contracts_free(&c->feeds);
    config_free(&c->settings);
    arena_free(&c->a);
}

static void json_end(cJSON **j) { cJSON_Delete(*j); }

/* What is not said on the command line is as the gateway has it: by the configuration, where there is one. */
static Rc settings_take(Call *c, Error *err)
{
    const char *path = config_path(c->config);
    if (!c->config && (c->contracts || c->mappings || c->share || access(path, R_OK)))
        return RC_OK;
    if (config_load(path, &c->settings, err))
        return err->rc;
    c->share = c->share ? c->share : c->settings->share;
    c->contracts = c->contracts ? c->contracts : c->settings->contracts;
    c->mappings = c->mappings ? c->mappings : c->settings->mappings;
    return RC_OK;
}

static Rc feeds_take(Call *c, Error *err)
{
    if (settings_take(c, err))
        return err->rc;
    c->share = c->share ? c->share : app_share(c->a);
    const char *contracts = c->contracts ? c->contracts : arena_printf(c->a, "%s/schemas/contracts", c->share);
    c->folders[c->n_folders++] = arena_printf(c->a, "%s/transforms/mappings", c->share);
    if (c->mappings)
        c->folders[c->n_folders++] = c->mappings;
    return gateway_feeds(contracts, &c->feeds, err);
}

/* ---- list and show ---- */

static void formats_text(const Mapping *m, Buffer *out)
{
    for (Format f = 0; f < FORMATS; f++)
        if (mapping_reads(m, f))
            buffer_print(out, "%s%s", out->len ? " " : "", format_names[f].name);
}

static int list(Call *c)
{
    Error err;
    SCOPED(mappings_free) Mappings *all = NULL;
    if (feeds_take(c, &err) || mappings_load(c->folders, c->n_folders, c->feeds, &all, &err))
        return app_complain(NULL, &err);
    for (size_t i = 0; i < mappings_n(all); i++) {
        SCOPED(buffer_free) Buffer formats = {0};
        const Mapping *m = mappings_at(all, i);
        formats_text(m, &formats);
        printf("%-24s %-24s %-14s %s\n", mapping_name(m), mapping_feed(m)->code, buffer_string(&formats), mapping_title(m));
    }
    return EXIT_OK;
}

static void file_close(FILE **f)
{
    if (*f)
        fclose(*f);
}

/* The file itself says it best. */
static int show(Call *c, const char *name)
{
    Error err;
    char piece[4096];
    SCOPED(mappings_free) Mappings *all = NULL;
    if (feeds_take(c, &err) || mappings_load(c->folders, c->n_folders, c->feeds, &all, &err))
        return app_complain(NULL, &err);
    const Mapping *m = mapping_find(all, name);
    if (!m) {
        fprintf(stderr, "nqs-gateway mapping: there is no mapping %s; see nqs-gateway mapping list\n", name);
        return EXIT_FAILED;
    }
    printf("# %s\n", mapping_file(m));
    SCOPED(file_close) FILE *f = fopen(mapping_file(m), "rb");
    for (size_t n; f && (n = fread(piece, 1, sizeof piece, f)) > 0;)
        fwrite(piece, 1, n, stdout);
    return f ? EXIT_OK : EXIT_FAILED;
}

/* ---- check ---- */

static const char *folder_of(Call *c, const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? arena_text(c->a, file, (size_t)(slash - file)) : ".";
}

static void print_answer(const char *json)
{
    static const char *const values[] = { "record", "place", "source", "column", "value", NULL };
    static const char *const findings[] = { "record", "severity", "source", "place", "text", NULL };
    SCOPED(json_end) cJSON *doc = cJSON_Parse(json);
    const cJSON *document = cJSON_GetObjectItem(doc, "document");
    print_pairs(json);
    if (cJSON_GetArraySize(cJSON_GetObjectItem(doc, "values"))) {
        putchar('\n');
        print_table(json, "values", values);
    }
    if (cJSON_GetArraySize(cJSON_GetObjectItem(doc, "findings"))) {
        putchar('\n');
        print_table(json, "findings", findings);
    }
    if (cJSON_IsObject(document))
        printf("\n%s (%s)\n", cJSON_GetStringValue(cJSON_GetObjectItem(document, "text")), cJSON_GetStringValue(cJSON_GetObjectItem(document, "code")));
}

static unsigned limit_of(const Call *c)
{
    char *end = NULL;
    unsigned long n = c->limit ? strtoul(c->limit, &end, 10) : SHOWN;
    return c->limit && (*end || n > SHOWN_MOST) ? SHOWN_MOST : (unsigned)n;
}

static Lang lang_of(const char *name) { return strcmp(name, "kk") == 0 ? LANG_KK : strcmp(name, "ru") == 0 ? LANG_RU : LANG_EN; }

/* Findings make it fail, as a wrong mapping would: scripts look at the exit code. */
static int try_sample(Call *c, const Mapping *m)
{
    Error err;
    SCOPED(buffer_free) Buffer out = {0};
    SCOPED(texts_free) Texts *texts = NULL;
    SampleAsk ask = { .mapping = m, .lang = lang_of(user_lang()), .file = c->sample, .party = c->party, .fragment = c->fragment,
                      .show_personal = c->show_personal, .most = limit_of(c) };
    bool known = c->format ? format_by_name(c->format, &ask.format) : format_by_file(c->sample, &ask.format);
    if (!known || !mapping_reads(m, ask.format)) {
        fprintf(stderr, "nqs-gateway mapping: %s is of no format that %s reads; say --format\n", c->sample, mapping_name(m));
        return EXIT_USAGE;
    }
    if (texts_load(arena_printf(c->a, "%s/schemas/texts/findings.yaml", c->share), &texts, &err))
        return app_complain(NULL, &err);
    ask.texts = texts;
    if (sample_try(&ask, &out, &err))
        return app_complain(NULL, &err);
    if (c->json)
        print_json(&out);
    else
        print_answer(buffer_string(&out));
    SCOPED(json_end) cJSON *doc = cJSON_Parse(buffer_string(&out));
    bool refused = cJSON_IsObject(cJSON_GetObjectItem(doc, "document")) || cJSON_GetNumberValue(cJSON_GetObjectItem(doc, "refused")) > 0;
    return refused ? EXIT_REFUSED : EXIT_OK;
}

static int check(Call *c, const char *file)
{
    Error err;
    SCOPED(mapping_free) Mapping *m = NULL;
    if (feeds_take(c, &err))
        return app_complain(NULL, &err);
    const char *folders[] = { c->folders[0], folder_of(c, file), c->mappings };
    if (mapping_load_in(file, folders, sizeof folders / sizeof *folders, c->feeds, &m, &err))
        return app_complain(NULL, &err);
    if (c->sample)
        return try_sample(c, m);
    printf("%s: good\n", file);
    return EXIT_OK;
}

int cmd_mapping(int argc, char **argv)
{
    SCOPED(call_end) Call c = { .a = arena_new() };
    const Option options[] = {
        { "config", &c.config, NULL }, { "contracts", &c.contracts, NULL }, { "mappings", &c.mappings, NULL }, { "share", &c.share, NULL }, { "sample", &c.sample, NULL },
        { "format", &c.format, NULL }, { "party", &c.party, NULL }, { "limit", &c.limit, NULL }, { "fragment", NULL, &c.fragment },
        { "show-personal", NULL, &c.show_personal }, { "json", NULL, &c.json }, { NULL, NULL, NULL },
    };
    Positions p;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    const char *what = p.n ? p.at[0] : "";
    if (strcmp(what, "list") == 0 && p.n == 1)
        return list(&c);
    if (strcmp(what, "show") == 0 && p.n == 2)
        return show(&c, p.at[1]);
    if (strcmp(what, "check") == 0 && p.n == 2)
        return check(&c, p.at[1]);
    fprintf(stderr, "nqs-gateway mapping: list, show NAME or check FILE; see nqs-gateway mapping --help\n");
    return EXIT_USAGE;
}
