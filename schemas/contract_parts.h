/* What the parts of the contract loader share: contract.c (files), contract_fields.c (the tree of fields), contract_checks.c (what a
   value must be like) and contract_customs.c (our own settings). Texts of the Feed borrow from the YAML tree, which the arena owns. */
#pragma once
#include "schemas/contract.h"
#include "schemas/contract_yaml.h"

/* One contract on its way from YAML to Feed. */
typedef struct {
    Arena     *arena;
    Converter *converter;
    RuleKnown *rule_known;
    Feed      *feed;
} Draft;

enum { NAME_MOST = 48 };     /* leaves room for the suffixes of tables and indexes in PostgreSQL's 63 bytes */

bool name_valid(const char *s);                                        /* [a-z_][a-z0-9_]*, at most NAME_MOST */

/* Fills feed->fields, key and personal. */
Rc draft_fields(const Draft *d, const YamlSchema *from, Error *err) MUST_USE;

/* Fills what a scalar's value is held against: codes, lengths, pattern, bounds, conversion; on other types refuses such settings. */
Rc draft_checks(const Draft *d, const YamlProperty *from, Field *f, Error *err) MUST_USE;

/* Fills what customProperties of the contract say. feed->fields are complete by now. */
Rc draft_customs(const Draft *d, const YamlContract *from, Error *err) MUST_USE;
