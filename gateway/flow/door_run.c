#include "gateway/flow/keeper.h"
#include <assert.h>

static Rc decide(Desk *desk, Keeping *const *all, size_t n, Error *err)
{
    keeper_keep_marked(desk, all, n);
    for (size_t i = 0; i < n; i++)
        if (all[i]->rc) {
            *err = all[i]->err;
            return all[i]->rc == RC_END ? error_set(err, RC_RETRY, "an upload was swept before it was kept") : all[i]->rc;
        }
    return RC_OK;
}

Rc door_keep_run(Desk *desk, Door *const *d, const Meta *m, size_t n, Error *err)
{
    Buffer part[DOORS_TOGETHER] = {0};
    Receipt out[DOORS_TOGETHER];
    Keeping k[DOORS_TOGETHER], *all[DOORS_TOGETHER];
    Rc rc = RC_OK;
    assert(n && n <= DOORS_TOGETHER);
    for (size_t i = 0; i < n && !rc; i++) {
        rc = door_whole(desk, d[i], &part[i], err);
        k[i] = (Keeping){ .d = d[i], .k = { .a = &d[i]->a, .m = &m[i], .part = &part[i], .arena = d[i]->arena }, .out = &out[i] };
        all[i] = &k[i];
    }
    if (!rc)
        rc = decide(desk, all, n, err);
    for (size_t i = 0; i < n; i++) {
        buffer_free(&part[i]);
        if (!rc)
            door_kept(d[i]);
    }
    return rc;
}
