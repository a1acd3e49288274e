#include "schemas/contract.h"
#include "tests/fuzz/fuzz_file.h"
#include "transforms/convert.h"
#include "transforms/rules.h"

static bool rule_known(const char *name) { return rule_for(name) != NULL; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    SCOPED(contracts_free) Feeds *feeds = NULL;
    Rc rc = contracts_load(fuzz_file("fuzzed-things.odcs.yaml", data, size), convert_for, rule_known, &feeds, &err);
    HOLDS(rc == RC_OK || (rc == RC_FATAL && err.text[0] && !feeds));
    HOLDS(rc != RC_OK || (feeds->n == 1 && feeds->at[0].n_fields && feeds->at[0].n_key));
    return 0;
}
