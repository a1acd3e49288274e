#include "gateway/base/guard_internal.h"
#include "tests/fuzz/fuzz.h"
#include <libxml/parser.h>

static void silent(void *self, const char *fmt, ...)
{
    (void)self, (void)fmt;
}

/* What we take for a declaration libxml2 takes too. */
static void parsed(const char *s, size_t n)
{
    SCOPED(buffer_free) Buffer doc = {0};
    buffer_text(&doc, "<?xml");
    buffer_add(&doc, s, n);
    buffer_text(&doc, "?><a/>");
    xmlSetGenericErrorFunc(NULL, silent);
    xmlDoc *parsed_doc = xmlReadMemory(doc.at, (int)doc.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    HOLDS(parsed_doc);
    xmlFreeDoc(parsed_doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    if (!size || size > 160 || memchr(data, '\0', size) || (size > 1 && memmem(data, size, "?>", 2)))
        return 0;
    char *s = malloc(size);
    memcpy(s, data, size);
    Rc rc = xml_declaration_check(s, size, 0, &err);
    fuzz_judged(rc, &err);
    if (!rc)
        parsed(s, size);
    free(s);
    return 0;
}
