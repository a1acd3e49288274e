/* Workbooks made part by part, for the tests of their reader. */
#pragma once
#include "schemas/xlsx.h"
#include "tests/unit/rows_reading.h"

typedef struct { char *at; size_t len; Rc rc; } Workbytes;      /* rc: what reading them says */

#define XL  "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION(id, type, target)  "<Relationship Id='" id "' Type='" REL "/" type "' Target='" target "'/>"
#define RELATIONS(all)              "xl/_rels/workbook.xml.rels", "<Relationships>" all "</Relationships>"
#define RELS                        RELATIONS(RELATION("s1", "worksheet", "worksheets/sheet1.xml") RELATION("s2", "worksheet", "/xl/worksheets/sheet2.xml")                     \
                                              RELATION("t", "sharedStrings", "sharedStrings.xml") RELATION("y", "styles", "styles.xml"))
#define TOP                         "_rels/.rels", "<Relationships>" RELATION("a", "officeDocument", "xl/workbook.xml") "</Relationships>"
#define BOOK(more, sheets)          "xl/workbook.xml", "<workbook xmlns='" XL "' xmlns:r='" REL "'>" more "<sheets>" sheets "</sheets></workbook>"
#define ONE_SHEET                   BOOK("", "<sheet name='Data' sheetId='1' r:id='s1'/>")
#define SHEET(rows)                 "xl/worksheets/sheet1.xml", "<worksheet xmlns='" XL "'><sheetData>" rows "</sheetData></worksheet>"
#define TEXT(ref, text)             "<c r='" ref "' t='inlineStr'><is><t>" text "</t></is></c>"
#define HEAD                        "<row r='1'>" TEXT("A1", "a") TEXT("B1", "b") "</row>"

/* name, content, name, content, …, NULL. A password is put on the part of that name. */
static inline Workbytes workbook_make(const char *const *parts, const char *closed)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    for (; *parts; parts += 2) {
        zip_int64_t i = zip_file_add(zip, parts[0], zip_source_buffer(zip, parts[1], strlen(parts[1]), 0), 0);
        assert_true(i >= 0);
        if (closed && strcmp(closed, parts[0]) == 0)
            assert_int_equal(zip_file_set_encryption(zip, (zip_uint64_t)i, ZIP_EM_AES_256, "secret"), 0);
    }
    assert_int_equal(zip_close(zip), 0);
    zip_stat_t st;
    zip_source_open(source);
    zip_source_stat(source, &st);
    Workbytes b = { malloc(st.size), st.size, RC_OK };
    assert_int_equal(zip_source_read(source, b.at, b.len), b.len);
    zip_source_close(source);
    zip_source_free(source);
    return b;
}

static inline Rc workbytes_at(void *self, uint64_t offset, char *to, size_t n, Error *err)
{
    const Workbytes *b = self;
    if (b->rc)
        return error_set(err, b->rc, "the store is away");
    assert_true(offset + n <= b->len);
    memcpy(to, b->at + offset, n);
    return RC_OK;
}

static inline Reading workbook_try(Workbytes *b, const Layout *layout)
{
    Reading g = { 0 };
    Reader *r = NULL;
    g.rc = reader_open(FORMAT_XLSX, NULL, layout, row_note, &g, &r, &g.err);
    g.rc = g.rc ? g.rc : reader_whole(r, &(Bytes){ workbytes_at, b, b->len }, &g.err);
    if (g.rc)
        buffer_print(&g.seen, "|%s", g.err.text);
    buffer_string(&g.seen);
    reader_free(&r);
    return g;
}

static inline void workbook_reads(const char *const *parts, const char *closed, const Layout *layout, const char *seen)
{
    Workbytes b = workbook_make(parts, closed);
    Reading g = workbook_try(&b, layout);
    assert_string_equal(g.seen.at, seen);
    reading_free(&g);
    free(b.at);
}
#define PARTS(...)       (const char *const[]){ __VA_ARGS__, NULL }
#define READS(seen, ...) workbook_reads(PARTS(__VA_ARGS__), NULL, NULL, seen)
