#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "gateway/base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EACH_OF(table, i) (size_t i = 0; i < sizeof table / sizeof *table; i++)

/* The tables of RFC 3629 read the slow way, as a second opinion. */
static bool one_character(const unsigned char *s, size_t n)
{
    static const struct { unsigned char low, high, second_low, second_high; size_t n; } rows[] = {
        { 0x01, 0x7F, 0, 0, 1 },          { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
        { 0xED, 0xED, 0x80, 0x9F, 3 },    { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 },
        { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    for EACH_OF(rows, i)
        if (s[0] >= rows[i].low && s[0] <= rows[i].high)
            return n == rows[i].n && (n < 2 || (s[1] >= rows[i].second_low && s[1] <= rows[i].second_high))
                && (n < 3 || (s[2] & 0xC0) == 0x80) && (n < 4 || (s[3] & 0xC0) == 0x80);
    return false;
}

static bool whole(const char *s, size_t n)
{
    Utf8 u = {0};
    return utf8_feed(&u, s, n) && utf8_whole(&u);
}

static void every_sequence_of_up_to_three_bytes_is_judged_as_rfc_3629_says(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            char two[] = { (char)a, (char)b };
            bool apart = one_character((unsigned char *)two, 1) && one_character((unsigned char *)two + 1, 1);
            assert_int_equal(whole(two, 2), apart || one_character((unsigned char *)two, 2));
            for (unsigned c = 0x70; c < 0xD0; c++) {
                char three[] = { (char)a, (char)b, (char)c };
                if (a >= 0xE0)
                    assert_int_equal(whole(three, 3), one_character((unsigned char *)three, 3));
            }
        }
}

static void four_byte_characters_end_at_10ffff(void **state)
{
    (void)state;
    for (unsigned a = 0xF0; a < 0x100; a++)
        for (unsigned b = 0x70; b < 0xD0; b++) {
            char four[] = { (char)a, (char)b, '\x80', '\xBF' };
            assert_int_equal(whole(four, 4), one_character((unsigned char *)four, 4));
        }
}

static void a_bad_byte_is_found_at_every_place_of_a_long_text(void **state)
{
    (void)state;
    static const char *const texts[] = { "plain ascii text that is longer than a few words", "мәтін мәтінмәтінмәтін — №1 😀 мәтінмәт" };
    static const char wrong[] = { '\0', '\x80', '\xC0', '\xC1', '\xFF', '\xF5' };
    for EACH_OF(texts, t)
        for EACH_OF(wrong, w)
            for (size_t i = 0; i < strlen(texts[t]); i++) {
                char copy[128];
                strcpy(copy, texts[t]);
                if ((copy[i] & 0xC0) == 0x80 && wrong[w] == '\x80')
                    continue;       /* one continuation for another */
                copy[i] = wrong[w];
                assert_false(whole(copy, strlen(texts[t])));
            }
}

static void two_byte_forms_of_ascii_are_refused_in_any_of_four_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < 16; i += 2) {
        char s[] = "ааааааааа";
        s[i] = '\xC1';
        assert_false(whole(s, sizeof s - 1));
        s[i] = '\xC2';
        assert_true(whole(s, sizeof s - 1));
    }
}

static void pieces_of_any_size_give_the_verdict_of_the_whole(void **state)
{
    (void)state;
    static const char text[] = "Ұлттық біліктілік жүйесі — ascii for a while, 😀😀 and бұл";
    for (size_t step = 1; step < sizeof text; step++) {
        Utf8 u = {0};
        for (size_t at = 0; at < sizeof text - 1; at += step)
            assert_true(utf8_feed(&u, text + at, sizeof text - 1 - at < step ? sizeof text - 1 - at : step));
        assert_true(utf8_whole(&u));
    }
    Utf8 torn = {0};
    assert_true(utf8_feed(&torn, "\xF0\x9F\x98", 3));
    assert_false(utf8_whole(&torn));
}

static void a_cut_never_splits_a_character(void **state)
{
    (void)state;
    static const struct { const char *s; size_t max, cut; } cases[] = {
        { "abc", 5, 3 }, { "abc", 3, 3 }, { "abc", 2, 2 }, { "abc", 0, 0 }, { "", 3, 0 }, { "аб", 3, 2 }, { "аб", 2, 2 }, { "аб", 1, 0 },
        { "a€b", 2, 1 }, { "a€b", 3, 1 }, { "a€b", 4, 4 }, { "😀x", 3, 0 }, { "😀x", 4, 4 }, { "\x80\x80\x80\x80\x80\x80", 5, 5 },
    };
    for EACH_OF(cases, i)
        assert_int_equal(text_cut(cases[i].s, strlen(cases[i].s), cases[i].max), cases[i].cut);
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(text_characters("", 0), 0);
    assert_int_equal(text_characters("aб€😀", strlen("aб€😀")), 4);
}

static const char *plain(Arena *a, const char *s, size_t *n)
{
    char *copy = arena_text(a, s, strlen(s));       /* of exactly that length */
    const char *p = text_plain(copy, strlen(s), a, n);
    return p == copy ? "" : p;                      /* "": it is the same text */
}

static void a_plain_text_is_returned_itself(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "x", "Білім беру", "a b c", "№ 1 — «тест»", "й ё ї", "한글", "𝄞" };
    SCOPED(arena_free) Arena *a = arena_new();
    for EACH_OF(texts, i) {
        size_t n = 99;
        assert_string_equal(plain(a, texts[i], &n), "");
        assert_int_equal(n, strlen(texts[i]));
    }
}

static void white_space_is_trimmed_and_collapsed_and_letters_are_composed(void **state)
{
    (void)state;
    static const struct { const char *from, *to; } cases[] = {
        { " a", "a" }, { "a ", "a" }, { "a  b", "a b" }, { "\ta\r\n b\v\f", "a b" }, { "a\tb", "a b" },
        { "a\xC2\xA0" "b", "a b" },                     /* U+00A0 */
        { "\xE2\x80\x83" "a\xE2\x80\xA9\xE3\x80\x80" "b\xC2\x85", "a b" },     /* U+2003, U+2029, U+3000, U+0085 */
        { "и\xCC\x86", "й" }, { "e\xCC\x81  x", "é x" },
        { "q\xCC\x87\xCC\xA3", "q\xCC\xA3\xCC\x87" },   /* marks in canonical order */
        { "\xE2\x84\xAB", "Å" },                        /* the Ångström sign is a letter */
        { "\xE2\x80\x8B" "a ", "\xE2\x80\x8B" "a" },    /* U+200B is no white space */
    };
    SCOPED(arena_free) Arena *a = arena_new();
    for EACH_OF(cases, i) {
        size_t n = 0;
        assert_string_equal(plain(a, cases[i].from, &n), cases[i].to);
        assert_int_equal(n, strlen(cases[i].to));
    }
}

static void nothing_but_white_space_is_an_empty_text(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    size_t n = 9;
    text_plain(" \t\xC2\xA0 ", 5, a, &n);
    assert_int_equal(n, 0);
}

static void a_hundred_thousand_marks_cost_no_quadratic_time(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    size_t n = 200000, out;
    char *s = malloc(n + 1);
    assert_non_null(s);
    for (size_t i = 0; i < n; i += 4)
        memcpy(s + i, i < n / 2 ? "\xCC\x81\xCC\x81" : "\xCC\xA3\xCC\xA3", 4);
    s[n] = '\0';
    const char *p = text_plain(s, n, a, &out);      /* sorting them would take minutes */
    assert_ptr_equal(p, s);
    assert_int_equal(out, n);
    free(s);
}

static void cases_are_one_when_folded(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    static const char *const pairs[][2] = { { "ӘҒҚҢӨҰҮҺІ", "әғқңөұүһі" }, { " БИН\tЦентра ", "бин центра" }, { "ABC_d", "abc_d" }, { "И\xCC\x86", "й" }, { "", "" } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        size_t n;
        assert_string_equal(text_folded(pairs[i][0], strlen(pairs[i][0]), a, &n), pairs[i][1]);
        assert_int_equal(n, strlen(pairs[i][1]));
    }
    char *s = malloc(5000);
    memset(s, 'A', 4999);
    s[4999] = '\0';
    size_t n;
    assert_ptr_equal(text_folded(s, 4999, a, &n), s);      /* no word is so long */
    assert_int_equal(n, 4999);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_of_up_to_three_bytes_is_judged_as_rfc_3629_says),
        cmocka_unit_test(four_byte_characters_end_at_10ffff),
        cmocka_unit_test(a_bad_byte_is_found_at_every_place_of_a_long_text),
        cmocka_unit_test(two_byte_forms_of_ascii_are_refused_in_any_of_four_places),
        cmocka_unit_test(pieces_of_any_size_give_the_verdict_of_the_whole),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(a_plain_text_is_returned_itself),
        cmocka_unit_test(white_space_is_trimmed_and_collapsed_and_letters_are_composed),
        cmocka_unit_test(nothing_but_white_space_is_an_empty_text),
        cmocka_unit_test(a_hundred_thousand_marks_cost_no_quadratic_time),
        cmocka_unit_test(cases_are_one_when_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
