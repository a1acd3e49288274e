#include "transforms/rules.h"
#include <assert.h>
#include <string.h>

static const Value *value_of(const RuleUse *use, size_t word, const Value *values)
{
    assert(word < use->n && use->field[word]);
    return &values[use->field[word]->index];
}

static bool given(const RuleUse *use, size_t word, const Value *values)
{
    return value_of(use, word, values)->text != NULL;
}

static bool equals(const Value *v, const char *text, size_t len)
{
    return v->text && v->len == len && !memcmp(v->text, text, len);
}

/* FIELD OTHER VALUE: the second word's field holds the third word. */
static bool other_is(const RuleUse *use, const Value *values)
{
    assert(use->n > 2);
    return equals(value_of(use, 1, values), use->word[2], strlen(use->word[2]));
}

/* That OTHER holds VALUE is said only where it tells nothing about a person. */
static const char *told(const RuleUse *use)
{
    return use->field[1]->personal ? NULL : use->word[2];
}

static int compare(const Value *a, const Value *b)
{
    size_t shorter = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->text, b->text, shorter);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static Rc not_before(const RuleUse *use, const Value *values, Error *err)
{
    const Value *later = value_of(use, 0, values), *earlier = value_of(use, 1, values);
    if (!later->text || !earlier->text || compare(later, earlier) >= 0)
        return RC_OK;
    return error_refuse(err, "rule_not_before", use->word[0], use->word[1], NULL);
}

static Rc required_when(const RuleUse *use, const Value *values, Error *err)
{
    if (given(use, 0, values) || !other_is(use, values))
        return RC_OK;
    return error_refuse(err, "rule_required_when", use->word[0], use->word[1], told(use));
}

static Rc absent_unless(const RuleUse *use, const Value *values, Error *err)
{
    if (!given(use, 0, values) || other_is(use, values))
        return RC_OK;
    return error_refuse(err, "rule_absent_unless", use->word[0], use->word[1], told(use));
}

static Rc one_of(const RuleUse *use, const Value *values, Error *err)
{
    for (size_t i = 0; i < use->n; i++)
        if (given(use, i, values))
            return RC_OK;
    return error_refuse(err, "rule_one_of", use->word[0], use->n > 1 ? use->word[1] : NULL, use->n > 2 ? use->word[2] : NULL);
}

static Rc differ(const RuleUse *use, const Value *values, Error *err)
{
    const Value *a = value_of(use, 0, values), *b = value_of(use, 1, values);
    if (!a->text || !equals(b, a->text, a->len))
        return RC_OK;
    return error_refuse(err, "rule_differ", use->word[0], use->word[1], NULL);
}

static const struct Known {
    const char *name;
    Rule       *rule;
    size_t      fields, constants;      /* how many of each it wants, in this order */
    bool        more_fields;
} rules[] = {
    { "not-before", not_before, 2, 0, false },
    { "required-when", required_when, 2, 1, false },
    { "absent-unless", absent_unless, 2, 1, false },
    { "one-of", one_of, 2, 0, true },
    { "differ", differ, 2, 0, false },
};

static const struct Known *known(const char *name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!strcmp(rules[i].name, name))
            return &rules[i];
    return NULL;
}

Rule *rule_for(const char *name)
{
    const struct Known *rule = known(name);
    return rule ? rule->rule : NULL;
}

bool rule_fits(const RuleUse *use)
{
    const struct Known *rule = known(use->name);
    size_t wanted = rule ? rule->fields + rule->constants : 0;
    if (!rule || use->n < wanted || (use->n > wanted && !rule->more_fields))
        return false;
    size_t fields = use->n - rule->constants;
    for (size_t i = 0; i < fields; i++)
        if (!use->field[i])
            return false;
    return true;
}
