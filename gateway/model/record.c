#include "gateway/model/record.h"

const char *outcome_name(Outcome o)
{
    static const char *const names[] = { "none", "new", "changed", "unchanged", "withdrawn", "older", "refused" };
    return o <= OUTCOME_REFUSED ? names[o] : "unknown";
}
