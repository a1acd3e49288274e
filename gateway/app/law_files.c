#include "gateway/app/law_files.h"
#include <unistd.h>

static Rc settings_take(const LawPaths *p, LawFiles *l, Error *err)
{
    const char *path = config_path(p->config);
    l->share = p->share;
    l->own = p->calendars;
    if (p->config || (!p->share && !p->calendars && !access(path, R_OK))) {
        if (config_load(path, &l->config, err))
            return err->rc;
        l->share = l->share ? l->share : l->config->share;
        l->own = l->own ? l->own : l->config->calendars;
    }
    l->share = l->share ? l->share : app_share(l->a);
    return RC_OK;
}

Rc law_open(const LawPaths *paths, LawFiles *out, Error *err)
{
    *out = (LawFiles){ .a = arena_new() };
    out->config_path = paths->config;
    return settings_take(paths, out, err) || gateway_zone(&out->zone, err) || gateway_calendar(out->share, out->own, out->a, &out->calendar, err) ? err->rc : RC_OK;
}

void law_close(LawFiles *l)
{
    zone_free(&l->zone);
    config_free(&l->config);
    arena_free(&l->a);
}
