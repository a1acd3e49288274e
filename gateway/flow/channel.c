#include "gateway/flow/channel.h"
#include "gateway/flow/gateway.h"
#include "gateway/base/text.h"
#include "persistence/sign.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const Channel *const none[] = { NULL };
static const Channel *const *registered = none;

void channels_register(const Channel *const *kinds) { registered = kinds; }

const Channel *channel(unsigned i)
{
    for (unsigned k = 0; k < i; k++)
        if (!registered[k])
            return NULL;
    return i < CHANNELS_MOST ? registered[i] : NULL;
}

const Channel *channel_find(const char *name)
{
    for (unsigned i = 0; channel(i); i++)
        if (strcmp(channel(i)->name, name) == 0)
            return channel(i);
    return NULL;
}

const NoticeSettings *notice_settings(const Gateway *g) { return g->config->notices; }

void channel_secret(const Gateway *g, const char *bin, char hex[CHANNEL_SECRET])
{
    unsigned char hash[HASH_SIZE];
    vault_lookup(g->vault, "notices by webhook", bin, strlen(bin), hash);
    hex_text(hash, sizeof hash, hex);
}

void channel_base64(const void *in, size_t n, Buffer *out)
{
    enum { LINE = 57 };
    char line[4 * LINE / 3 + 1];
    for (size_t i = 0; i < n; i += LINE) {
        size_t some = n - i < LINE ? n - i : LINE;
        buffer_print(out, "%s\r\n", base64_text((const char *)in + i, some, line));
    }
}

static bool one_address(const char *s, size_t n)
{
    static const char marks[] = ".!#$%&'*+/=?^_`{|}~-";
    const char *at = memchr(s, '@', n);
    if (!at || at == s || at == s + n - 1 || n > 254)
        return false;
    for (const char *c = s; c < s + n; c++)
        if (c != at && !(isascii((unsigned char)*c) && isalnum((unsigned char)*c)) && !(c < at ? strchr(marks, *c) != NULL && *c : *c == '.' || *c == '-'))
            return false;
    return true;
}

bool mail_addresses(const char *list)
{
    for (const char *s = list;; s++) {
        size_t n = strcspn(s, ",");
        if (!one_address(s, n))
            return false;
        s += n;
        if (!*s)
            return true;
    }
}
