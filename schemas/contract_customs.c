#include "gateway/model/party.h"
#include "schemas/contract_parts.h"
#include <stdio.h>
#include <string.h>

/* Cuts a value into words. They live in the arena; *n may be 0. */
static const char **words_cut(Arena *a, const char *value, size_t *n)
{
    const char **words = arena_alloc(a, (strlen(value) / 2 + 1) * sizeof *words);
    char *rest = NULL;
    *n = 0;
    for (char *w = strtok_r(arena_text(a, value, strlen(value)), " ", &rest); w; w = strtok_r(NULL, " ", &rest))
        words[(*n)++] = w;
    return words;
}

static Rc field_take(const Draft *d, const char *name, unsigned types, const Field **out, Error *err)
{
    const Field *f = field_find(d->feed->fields, d->feed->n_fields, name, strlen(name));
    if (!f)
        return error_set(err, RC_FATAL, "'%s' is not a top-level field", name);
    if (!(types >> f->type & 1))
        return error_set(err, RC_FATAL, "field '%s' has a type that cannot serve here", name);
    *out = f;
    return RC_OK;
}

enum { TEXTS = 1u << TYPE_TEXT, DATES = 1u << TYPE_DATE, OBJECTS = 1u << TYPE_OBJECT };

static Rc take_period(const Draft *d, const char *value, Error *err)
{
    for (PeriodForm form = PERIOD_MONTH; form <= PERIOD_DAY; form++)
        if (strcmp(period_form_name(form), value) == 0) {
            d->feed->period = form;
            return RC_OK;
        }
    return error_set(err, RC_FATAL, "'%s': write month, quarter, half-year, year or day", value);
}

static Rc take_kinds(const Draft *d, const char *value, Error *err)
{
    size_t n;
    const char **words = words_cut(d->arena, value, &n);
    for (size_t i = 0; i < n; i++) {
        Kind kind = kind_read(words[i]);
        if (!kind)
            return error_set(err, RC_FATAL, "'%s': write words of list, changes, facts, edition, nil", words[i]);
        d->feed->kinds |= kind;
    }
    return d->feed->kinds ? RC_OK : error_set(err, RC_FATAL, "write words of list, changes, facts, edition, nil");
}

static Rc take_on_refused(const Draft *d, const char *value, Error *err)
{
    bool whole = strcmp(value, "all_or_nothing") == 0;
    if (!whole && strcmp(value, "keep_good") != 0)
        return error_set(err, RC_FATAL, "'%s': write keep_good or all_or_nothing", value);
    d->feed->on_refused = whole ? REFUSED_ALL_OR_NOTHING : REFUSED_KEEP_GOOD;
    return RC_OK;
}

static Rc take_owner(const Draft *d, const char *value, Error *err)
{
    size_t n;
    const char **words = words_cut(d->arena, value, &n);
    bool shaped = n == 3 && strcmp(words[1], "=") == 0, by_bin = shaped && strcmp(words[2], "party.bin") == 0;
    if (!by_bin && !(shaped && strcmp(words[2], "party.role") == 0))
        return error_set(err, RC_FATAL, "'%s': write FIELD = party.bin or FIELD = party.role", value);
    d->feed->owner = by_bin ? OWNER_BIN : OWNER_ROLE;
    return field_take(d, words[0], TEXTS, &d->feed->owner_field, err);
}

static bool holds(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

/* Adds to those whom roles[] let read already. */
static Rc take_readers(const Draft *d, const char *value, Error *err)
{
    Feed *feed = d->feed;
    size_t n;
    const char **words = words_cut(d->arena, value, &n), **readers = arena_alloc(d->arena, (feed->n_readers + n + 1) * sizeof *readers);
    for (size_t i = 0; i < feed->n_readers; i++)
        readers[i] = feed->readers[i];
    feed->readers = readers;
    for (size_t i = 0; i < n; i++) {
        if (!role_known(words[i]))
            return error_set(err, RC_FATAL, "'%s' is not a role", words[i]);
        if (!holds(readers, feed->n_readers, words[i]))
            readers[feed->n_readers++] = words[i];
    }
    return RC_OK;
}

static Rc take_public(const Draft *d, const char *value, Error *err)
{
    bool yes = strcmp(value, "true") == 0;
    if (!yes && strcmp(value, "false") != 0)
        return error_set(err, RC_FATAL, "'%s': write true or false", value);
    if (yes && d->feed->personal)
        return error_set(err, RC_FATAL, "a feed with personal fields cannot be public");
    d->feed->public_ = yes;
    return RC_OK;
}

static Rc take_person(const Draft *d, const char *value, Error *err)
{
    if (field_take(d, value, TEXTS | OBJECTS, &d->feed->person_field, err))
        return err->rc;
    if (!d->feed->person_field->personal)
        return error_set(err, RC_FATAL, "field '%s' identifies a person: it needs classification: personal", value);
    return RC_OK;
}

static Rc take_title_kk(const Draft *d, const char *value, Error *err) { (void)err; d->feed->title_kk = value; return RC_OK; }
static Rc take_title_ru(const Draft *d, const char *value, Error *err) { (void)err; d->feed->title_ru = value; return RC_OK; }

static Rc take_grants_role(const Draft *d, const char *value, Error *err)
{
    d->feed->grants.role = value;
    return role_known(value) ? RC_OK : error_set(err, RC_FATAL, "'%s' is not a role", value);
}

static Rc take_grants_bin(const Draft *d, const char *value, Error *err)  { return field_take(d, value, TEXTS, &d->feed->grants.bin, err); }
static Rc take_grants_from(const Draft *d, const char *value, Error *err) { return field_take(d, value, DATES, &d->feed->grants.from, err); }
static Rc take_grants_to(const Draft *d, const char *value, Error *err)   { return field_take(d, value, DATES, &d->feed->grants.to, err); }

static Rc take_grants_end_states(const Draft *d, const char *value, Error *err)
{
    (void)err;
    d->feed->grants.end_states = words_cut(d->arena, value, &d->feed->grants.n_end_states);
    return RC_OK;
}

static const struct { const char *property; Rc (*take)(const Draft *d, const char *value, Error *err); } settings[] = {
    { "period",      take_period },      { "kinds",       take_kinds },       { "onRefused",         take_on_refused },
    { "owner",       take_owner },       { "readers",     take_readers },     { "public",            take_public },
    { "person",      take_person },      { "title.kk",    take_title_kk },    { "title.ru",          take_title_ru },
    { "grants.role", take_grants_role }, { "grants.bin",  take_grants_bin },  { "grants.from",       take_grants_from },
    { "grants.to",   take_grants_to },   { "grants.end_states", take_grants_end_states },
};

static bool is_rule(const char *property) { return strncmp(property, "rule.", 5) == 0; }

static const YamlCustom *custom_find(const YamlCustom *customs, unsigned n, const char *property)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(customs[i].property, property) == 0)
            return &customs[i];
    return NULL;
}

static Rc custom_take(const Draft *d, const YamlCustom *custom, Error *err)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(settings[i].property, custom->property) == 0)
            return settings[i].take(d, custom->value, err);
    return is_rule(custom->property) ? RC_OK : error_set(err, RC_FATAL, "is not known; see docs/feeds.md for what a contract may say");
}

static Rc rule_take(const Draft *d, const char *value, RuleUse *use, Error *err)
{
    size_t n;
    const char **words = words_cut(d->arena, value, &n);
    if (n == 0 || n > RULE_WORDS + 1)
        return error_set(err, RC_FATAL, "write the name of a rule and at most %d words", RULE_WORDS);
    if (!d->rule_known(words[0]))
        return error_set(err, RC_FATAL, "unknown rule '%s'", words[0]);
    use->name = words[0];
    use->n = n - 1;
    for (size_t i = 0; i < use->n; i++) {
        use->word[i] = words[i + 1];
        use->field[i] = field_find(d->feed->fields, d->feed->n_fields, use->word[i], strlen(use->word[i]));
    }
    return RC_OK;
}

static Rc rules_take(const Draft *d, const YamlCustom *customs, unsigned n, Error *err)
{
    unsigned n_rules = 0;
    for (unsigned i = 0; i < n; i++)
        n_rules += is_rule(customs[i].property);
    RuleUse *rules = arena_alloc(d->arena, (n_rules + 1) * sizeof *rules);
    for (unsigned i = 0; i < n_rules; i++) {
        char property[24];
        snprintf(property, sizeof property, "rule.%u", i + 1);
        const YamlCustom *rule = custom_find(customs, n, property);
        if (!rule)
            return error_set(err, RC_FATAL, "customProperties: '%s' is missing; rules are numbered rule.1, rule.2, … without gaps", property);
        if (rule_take(d, rule->value, &rules[i], err))
            return error_at(err, "customProperties '%s'", property);
    }
    d->feed->rules = rules;
    d->feed->n_rules = n_rules;
    return RC_OK;
}

static Rc whole_judge(const Draft *d, const YamlContract *from, Error *err)
{
    static const char *const needed[] = { "period", "kinds" };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!custom_find(from->customs, from->n_customs, needed[i]))
            return error_set(err, RC_FATAL, "customProperties: '%s' is missing", needed[i]);
    const Feed *f = d->feed;
    if (f->grants.role && !(f->grants.bin && f->grants.from))
        return error_set(err, RC_FATAL, "customProperties 'grants.role': needs grants.bin and grants.from too");
    if (!f->grants.role && (f->grants.bin || f->grants.from || f->grants.to || f->grants.end_states))
        return error_set(err, RC_FATAL, "customProperties: 'grants.role' is missing; the other grants.* say nothing without it");
    return RC_OK;
}

Rc draft_customs(const Draft *d, const YamlContract *from, Error *err)
{
    for (unsigned i = 0; i < from->n_customs; i++) {
        const YamlCustom *custom = &from->customs[i];
        if (custom_find(from->customs, i, custom->property))
            return error_set(err, RC_FATAL, "customProperties '%.60s' stands there twice", custom->property);
        if (custom_take(d, custom, err))
            return error_at(err, "customProperties '%.60s'", custom->property);
    }
    if (rules_take(d, from->customs, from->n_customs, err))
        return err->rc;
    return whole_judge(d, from, err);
}
