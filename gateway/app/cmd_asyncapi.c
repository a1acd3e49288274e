#include "gateway/app/command.h"
#include "schemas/contract.h"
#include "schemas/generate.h"
#include <stdio.h>
#include <string.h>

static int usage(const char *what, const char *which)
{
    fprintf(stderr, "nqs-gateway contract asyncapi: %s%s; see nqs-gateway contract --help\n", what, which);
    return EXIT_USAGE;
}

/* HOST:PORT, with commas between several. */
static bool addresses(const char *s)
{
    for (;;) {
        size_t n = strcspn(s, ","), digits = 0;
        while (digits < n && s[n - 1 - digits] >= '0' && s[n - 1 - digits] <= '9')
            digits++;
        if (!digits || n < digits + 2 || s[n - 1 - digits] != ':')
            return false;
        if (!s[n])
            return true;
        s += n + 1;
    }
}

int contract_asyncapi(const char *code, const char *contracts, const char *brokers, const char *out)
{
    Error err = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(contracts_free) Feeds *feeds = NULL;
    SCOPED(buffer_free) Buffer text = {0};
    if (brokers && !addresses(brokers))
        return usage("HOST:PORT is wanted, with commas between several, not ", brokers);
    if (gateway_feeds(contracts ? contracts : arena_printf(a, "%s/schemas/contracts", app_share(a)), &feeds, &err))
        return app_complain(NULL, &err);
    const Feed *one = code ? feeds_find(feeds, code) : NULL;
    if (code && !one)
        return usage("there is no such feed: ", code);
    generate_asyncapi(one ? one : feeds->at, one ? 1 : feeds->n, brokers, &text);
    if (!out)
        return fwrite(text.at, 1, text.len, stdout) == text.len && !fflush(stdout) ? EXIT_OK : EXIT_FAILED;
    return app_write(out, &text, &err) ? app_complain(NULL, &err) : EXIT_OK;
}
