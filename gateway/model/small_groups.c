#include "gateway/model/small_groups.h"

/* What the sum tells of the hidden ones together: how many are small, how many stand beside, how much they are. */
typedef struct { int64_t small, beside, sum; } Hidden;

static Hidden hidden_of(const SmallGroup *group, size_t n)
{
    Hidden h = {0};
    for (const SmallGroup *g = group; g < group + n; g++) {
        h.small += g->showing == HIDDEN_SMALL;
        h.beside += g->showing == HIDDEN_BESIDE;
        h.sum += g->showing == SHOWN ? 0 : g->count;
    }
    return h;
}

/* Could each small one still be anything from 1 to GROUP_LEAST - 1, for one who knows the sum and which are small? Those beside are at least GROUP_LEAST each. */
static bool safe(Hidden h)
{
    enum { SLACK = GROUP_LEAST - 2 };
    int64_t least = h.small + GROUP_LEAST * h.beside, most = (GROUP_LEAST - 1) * h.small;
    if (!h.small)
        return true;
    return h.sum >= least + SLACK && (h.beside || (h.small > 1 && h.sum <= most - SLACK));
}

static SmallGroup *smallest_shown(SmallGroup *group, size_t n)
{
    SmallGroup *found = NULL;
    for (SmallGroup *g = group; g < group + n; g++)
        if (g->showing == SHOWN && g->count && (!found || g->count < found->count))
            found = g;
    return found;
}

TableShowing small_groups_hide(SmallGroup *group, size_t n, int64_t persons)
{
    for (SmallGroup *g = group; g < group + n; g++)
        g->showing = g->count && g->persons < GROUP_LEAST ? HIDDEN_SMALL : SHOWN;
    if (persons > 0 && persons < GROUP_LEAST)
        return NOTHING;
    while (!safe(hidden_of(group, n))) {
        SmallGroup *next = smallest_shown(group, n);
        if (!next)
            return SUM_ONLY;
        next->showing = HIDDEN_BESIDE;
    }
    return GROUPS_AND_SUM;
}
