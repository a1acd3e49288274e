#include "gateway/base/text.h"
#include "schemas/check_parts.h"
#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* Identifiers must be strings: as JSON numbers they would have lost their leading zeros. */
static bool kind_fits(const Field *f, const Node *n)
{
    switch (n->kind) {
    case NODE_ELEMENT: return !n->first;
    case NODE_STRING:  return true;
    case NODE_NUMBER:  return f->type == TYPE_INTEGER || f->type == TYPE_DECIMAL;
    case NODE_BOOLEAN: return f->type == TYPE_BOOLEAN;
    default:           return false;
    }
}

static bool is_listed(const Field *f, const Value *v)
{
    for (size_t i = 0; i < f->n_codes; i++)
        if (strncmp(f->codes[i].value, v->text, v->len) == 0 && f->codes[i].value[v->len] == '\0')
            return true;
    return false;
}

/* "a, b, c" when it fits into an argument. */
static const char *codes_text(const Check *c, const Field *f)
{
    char *all = arena_alloc(c->arena, ERROR_ARG_SIZE);
    size_t used = 0;
    for (size_t i = 0; i < f->n_codes; i++) {
        size_t len = strlen(f->codes[i].value), comma = i ? 2 : 0;
        if (used + comma + len >= ERROR_ARG_SIZE)
            return NULL;
        memcpy(all + used, ", ", comma);
        memcpy(all + used + comma, f->codes[i].value, len);
        used += comma + len;
    }
    return all;
}

static void complain_codes(Check *c, const Field *f, const Value *v, const Place *at)
{
    const char *value = quote(c, f, v->text, v->len);
    complain(c, at, "not_in_list", value, value ? codes_text(c, f) : NULL);
}

/* The Error is heavy and rarely used, so only what is read of it is emptied. */
static bool convert(Check *c, const Field *f, Value *v, const Place *at)
{
    Error said;
    said.code[0] = said.arg[0][0] = said.arg[1][0] = '\0';
    const char *warning = NULL;
    Value in = *v;
    Rc rc = f->convert(f, in.text, in.len, c->arena, &v->text, &v->len, &warning, &said);
    if (rc == RC_OK) {
        if (warning)
            warn(c, at, warning, quote(c, f, in.text, in.len));
        return true;
    }
    if (rc != RC_REJECT) {
        c->broken = rc;
        *c->err = said;
        return false;
    }
    const char *code = said.code[0] ? arena_text(c->arena, said.code, strlen(said.code)) : "not_a_value";
    const char *a = said.arg[0][0] ? quote(c, f, said.arg[0], strlen(said.arg[0])) : NULL;
    complain(c, at, code, a, a && said.arg[1][0] ? quote(c, f, said.arg[1], strlen(said.arg[1])) : NULL);
    return false;
}

/* Characters are counted only where bytes leave it open: a character has one to four of them. */
static bool length_fits(Check *c, const Field *f, const Value *v, const Place *at)
{
    bool surely_long = v->len >= (size_t)4 * f->min_length, surely_short = !f->max_length || v->len <= f->max_length;
    if (surely_long && surely_short)
        return true;
    size_t n = text_characters(v->text, v->len);
    if (n < f->min_length)
        complain(c, at, "too_short", arena_printf(c->arena, "%u", f->min_length), NULL);
    else if (f->max_length && n > f->max_length)
        complain(c, at, "too_long", arena_printf(c->arena, "%u", f->max_length), NULL);
    else
        return true;
    return false;
}

static bool pattern_fits(Check *c, const Field *f, const Value *v, const Place *at)
{
    regmatch_t whole = { .rm_so = 0, .rm_eo = (regoff_t)v->len };
    if (!f->regex || regexec(f->regex, v->text, 1, &whole, REG_STARTEND) == 0)
        return true;
    complain(c, at, "pattern", quote(c, f, v->text, v->len), NULL);
    return false;
}

/* Of a canonical number. Up to 15 digits are exact in a double, and so is the one division; longer ones go the slow way. */
static double number_of(const Value *v)
{
    static const double scale[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    const char *s = v->text + (*v->text == '-');
    if (v->len > 15)
        return strtod(v->text, NULL);
    double whole = 0;
    size_t fraction = 0;
    for (; *s >= '0' && *s <= '9'; s++)
        whole = whole * 10 + (*s - '0');
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++, fraction++)
            whole = whole * 10 + (*s - '0');
    whole /= scale[fraction];
    return *v->text == '-' ? -whole : whole;
}

static bool bounds_fit(Check *c, const Field *f, const Value *v, const Place *at)
{
    if (!f->has_minimum && !f->has_maximum)
        return true;
    double x = number_of(v);
    if (f->has_minimum && x < f->minimum)
        complain(c, at, "below_minimum", arena_printf(c->arena, "%.15g", f->minimum), NULL);
    else if (f->has_maximum && x > f->maximum)
        complain(c, at, "above_maximum", arena_printf(c->arena, "%.15g", f->maximum), NULL);
    else
        return true;
    return false;
}

/* A code list is its own conversion, unless the contract asks for a check before it. */
static bool meaning_check(Check *c, const Field *f, Value *v, const Place *at)
{
    if ((!f->n_codes || f->check) && !convert(c, f, v, at))
        return false;
    if (f->n_codes && !is_listed(f, v)) {
        complain_codes(c, f, v, at);
        return false;
    }
    return true;
}

static Verdict absent(Check *c, const Field *f, const Place *at)
{
    if (!f->required)
        return VALUE_ABSENT;
    complain(c, at, "required", NULL, NULL);
    return VALUE_BAD;
}

Verdict bad_value(Check *c, const Field *f, const Node *node, const Place *at)
{
    const Node *value = node->first, *word = value->next;
    const char *said = value->text ? text_plain(value->text, value->len, c->arena, &(size_t){ 0 }) : NULL;
    said = said ? quote(c, f, said, strlen(said)) : NULL;
    complain(c, at, node->text, word ? word->text : said, word ? said : NULL);
    return VALUE_BAD;
}

/* White space is gone by now; what is left below U+0020 is of no text, and XML could not even carry it. */
static bool has_control(const Value *v)
{
    for (size_t i = 0; i < v->len; i++)
        if ((unsigned char)v->text[i] < 0x20)
            return true;
    return false;
}

Verdict scalar_check(Check *c, const Field *f, const Node *node, const Place *at, Value *out)
{
    if (!node || node->kind == NODE_NULL)
        return absent(c, f, at);
    if (!kind_fits(f, node)) {
        if (node->kind == NODE_BAD)
            return bad_value(c, f, node, at);
        complain(c, at, "not_a_value", NULL, NULL);
        return VALUE_BAD;
    }
    Value v = { node->text, node->len };
    v.text = node->text ? text_plain(node->text, node->len, c->arena, &v.len) : "";
    if (has_control(&v)) {
        complain(c, at, "not_a_value", NULL, NULL);
        return VALUE_BAD;
    }
    if (v.len == 0 && (f->required || f->type != TYPE_TEXT))
        return absent(c, f, at);
    if (!meaning_check(c, f, &v, at))
        return VALUE_BAD;
    bool length = length_fits(c, f, &v, at), pattern = pattern_fits(c, f, &v, at), bounds = bounds_fit(c, f, &v, at);
    if (!length || !pattern || !bounds)
        return VALUE_BAD;
    *out = v;
    return VALUE_GOOD;
}
