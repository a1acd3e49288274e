#include "schemas/check_parts.h"
#include <string.h>

enum { NAME_SHOWN = 64, DIGITS_SHOWN = 5 };

const Node doubled_node;

bool is_blank(const char *s, size_t len)
{
    for (size_t i = 0; s && i < len; i++)
        if (s[i] != ' ' && s[i] != '\n' && s[i] != '\t' && s[i] != '\r')
            return false;
    return true;
}

bool is_object(const Node *node)
{
    return node->kind == NODE_OBJECT || (node->kind == NODE_ELEMENT && is_blank(node->text, node->len));
}

static bool is_named(const Field *f, const Node *n)
{
    return f->name[0] == n->name[0] && strncmp(f->name, n->name, n->name_len) == 0 && f->name[n->name_len] == '\0';
}

/* Senders write fields in the contract's order and leave some out, so the search goes on from the one before. */
static size_t member_index(const Field *fields, size_t n, size_t next, const Node *node)
{
    for (size_t i = next; i < n; i++)
        if (is_named(&fields[i], node))
            return i;
    for (size_t i = 0; i < next; i++)
        if (is_named(&fields[i], node))
            return i;
    return n;
}

/* A name nobody agreed on may be a value in the wrong place ({"850101300123": …}); such a one is not shown. */
static bool is_showable(const Feed *feed, const char *name, size_t len)
{
    unsigned digits = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];
        bool digit = c >= '0' && c <= '9', letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        digits += digit;
        if (!digit && !letter && c != '_' && c != '-' && c != '.' && (feed->personal || c < 0x80))
            return false;
    }
    return len > 0 && len <= NAME_SHOWN && digits <= DIGITS_SHOWN;
}

static void complain_unknown(Check *c, const Node *n, const Place *at)
{
    bool shown = is_showable(c->feed, n->name, n->name_len);
    const char *name = shown ? arena_text(c->arena, n->name, n->name_len) : "?";
    Place place = { at, name, strlen(name), 0, n->origin };
    complain(c, &place, "unknown_field", name, NULL);
}

const Node **members_find(Check *c, const Field *fields, size_t n, const Node *object, const Place *at)
{
    const Node **found = arena_alloc(c->arena, n * sizeof *found);
    size_t next = 0;
    for (const Node *m = object->first; m; m = m->next) {
        size_t i = member_index(fields, n, next, m);
        if (i == n) {
            complain_unknown(c, m, at);
            continue;
        }
        if (found[i]) {
            Place place = { at, fields[i].name, m->name_len, 0, m->origin };
            complain(c, &place, "doubled_field", NULL, NULL);
        }
        found[i] = found[i] ? &doubled_node : m;
        next = i + 1;
    }
    return found;
}
