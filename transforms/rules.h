/* Rules across the fields of one record, by the names contracts use for them. Values are canonical and present where required. */
#pragma once
#include "gateway/model/record.h"

/* RC_REJECT with error_refuse: the rule's finding code and names of the fields in the arguments (values only of fields that are not personal). */
typedef Rc Rule(const RuleUse *use, const Value *values, Error *err);

/* By name; NULL: no such rule. In contracts: customProperties {property: rule.1, value: "not-before valid_to issued_on"}.
   not-before LATER EARLIER             LATER, where given, is not before EARLIER         code rule_not_before
   required-when FIELD OTHER VALUE      FIELD is given when OTHER is VALUE                code rule_required_when
   absent-unless FIELD OTHER VALUE      FIELD is absent unless OTHER is VALUE             code rule_absent_unless
   one-of A B                           at least one is given                             code rule_one_of
   differ A B                           they are not equal                                code rule_differ
   Values are compared as texts, so not-before is for dates. required-when and absent-unless give VALUE as {3} only when OTHER
   is not personal. one-of takes up to RULE_WORDS fields. */
Rule *rule_for(const char *name);

/* Does a contract use its rule rightly: as many words as it wants, and fields where it wants fields? A rule must only be run on a use that fits. */
bool rule_fits(const RuleUse *use);
