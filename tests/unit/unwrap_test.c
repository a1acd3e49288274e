#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/buffer.h"
#include "gateway/base/unwrap.h"
#include <stdlib.h>
#include <string.h>

#define EACH_OF(table, i) (size_t i = 0; i < sizeof table / sizeof *table; i++)

static const struct { const char *content, *text; } good[] = {
    { "", "" }, { " \n\t ", "" }, { "plain", "plain" }, { "  \r\n x y \n", "x y \n" },
    { "&lt;a b=&quot;1&quot;&gt;&amp;amp;&apos;&lt;/a&gt;", "<a b=\"1\">&amp;'</a>" },
    { "&#65;&#x42;&#xe9;&#1179;&#x20AC;&#x1F600;", "ABéқ€😀" },
    { "<![CDATA[<a>&lt;</a>]]>", "<a>&lt;</a>" }, { "\n <![CDATA[ \n<a/>]]> ", "<a/> " },
    { "<![CDATA[]]>", "" }, { "<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b" }, { "<![CDATA[]]]>x", "]x" }, { "<![CDATA[]]]]]>", "]]]" },
    { "<![CDATA[a]b]]c]]>", "a]b]]c" }, { "x]]y", "x]]y" }, { "a<![CDATA[&]]>b&lt;", "a&b<" },
    { "a\r\nb\rc\n\rd\r\r\ne", "a\nb\nc\n\nd\n\ne" }, { "a&#13;\nb", "a\r\nb" }, { "a&#13;&#10;b", "a\r\nb" },
    { "<![CDATA[a\r\nb\r]]>\nc", "a\nb\n\nc" }, { "a\r<![CDATA[\n]]>b", "a\n\nb" }, { "a\r&#10;b", "a\n\nb" },
    { "&#32;&#10;&#9;x", "x" }, { "a\tb\x7f", "a\tb\x7f" }, { "Қазақ — тілі", "Қазақ — тілі" },
};

static const struct { const char *content, *error; } bad[] = {
    { "&nbsp;", "unwrap: entity" }, { "&;", "unwrap: entity" }, { "x&#0;", "unwrap: entity" }, { "&#xD800;", "unwrap: entity" },
    { "&lt &gt;", "unwrap: entity" }, { "&aaaaaaaaaaaaaaaaaaaaaaaaaa", "unwrap: reference" },
    { "a<b>", "unwrap: tag" }, { "</data>", "unwrap: tag" }, { "<?p?>", "unwrap: tag" }, { "<![CDATX[", "unwrap: tag" },
    { "a<!-- x -->", "unwrap: comment" },
    { "x&am", "torn: ;" }, { "x<", "torn: >" }, { "<![CDA", "torn: >" }, { "<![CDATA[x", "torn: ]]>" }, { "<![CDATA[x]]", "torn: ]]>" },
};

static Rc collect(void *self, const char *bytes, size_t n, Error *err)
{
    (void)err;
    assert_true(n > 0);
    buffer_add(self, bytes, n);
    return RC_OK;
}

/* Cut into a first piece and steps; each piece is memory of its own. Returns "" or the error; the text is in out. */
static const char *unwrapped(const char *content, size_t first, size_t step, Buffer *out)
{
    static Error err;
    Unwrap u = {0};
    Rc rc = RC_OK;
    buffer_clear(out);
    for (size_t at = 0, n = strlen(content), size = first; !rc && at < n; at += size, size = step) {
        if (size > n - at)
            size = n - at;
        char *piece = memcpy(malloc(size + 1), content + at, size);
        piece = realloc(piece, size ? size : 1);
        rc = unwrap_feed(&u, piece, size, collect, out, &err);
        free(piece);
    }
    if (!rc)
        rc = unwrap_end(&u, &err);
    return rc ? err.text : "";
}

static void content_becomes_its_text_however_it_is_cut(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer out = {0};
    for EACH_OF(good, i)
        for (size_t cut = 0; cut <= strlen(good[i].content); cut++) {
            assert_string_equal(unwrapped(good[i].content, cut, cut ? 1000 : 1, &out), "");
            assert_string_equal(buffer_string(&out), good[i].text);
        }
}

static void what_is_no_text_is_refused_however_it_is_cut(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer out = {0};
    for EACH_OF(bad, i)
        for (size_t cut = 0; cut <= strlen(bad[i].content); cut++)
            assert_string_equal(unwrapped(bad[i].content, cut, cut ? 1000 : 1, &out), bad[i].error);
}

static Rc count(void *self, const char *bytes, size_t n, Error *err)
{
    (void)bytes;
    (void)n;
    (void)err;
    ++*(size_t *)self;
    return RC_OK;
}

static void many_references_reach_the_sink_in_few_pieces(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer in = {0}, out = {0}, expected = {0};
    for (int i = 0; i < 10000; i++) {
        buffer_text(&in, "&lt;a&gt;қ&amp;");
        buffer_text(&expected, "<a>қ&");
    }
    assert_string_equal(unwrapped(buffer_string(&in), in.len, 1, &out), "");
    assert_string_equal(buffer_string(&out), buffer_string(&expected));
    size_t calls = 0;
    Unwrap u = {0};
    Error err;
    assert_int_equal(unwrap_feed(&u, in.at, in.len, count, &calls, &err), RC_OK);
    assert_in_range(calls, 2, 20);
}

static Rc refuse(void *self, const char *bytes, size_t n, Error *err)
{
    (void)self;
    (void)bytes;
    (void)n;
    return error_set(err, RC_RETRY, "full");
}

static void what_the_sink_answers_comes_back(void **state)
{
    (void)state;
    Unwrap u = {0};
    Error err;
    assert_int_equal(unwrap_feed(&u, "abc", 3, refuse, NULL, &err), RC_RETRY);
    assert_string_equal(err.text, "full");
    SCOPED(buffer_free) Buffer large = {0};
    memset(buffer_room(&large, 100000), 'x', 100000);
    assert_int_equal(unwrap_feed(&(Unwrap){0}, large.at, 100000, refuse, NULL, &err), RC_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_becomes_its_text_however_it_is_cut),
        cmocka_unit_test(what_is_no_text_is_refused_however_it_is_cut),
        cmocka_unit_test(many_references_reach_the_sink_in_few_pieces),
        cmocka_unit_test(what_the_sink_answers_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
