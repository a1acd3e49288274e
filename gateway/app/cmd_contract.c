#include "gateway/app/command.h"
#include "schemas/contract.h"
#include "schemas/generate.h"
#include "transforms/rules.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CONTRACTS "schemas/contracts"
#define GENERATED "schemas/generated"
#define SUFFIX    ".odcs.yaml"

enum { MODE_FOLDER = 0755 };

/* One run of generate: everything is written, or, to check, only compared. */
typedef struct { const char *out; bool check; Arena *arena; int differing; } Run;

static void file_close(FILE **f)
{
    if (*f)
        fclose(*f);
}

static bool same_as_file(const char *path, const Buffer *text)
{
    SCOPED(file_close) FILE *f = fopen(path, "rb");
    char piece[16 * 1024];
    size_t at = 0, n;
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0) {
        if (n > text->len - at || memcmp(text->at + at, piece, n) != 0)
            return false;
        at += n;
    }
    return f && !ferror(f) && at == text->len;
}

static Rc file_put(Run *run, const char *name, const Buffer *text, Error *err)
{
    const char *path = arena_printf(run->arena, "%s/%s", run->out, name);
    if (!run->check)
        return app_write(path, text, err);
    if (!same_as_file(path, text)) {
        printf("%s differs from what the contracts say\n", path);
        run->differing++;
    }
    return RC_OK;
}

static Rc feed_put(Run *run, const Feed *feed, Error *err)
{
    static const struct { const char *ending; void (*generate)(const Feed *, Buffer *); } forms[] = {
        { ".xsd", generate_xsd }, { ".schema.json", generate_json_schema },
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        SCOPED(buffer_free) Buffer text = {0};
        forms[i].generate(feed, &text);
        if (file_put(run, arena_printf(run->arena, GENERATED "/%s%s", feed->code, forms[i].ending), &text, err))
            return err->rc;
    }
    return RC_OK;
}

static Rc ddl_put(Run *run, const Feeds *feeds, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    buffer_text(&text, "-- Generated from the contracts of the feeds. Do not edit.\n");
    for (size_t i = 0; i < feeds->n; i++)
        buffer_print(&text, "\n%s", table_ddl(&feeds->at[i], run->arena));
    return file_put(run, GENERATED "/ddl.sql", &text, err);
}

static Rc asyncapi_put(Run *run, const Feeds *feeds, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    generate_asyncapi(feeds->at, feeds->n, NULL, &text);
    return file_put(run, GENERATED "/asyncapi.json", &text, err);
}

static Rc page_put(Run *run, const Feeds *feeds, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    generate_feeds_page(feeds, &text);
    return file_put(run, "docs/feeds.md", &text, err);
}

static Rc folders_make(const Run *run, Error *err)
{
    static const char *const folders[] = { "", "schemas", GENERATED, "docs" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const char *path = arena_printf(run->arena, "%s/%s", run->out, folders[i]);
        if (mkdir(path, MODE_FOLDER) && errno != EEXIST)
            return error_set(err, RC_FATAL, "%s: %s", path, strerror(errno));
    }
    return RC_OK;
}

static bool belongs(const Feeds *feeds, const char *file)
{
    static const char *const endings[] = { ".xsd", ".schema.json" };
    char name[NAME_MAX + 1];
    if (file[0] == '.' || strcmp(file, "ddl.sql") == 0 || strcmp(file, "asyncapi.json") == 0)
        return true;
    for (size_t i = 0; i < feeds->n; i++)
        for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
            snprintf(name, sizeof name, "%s%s", feeds->at[i].code, endings[e]);
            if (strcmp(name, file) == 0)
                return true;
        }
    return false;
}

static void dir_close(DIR **d)
{
    if (*d)
        closedir(*d);
}

/* What a feed left behind that is no more. It is shown by --check and never removed. */
static void strays_find(Run *run, const Feeds *feeds)
{
    const char *path = arena_printf(run->arena, "%s/" GENERATED, run->out);
    SCOPED(dir_close) DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (!belongs(feeds, entry->d_name)) {
            printf("%s/%s belongs to no contract\n", path, entry->d_name);
            run->differing++;
        }
}

static Rc all_put(Run *run, const Feeds *feeds, Error *err)
{
    if (!run->check && folders_make(run, err))
        return err->rc;
    for (size_t i = 0; i < feeds->n; i++)
        if (feed_put(run, &feeds->at[i], err))
            return err->rc;
    if (ddl_put(run, feeds, err) || asyncapi_put(run, feeds, err) || page_put(run, feeds, err))
        return err->rc;
    if (run->check)
        strays_find(run, feeds);
    return RC_OK;
}

static int generate(const char *contracts, const char *out, bool check)
{
    Error err;
    Feeds *feeds = NULL;
    SCOPED(arena_free) Arena *arena = arena_new();
    Run run = { out, check, arena, 0 };
    Rc rc = gateway_feeds(contracts, &feeds, &err);
    if (!rc)
        rc = all_put(&run, feeds, &err);
    contracts_free(&feeds);
    if (rc)
        return app_complain(NULL, &err);
    return run.differing ? EXIT_FAILED : EXIT_OK;
}

static int list(const char *contracts)
{
    Error err;
    SCOPED(contracts_free) Feeds *feeds = NULL;
    if (gateway_feeds(contracts, &feeds, &err))
        return app_complain(NULL, &err);
    for (const Feed *f = feeds->at; f < feeds->at + feeds->n; f++) {
        printf("%-24s %-8s %-10s", f->code, f->version, period_form_name(f->period));
        for (Kind k = 1; k <= KIND_NIL; k <<= 1)
            if (f->kinds & k)
                printf(" %s", kind_name(k));
        printf("%s\n", f->personal ? " (personal)" : "");
    }
    return EXIT_OK;
}

/* True: nothing is wrong. Each rule's words are looked at only here and at start. */
static bool path_check(const char *path)
{
    Error err;
    SCOPED(contracts_free) Feeds *feeds = NULL;
    if (gateway_feeds(path, &feeds, &err)) {
        printf("%s\n", err.text);
        return false;
    }
    bool good = true;
    for (const Feed *f = feeds->at; f < feeds->at + feeds->n; f++)
        for (const RuleUse *r = f->rules; r < f->rules + f->n_rules; r++)
            if (!rule_fits(r)) {
                printf("%s" SUFFIX ": rule %s: its words do not fit\n", f->code, r->name);
                good = false;
            }
    return good;
}

static int is_contract(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name), suffix = strlen(SUFFIX);
    return len > suffix && strcmp(entry->d_name + len - suffix, SUFFIX) == 0;
}

/* Every file by itself first, for loading a folder ends with its first fault. */
static bool folder_check(const char *folder, Arena *a)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_contract, alphasort);
    bool good = true;
    for (int i = 0; i < n; i++) {
        good &= path_check(arena_printf(a, "%s/%s", folder, entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return good && path_check(folder);
}

static int check(const char *path)
{
    struct stat st;
    SCOPED(arena_free) Arena *a = arena_new();
    bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    bool good = is_folder ? folder_check(path, a) : path_check(path);
    if (good)
        printf("%s: good\n", path);
    return good ? EXIT_OK : EXIT_FAILED;
}

int cmd_contract(int argc, char **argv)
{
    const char *contracts = NULL, *out = NULL, *lang = NULL, *brokers = NULL;
    bool only_check = false;
    const Option options[] = { { "contracts", &contracts, NULL }, { "out", &out, NULL }, { "lang", &lang, NULL },
                               { "check", NULL, &only_check }, { "bootstrap", &brokers, NULL }, { NULL, NULL, NULL } };
    Positions p;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    const char *what = p.n ? p.at[0] : "";
    if (strcmp(what, "list") == 0 && p.n == 1)
        return list(contracts ? contracts : CONTRACTS);
    if (strcmp(what, "generate") == 0 && p.n == 1)
        return generate(contracts ? contracts : CONTRACTS, out ? out : ".", only_check);
    if (strcmp(what, "template") == 0 && p.n == 2)
        return contract_template(p.at[1], contracts, lang, out);
    if (strcmp(what, "asyncapi") == 0 && p.n <= 2)
        return contract_asyncapi(p.n == 2 ? p.at[1] : NULL, contracts, brokers, out);
    if (strcmp(what, "check") == 0 && p.n == 2)
        return check(p.at[1]);
    fprintf(stderr, "nqs-gateway contract: list, check FILE_OR_FOLDER, generate, template FEED or asyncapi [FEED]; see nqs-gateway contract --help\n");
    return EXIT_USAGE;
}
