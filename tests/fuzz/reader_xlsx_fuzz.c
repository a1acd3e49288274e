/* Bytes of a zip as they are; anything else is the parts of one, divided by U+001C: the sheet, shared texts, styles, the workbook, its relations, in that order, where missing ones are usual. */
#include "schemas/xlsx.h"
#include "tests/fuzz/fuzz_table.h"

enum { BETWEEN = 0x1C };

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static const struct { const char *name, *usual; } parts[] = {
    { "xl/worksheets/sheet1.xml", "<worksheet/>" },
    { "xl/sharedStrings.xml", "<sst><si><t>issuer</t></si><si><t>history.state</t></si></sst>" },
    { "xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/></cellXfs></styleSheet>" },
    { "xl/workbook.xml", "<workbook xmlns:r='" REL "'><sheets><sheet name='S' r:id='a'/></sheets></workbook>" },
    { "xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='a' Type='" REL "worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='b' Type='" REL "sharedStrings' "
                                    "Target='sharedStrings.xml'/><Relationship Id='c' Type='" REL "styles' Target='styles.xml'/></Relationships>" },
};

typedef struct { const uint8_t *data; size_t size; } Zip;

static Rc zip_at(void *self, uint64_t offset, char *to, size_t n, Error *err)
{
    const Zip *z = self;
    (void)err;
    HOLDS(offset <= z->size && n <= z->size - offset);
    memcpy(to, z->data + offset, n);
    return RC_OK;
}

static Rc zip_feed(Reader *reader, void *self, Error *err)
{
    const Zip *z = self;
    return reader_whole(reader, &(Bytes){ zip_at, self, z->size }, err);
}

static void zip_try(const uint8_t *data, size_t size)
{
    SCOPED(buffer_free) Buffer seen = {0};
    Zip z = { data, size };
    if (guard_passes(FORMAT_XLSX, false, data, size, true))
        table_run(FORMAT_XLSX, NULL, zip_feed, &z, &seen);
}

static void parts_add(zip_t *zip, const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const uint8_t *stop = data < end ? memchr(data, BETWEEN, (size_t)(end - data)) : NULL;
        size_t len = (size_t)((stop ? stop : end) - data);
        zip_source_t *s = len ? zip_source_buffer(zip, data, len, 0) : zip_source_buffer(zip, parts[i].usual, strlen(parts[i].usual), 0);
        zip_int64_t at = zip_file_add(zip, parts[i].name, s, 0);
        HOLDS(at >= 0 && !zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0));
        data = stop ? stop + 1 : end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 2 && memcmp(data, "PK", 2) == 0) {
        zip_try(data, size);
        return 0;
    }
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    parts_add(zip, data, size);
    HOLDS(!zip_close(zip));
    zip_stat_t st;
    HOLDS(!zip_source_open(source) && !zip_source_stat(source, &st));
    uint8_t *bytes = malloc(st.size);
    HOLDS(zip_source_read(source, bytes, st.size) == (zip_int64_t)st.size);
    zip_source_close(source);
    zip_source_free(source);
    zip_try(bytes, st.size);
    free(bytes);
    return 0;
}
