#include "gateway/base/buffer.h"
#include "gateway/base/charset.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static Rc take(void *self, const char *utf8, size_t n, Error *err)
{
    (void)err;
    buffer_add(self, utf8, n);
    return RC_OK;
}

/* What came out, then the refusal. The pieces are fed from copies of exactly their size. */
static void decode_in(size_t piece, const char *name, const char *bytes, size_t n, Buffer *out)
{
    SCOPED(charset_free) Charset *c = NULL;
    Error err;
    Rc rc = charset_open(name, take, out, &c, &err);
    for (size_t at = 0, len; at < n && !rc; at += len) {
        len = piece < n - at ? piece : n - at;
        char *copy = memcpy(malloc(len), bytes + at, len);
        rc = charset_feed(c, copy, len, &err);
        free(copy);
    }
    if (!rc)
        rc = charset_end(c, &err);
    if (rc)
        buffer_print(out, "|%s", err.text);
}

static void decodes_bytes(const char *name, const char *bytes, size_t n, const char *text)
{
    for (size_t piece = 1; piece <= n + 1; piece += piece < 9 ? 1 : piece) {
        SCOPED(buffer_free) Buffer out = { 0 };
        decode_in(piece, name, bytes, n, &out);
        assert_string_equal(buffer_string(&out), text);
    }
}

static void decodes(const char *name, const char *bytes, const char *text) { decodes_bytes(name, bytes, strlen(bytes), text); }

static void utf8_is_taken_as_it_is(void **state)
{
    (void)state;
    decodes(NULL, "", "");
    decodes(NULL, "a", "a");
    decodes(NULL, "code;name\n", "code;name\n");
    decodes(NULL, "БИН;Атауы қаз. Ұңғыма 😀\n", "БИН;Атауы қаз. Ұңғыма 😀\n");
    decodes("utf-8", "БИН", "БИН");
    decodes(NULL, "x\xE2\x84\x96", "x№");
}

static void windows_1251_is_known_by_its_first_letters(void **state)
{
    (void)state;
    decodes(NULL, "\xC1\xC8\xCD;x\n", "БИН;x\n");
    decodes(NULL, "code\n\xB9 5", "code\n№ 5");
    decodes(NULL, "a;\xDF", "a;Я");
    decodes(NULL, "\xCD\xE0\xE7\xE2\xE0\xED\xE8\xE5 \xAB\xC0\xBB \x97 \xB8", "Название «А» — ё");
    decodes(NULL, "\xC2\xBB \xC2\xFB", "» \xC2|not_utf8: 4");    /* the one kind of run that is mistaken: refused, not misread */
    decodes("windows-1251", "\xC2\xBB \xC2\xFB", "В» Вы");
}

static void what_was_decided_holds_to_the_end(void **state)
{
    (void)state;
    decodes(NULL, "Имя \xC1\xC8\xCD", "Имя |not_utf8: 7");
    decodes(NULL, "\xC1\xC8\xCD ы", "БИН С‹");     /* UTF-8 in windows-1251: odd letters, but none is lost */
}

static void a_long_run_is_decided_by_its_beginning(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer b = { 0 }, want = { 0 };
    for (int i = 0; i < 200; i++)
        buffer_text(&b, "ы");
    buffer_add(&want, b.at, b.len);
    buffer_text(&b, "\xFF");
    buffer_text(&want, "|not_utf8: 400");
    decodes_bytes(NULL, b.at, b.len, buffer_string(&want));
}

static void marks_say_more_than_names(void **state)
{
    (void)state;
    static const char *const names[] = { NULL, "windows-1251", "UTF-8", "IBM866", "UTF-16" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        decodes(names[i], "\xEF\xBB\xBFИ", "И");
        decodes_bytes(names[i], "\xFF\xFE" "a\0\x18\x04", 6, "aИ");
        decodes_bytes(names[i], "\xFE\xFF" "\0a\x04\x18\xD8\x3D\xDE\x00", 10, "aИ😀");
        decodes(names[i], "\xEF\xBB\xBF", "");
    }
    decodes(NULL, "\xEF\xBB\xBFИ\xFF", "И|not_utf8: 5");
    decodes("windows-1251", "\xEF\xBBx", "п»x");
    decodes("windows-1251", "\xEF", "п");
}

static void a_named_charset_is_decoded(void **state)
{
    (void)state;
    decodes("IBM866", "\x81\x88\x8D;\x98", "БИН;Ш");
    decodes("KOI8-R", "\xE2\xE9\xEE", "БИН");
    decodes_bytes("UTF-16LE", "a\0\x9A\x04", 4, "aҚ");
    decodes("no-such", "a", "|unknown_charset: no-such");
    decodes("ASCII//TRANSLIT", "a", "|unknown_charset: ASCII//TRANSLIT");
    decodes("ASCII//IGNORE", "a", "|unknown_charset: ASCII//IGNORE");
}

static void what_cannot_be_decoded_is_refused_with_its_place(void **state)
{
    (void)state;
    decodes(NULL, "\xC1\xC8\xCD\n\x98z", "БИН\n|not_in_charset: WINDOWS-1251, 4");
    decodes("ASCII", "ab\xC1", "ab|not_in_charset: ASCII, 2");
    decodes(NULL, "\xEF\xBB\xBF\xC0\x80", "|not_utf8: 3");
    decodes("UTF-8", "ab\xED\xA0\x80", "ab\xED|not_utf8: 3");
    decodes_bytes(NULL, "\xFF\xFE" "a\0\0\xDC" "b\0", 8, "a|not_in_charset: UTF-16LE, 4");
    decodes_bytes(NULL, "\xFF\xFE" "a\0\0\xD8" "b\0", 8, "a|not_in_charset: UTF-16LE, 4");
}

static void a_nul_is_refused_in_every_charset(void **state)
{
    (void)state;
    decodes_bytes(NULL, "ab\0c", 4, "ab|nul_character: 2");
    decodes_bytes(NULL, "\xD0\x98\0c", 4, "И|nul_character: 2");
    decodes_bytes(NULL, "\xC1\xC8\xCD\0c", 5, "БИН|nul_character: 3");
    decodes_bytes(NULL, "\xC1\0", 2, "Б|nul_character: 1");
    decodes_bytes(NULL, "a\0b\0", 4, "a|nul_character: 1");         /* UTF-16 without its mark and without a name */
    decodes_bytes("UTF-16LE", "a\0\x18\x04\0\0b\0", 8, "aИ|nul_character: 4");
    decodes_bytes(NULL, "\xFF\xFE\0\0", 4, "|nul_character: 2");
}

static void an_unfinished_character_is_torn(void **state)
{
    (void)state;
    decodes("UTF-8", "a\xD0", "a\xD0|torn: character");
    decodes(NULL, "\xD0\x98 \xD0", "И \xD0|torn: character");
    decodes_bytes(NULL, "\xFF\xFE" "a\0b", 5, "a|torn: character");
}

static Rc tired(void *self, const char *utf8, size_t n, Error *err)
{
    (void)self, (void)utf8, (void)n;
    return error_set(err, RC_RETRY, "the sink is tired");
}

static void what_the_sink_says_is_passed_on(void **state)
{
    (void)state;
    static const char *const texts[] = { "abc", "И 1", "\xC1\xC8\xCD 1" };
    for (size_t i = 0; i < 3; i++) {
        SCOPED(charset_free) Charset *c = NULL;
        Error err;
        assert_int_equal(charset_open(NULL, tired, NULL, &c, &err), RC_OK);
        assert_int_equal(charset_feed(c, texts[i], strlen(texts[i]), &err), RC_RETRY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_taken_as_it_is),
        cmocka_unit_test(windows_1251_is_known_by_its_first_letters),
        cmocka_unit_test(what_was_decided_holds_to_the_end),
        cmocka_unit_test(a_long_run_is_decided_by_its_beginning),
        cmocka_unit_test(marks_say_more_than_names),
        cmocka_unit_test(a_named_charset_is_decoded),
        cmocka_unit_test(what_cannot_be_decoded_is_refused_with_its_place),
        cmocka_unit_test(a_nul_is_refused_in_every_charset),
        cmocka_unit_test(an_unfinished_character_is_torn),
        cmocka_unit_test(what_the_sink_says_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
