/* Which of our three languages a client likes best: RFC 9110 §12.5.4, ranges matched by lookup (RFC 4647 §3.4). */
#include "transforms/texts.h"
#include <string.h>
#include <strings.h>

enum { LANGS = 3, FULL_WEIGHT = 1000, NOT_NAMED = -1, BAD_WEIGHT = -2 };

static const char *const names[LANGS] = { [LANG_KK] = "kk", [LANG_RU] = "ru", [LANG_EN] = "en" };

const char *lang_name(Lang lang)
{
    return names[lang];
}

typedef struct { int weight, place; } Wish;                   /* place: which comes first wins among equals */
typedef struct { Wish lang[LANGS], any; } Wishes;

static const char *skip_space(const char *s)
{
    return s + strspn(s, " \t");
}

/* ";q=0.8" in thousandths; s stands behind the range. */
static int weight_read(const char *s)
{
    s = skip_space(s);
    if (*s == '\0' || *s == ',')
        return FULL_WEIGHT;
    if (*s != ';')
        return BAD_WEIGHT;
    s = skip_space(s + 1);
    if (strncasecmp(s, "q=", 2) || (s[2] != '0' && s[2] != '1'))
        return BAD_WEIGHT;
    int weight = (s[2] - '0') * FULL_WEIGHT;
    s += 3;
    if (*s == '.')
        for (int unit = FULL_WEIGHT / 10; *++s >= '0' && *s <= '9'; unit /= 10)
            weight += (*s - '0') * unit;
    s = skip_space(s);
    return (*s == '\0' || *s == ',') && weight <= FULL_WEIGHT ? weight : BAD_WEIGHT;
}

static Wish *wish_for(Wishes *w, const char *range, size_t len)
{
    if (len == 1 && *range == '*')
        return &w->any;
    for (int i = 0; i < LANGS; i++)
        if (len >= 2 && !strncasecmp(range, names[i], 2) && (len == 2 || range[2] == '-'))
            return &w->lang[i];
    return NULL;
}

static void wish_read(Wishes *w, const char *item, int place)
{
    size_t len = strcspn(item, " \t;,");
    Wish *wish = wish_for(w, item, len);
    int weight = weight_read(item + len);
    if (wish && weight > wish->weight)
        *wish = (Wish){ weight, place };
}

static Lang best(const Wishes *w)
{
    static const Lang order[LANGS] = { LANG_EN, LANG_KK, LANG_RU };
    Wish top = { 0, 0 };
    Lang lang = LANG_EN;
    for (int i = 0; i < LANGS; i++) {
        const Wish *wish = &w->lang[order[i]];
        if (wish->weight == NOT_NAMED)
            wish = &w->any;
        if (wish->weight > top.weight || (wish->weight > 0 && wish->weight == top.weight && wish->place < top.place)) {
            top = *wish;
            lang = order[i];
        }
    }
    return lang;
}

Lang lang_accept(const char *header)
{
    static const Wish none = { NOT_NAMED, 0 };
    Wishes w = { { none, none, none }, none };
    int place = 0;
    for (const char *s = header; s && *s; s += *s == ',') {
        s = skip_space(s);
        wish_read(&w, s, place++);
        s += strcspn(s, ",");
    }
    return best(&w);
}
