#include "gateway/base/buffer.h"
#include "gateway/model/format.h"
#include "transforms/mapping_inside.h"
#include <fnmatch.h>
#include <string.h>

static bool among(const char *what, char *const *list, unsigned n)
{
    for (unsigned i = 0; what && i < n; i++)
        if (strcmp(list[i], what) == 0)
            return true;
    return false;
}

/* How many things a binding asks for, all of which fit; 0: it does not fit. */
static unsigned fits(const Mapping *m, const MappingAsk *ask)
{
    const YamlBind *b = m->y->bind;
    if (!b || !mapping_reads(m, ask->format))
        return 0;
    bool party = !b->n_party || (ask->who && among(ask->who->bin, b->party, b->n_party));
    bool role = !b->role || (ask->who && sender_has_role(ask->who, b->role));
    bool service = !b->n_service || among(ask->service, b->service, b->n_service);
    bool root = !b->n_root || among(ask->root, b->root, b->n_root);
    bool file = !b->file || (ask->file && fnmatch(b->file, ask->file, 0) == 0);
    if (!party || !role || !service || !root || !file)
        return 0;
    return (b->n_party > 0) + (b->role != NULL) + (b->n_service > 0) + (b->n_root > 0) + (b->file != NULL);
}

static Rc named(const Mappings *all, const MappingAsk *ask, const Mapping **out, Error *err)
{
    SCOPED(buffer_free) Buffer formats = {0};
    const Mapping *m = mapping_find(all, ask->name);
    if (!m)
        return error_refuse(err, "mapping_unknown", ask->name, NULL, NULL);
    for (size_t i = 0; i < m->n_formats; i++)
        buffer_print(&formats, "%s%s", i ? ", " : "", format_names[m->format[i]].name);
    if (!mapping_reads(m, ask->format))
        return error_refuse(err, "mapping_format", ask->name, buffer_string(&formats), NULL);
    *out = m;
    return RC_OK;
}

Rc mapping_choose(const Mappings *all, const MappingAsk *ask, const Mapping **out, Error *err)
{
    const Mapping *best = NULL, *other = NULL;
    unsigned most = 0;
    if (ask->name)
        return named(all, ask, out, err);
    for (size_t i = 0; i < mappings_n(all); i++) {
        const Mapping *m = mappings_at(all, i);
        unsigned asks = fits(m, ask);
        if (asks && asks == most)
            other = m;
        if (asks > most) {
            most = asks;
            best = m;
            other = NULL;
        }
    }
    if (other)
        return error_refuse(err, "mapping_ambiguous", mapping_name(best), mapping_name(other), NULL);
    *out = best;
    return RC_OK;
}

const Mapping *mapping_find(const Mappings *all, const char *name)
{
    for (size_t i = 0; i < mappings_n(all); i++)
        if (strcmp(mapping_name(mappings_at(all, i)), name) == 0)
            return mappings_at(all, i);
    return NULL;
}

bool mapping_service_known(const Mappings *all, const char *service)
{
    for (size_t i = 0; i < mappings_n(all); i++) {
        const YamlBind *b = mappings_at(all, i)->y->bind;
        if (b && among(service, b->service, b->n_service))
            return true;
    }
    return false;
}
