#include "gateway/base/guard_internal.h"

static Rc rows_pass(void *self, const char *utf8, size_t n, Error *err)
{
    CsvGuard *g = self;
    CsvPart part;
    for (const char *at = utf8, *end = utf8 + n; at < end; ) {
        Rc rc = csv_scan(&g->scan, &at, end, &part, err);
        if (rc)
            return rc;
    }
    return RC_OK;
}

Rc csv_guard_init(CsvGuard *g, const char *charset, char separator, unsigned heading_row, Error *err)
{
    csv_scan_init(&g->scan, separator, heading_row);
    return charset_open(charset, rows_pass, g, &g->charset, err);
}

void csv_guard_free(CsvGuard *g) { charset_free(&g->charset); }

Rc csv_guard_feed(CsvGuard *g, const char *bytes, size_t n, Error *err) { return charset_feed(g->charset, bytes, n, err); }

Rc csv_guard_end(CsvGuard *g, Error *err)
{
    CsvPart part;
    Rc rc = charset_end(g->charset, err);
    rc = rc ? rc : csv_scan_end(&g->scan, &part, err);
    return rc || g->scan.row ? rc : guard_torn(err, "row");
}
