/* A workbook is a zip, whose table of contents stands at its end: until that is there only its frame can be judged (APPNOTE 4.3.6). */
#include "gateway/base/guard_internal.h"
#include <string.h>

static const char local_head[] = "PK\3\4", end_head[] = "PK\5\6", ole_head[] = "\xD0\xCF\x11\xE0";

/* Workbooks from before 2007, and all that are encrypted, are OLE compound files. */
static Rc head_check(XlsxGuard *x, const char *bytes, size_t n, Error *err)
{
    for (size_t i = 0; i < n && x->size + i < ZIP_HEAD_SIZE; i++)
        x->head[x->size + i] = bytes[i];
    size_t known = x->size + n < ZIP_HEAD_SIZE ? x->size + n : ZIP_HEAD_SIZE;
    if (memcmp(x->head, local_head, known) == 0 || memcmp(x->head, ole_head, known) == 0)
        return known == ZIP_HEAD_SIZE && *x->head != *local_head ? error_refuse(err, "old_workbook", NULL, NULL, NULL) : RC_OK;
    return error_refuse(err, "not_xlsx", NULL, NULL, NULL);
}

/* Looks for closing records that begin among the first n bytes of s, all of which are there. offset: of s in the document. */
static void ends_find(XlsxGuard *x, const char *s, size_t n, uint64_t offset)
{
    for (const char *at = s, *end = s + n; (at = memmem(at, (size_t)(end - at) + ZIP_HEAD_SIZE - 1, end_head, ZIP_HEAD_SIZE)); at++) {
        unsigned comment = (unsigned char)at[20] | (unsigned)(unsigned char)at[21] << 8;
        x->ends[x->n_ends++ % ZIP_ENDS] = offset + (uint64_t)(at - s) + ZIP_END_SIZE + comment;
    }
}

static void tail_keep(XlsxGuard *x, const char *bytes, size_t n)
{
    size_t kept = sizeof x->tail;
    if (n < kept) {
        size_t old = x->n_tail + n > kept ? kept - n : x->n_tail;
        memmove(x->tail, x->tail + x->n_tail - old, old);
        memcpy(x->tail + old, bytes, n);
        x->n_tail = old + n;
    } else {
        memcpy(x->tail, bytes + n - kept, kept);
        x->n_tail = kept;
    }
}

Rc xlsx_guard_feed(XlsxGuard *x, const char *bytes, size_t n, Error *err)
{
    Rc rc = x->size < ZIP_HEAD_SIZE ? head_check(x, bytes, n, err) : RC_OK;
    if (rc)
        return rc;
    char seam[2 * (ZIP_END_SIZE - 1)];
    size_t more = n < ZIP_END_SIZE - 1 ? n : ZIP_END_SIZE - 1;
    memcpy(seam, x->tail, x->n_tail);
    memcpy(seam + x->n_tail, bytes, more);
    if (x->n_tail + more >= ZIP_END_SIZE)
        ends_find(x, seam, x->n_tail + more - ZIP_END_SIZE + 1, x->size - x->n_tail);
    if (n >= ZIP_END_SIZE)
        ends_find(x, bytes, n - ZIP_END_SIZE + 1, x->size);
    tail_keep(x, bytes, n);
    x->size += n;
    return RC_OK;
}

Rc xlsx_guard_end(const XlsxGuard *x, Error *err)
{
    for (unsigned i = 0; i < ZIP_ENDS && i < x->n_ends; i++)
        if (x->ends[i] == x->size)
            return RC_OK;
    return guard_torn(err, "the end of the zip");
}
