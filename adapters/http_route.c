#include "adapters/http_inside.h"
#include <string.h>

enum { PARAMETER_MAX = 128 };

static size_t segment(const char *s) { return strcspn(s, "/"); }

static bool pattern_matches(const char *pattern, const char *path, Arena *a, const char *parameter[HTTP_PARAMETERS])
{
    unsigned n = 0;
    memset(parameter, 0, HTTP_PARAMETERS * sizeof *parameter);
    for (;;) {
        size_t want = segment(pattern), have = segment(path);
        if (*pattern == '{' && n < HTTP_PARAMETERS) {
            if (!have || have > PARAMETER_MAX)
                return false;
            parameter[n++] = arena_text(a, path, have);
        } else if (want != have || memcmp(pattern, path, want)) {
            return false;
        }
        pattern += want;
        path += have;
        if (!*pattern || !*path)
            return *pattern == *path;
        pattern++;
        path++;
    }
}

static void allow_add(Buffer *allow, const char *method)
{
    buffer_print(allow, "%s%s%s", allow->len ? ", " : "", method, strcmp(method, "GET") ? "" : ", HEAD");
}

const Route *route_find(const Route *const *tables, const char *method, const char *path, Arena *a, const char *parameter[HTTP_PARAMETERS],
                        Buffer *allow)
{
    const char *wanted = strcmp(method, "HEAD") ? method : "GET";
    for (; *tables; tables++)
        for (const Route *r = *tables; r->pattern; r++) {
            if (!pattern_matches(r->pattern, path, a, parameter))
                continue;
            if (!strcmp(r->method, wanted))
                return r;
            allow_add(allow, r->method);
        }
    return NULL;
}

unsigned route_index(const Route *const *tables, const Route *route)
{
    unsigned i = 1;
    for (; route && *tables; tables++)
        for (const Route *r = *tables; r->pattern; r++, i++)
            if (r == route)
                return i < METRIC_ROUTES ? i : 0;
    return 0;
}

void routes_tell(const Route *const *tables)
{
    unsigned i = 1;
    for (; *tables; tables++)
        for (const Route *r = *tables; r->pattern; r++)
            metrics_route(i++, r->method, r->pattern);
}
