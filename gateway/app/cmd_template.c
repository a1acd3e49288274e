#include "gateway/app/command.h"
#include "gateway/flow/template.h"
#include "gateway/model/format.h"
#include "schemas/contract.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { Feeds *feeds; Texts *words; Arena *arena; } Loaded;

static void loaded_free(Loaded *l)
{
    contracts_free(&l->feeds);
    texts_free(&l->words);
    arena_free(&l->arena);
}

static Rc load(const char *contracts, Loaded *l, Error *err)
{
    char *share = config_share();
    *l = (Loaded){ .arena = arena_new() };
    const char *words = arena_printf(l->arena, "%s/" PAPER_TEXTS, share);
    const char *folder = contracts ? contracts : arena_printf(l->arena, "%s/schemas/contracts", share);
    free(share);
    return gateway_feeds(folder, &l->feeds, err) || texts_load(words, &l->words, err) ? err->rc : RC_OK;
}

static int usage(const char *what, const char *which)
{
    fprintf(stderr, "nqs-gateway contract template: %s%s; see nqs-gateway contract --help\n", what, which);
    return EXIT_USAGE;
}

int contract_template(const char *code, const char *contracts, const char *lang, const char *out)
{
    SCOPED(loaded_free) Loaded l = {0};
    SCOPED(buffer_free) Buffer file = {0};
    Error err = {0};
    Format format;
    if (load(contracts, &l, &err))
        return app_complain(NULL, &err);
    const Feed *feed = feeds_find(l.feeds, code);
    if (!feed)
        return usage("there is no such feed: ", code);
    lang = lang ? lang : user_lang();
    out = out ? out : arena_printf(l.arena, "%s_template_%s.xlsx", code, lang);
    if (!format_by_file(out, &format) || (format != FORMAT_XLSX && format != FORMAT_CSV))
        return usage("a file name that ends in .xlsx or .csv is wanted, not ", out);
    if (template_write(feed, l.words, lang, format, &file, &err))
        return err.rc == RC_REJECT ? usage("the language is kk, ru or en, not ", lang) : app_complain(NULL, &err);
    if (app_write(out, &file, &err))
        return app_complain(NULL, &err);
    printf("%s\n", out);
    return EXIT_OK;
}
