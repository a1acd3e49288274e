#include "transforms/texts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const char catalogue[] = "schemas/texts/findings.yaml";
static const char *const three[] = { "<1>", "<2>", "<3>" };
static const char head[] = "texts:\n  - code: a\n    kk: 'k {2}'\n    ru: 'r[: {1}][, {2} {3}].'\n    en: 'e {1}'\n";

static void written(const char *yaml, char *path)
{
    strcpy(path, "/tmp/nqs-texts-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, strlen(yaml)), strlen(yaml));
    close(fd);
}

static Texts *loaded(const char *yaml)
{
    char path[32];
    Texts *t = NULL;
    Error err;
    written(yaml, path);
    if (texts_load(path, &t, &err))
        fail_msg("%s", err.text);
    unlink(path);
    return t;
}

static void not_loaded(const char *yaml, const char *why)
{
    char path[32];
    Texts *t = NULL;
    Error err;
    written(yaml, path);
    assert_int_equal(texts_load(path, &t, &err), RC_FATAL);
    assert_null(t);
    assert_non_null(strstr(err.text, path));
    if (!strstr(err.text, why))
        fail_msg("'%s' does not say '%s'", err.text, why);
    unlink(path);
}

static void says(const Texts *t, Lang lang, const char *code, const char *const *args, size_t n, const char *text)
{
    SCOPED(buffer_free) Buffer b = { 0 };
    texts_put(t, lang, code, args, n, &b);
    assert_string_equal(buffer_string(&b), text);
}

static void a_text_is_put_with_its_arguments_in_its_language(void **state)
{
    (void)state;
    SCOPED(texts_free) Texts *t = loaded(head);
    says(t, LANG_KK, "a", three, 3, "k <2>");
    says(t, LANG_RU, "a", three, 3, "r: <1>, <2> <3>.");
    says(t, LANG_EN, "a", three, 3, "e <1>");
}

static void missing_arguments_do_no_harm(void **state)
{
    (void)state;
    SCOPED(texts_free) Texts *t = loaded(head);
    says(t, LANG_EN, "a", NULL, 0, "e …");
    says(t, LANG_EN, "a", NULL, 3, "e …");
    says(t, LANG_RU, "a", NULL, 0, "r.");
    says(t, LANG_RU, "a", three, 1, "r: <1>.");
    says(t, LANG_RU, "a", three, 2, "r: <1>.");
    says(t, LANG_RU, "a", (const char *[]){ NULL, "x", "y" }, 3, "r, x y.");
    says(t, LANG_RU, "a", (const char *[]){ "", "x", "" }, 3, "r.");
}

static void an_argument_is_never_read_as_a_placeholder(void **state)
{
    (void)state;
    SCOPED(texts_free) Texts *t = loaded(head);
    says(t, LANG_RU, "a", (const char *[]){ "{2}]", "[{3}" }, 2, "r: {2}].");
}

static void an_unknown_code_gives_the_code_and_its_arguments(void **state)
{
    (void)state;
    SCOPED(texts_free) Texts *t = loaded(head);
    assert_true(texts_has(t, "a"));
    assert_false(texts_has(t, "b"));
    says(t, LANG_KK, "b", three, 2, "b: <1>, <2>");
    says(t, LANG_KK, "b", NULL, 0, "b");
}

static void a_catalogue_that_is_not_whole_is_not_loaded(void **state)
{
    (void)state;
    not_loaded("texts:\n  - code: a\n    kk: k\n    en: e\n", "ru");
    not_loaded("texts:\n  - code: a\n    kk: k\n    ru: ''\n    en: e\n", "ru");
    not_loaded("texts:\n  - code: a\n    kk: k\n    ru: r\n    en: e\n    fr: f\n", "fr");
    not_loaded("texts:\n  - {code: a, kk: k, ru: r, en: e}\n  - {code: b, kk: k, ru: r, en: e}\n  - {code: a, kk: k, ru: r, en: e}\n", "a stands twice");
}

static void a_text_with_a_broken_bracket_is_not_loaded(void **state)
{
    (void)state;
    static const char *const broken[] = { "{4}", "{0}", "{1", "1}", "[{1}", "{1}]", "[[{1}]]", "{}", "{a}" };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char yaml[96];
        snprintf(yaml, sizeof yaml, "texts:\n  - code: a\n    kk: k\n    ru: 'x %s'\n    en: e\n", broken[i]);
        not_loaded(yaml, "bracket of a");
    }
}

static void a_missing_file_is_said(void **state)
{
    (void)state;
    Texts *t = NULL;
    Error err;
    assert_int_equal(texts_load("/nowhere/findings.yaml", &t, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "/nowhere/findings.yaml"));
}

/* What the catalogue promises: walked through its own lines, so no code is forgotten here. */
typedef void EachCode(const Texts *t, const char *code);

static void each_code(EachCode *each)
{
    Texts *t = NULL;
    Error err;
    if (texts_load(catalogue, &t, &err))
        fail_msg("%s", err.text);
    FILE *f = fopen(catalogue, "r");
    assert_non_null(f);
    char line[1024], code[64];
    size_t n = 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, " - code: %63s", code) == 1) {
            each(t, code);
            n++;
        }
    fclose(f);
    texts_free(&t);
    assert_true(n > 90);
}

static void speaks(const Texts *t, const char *code)
{
    assert_true(texts_has(t, code));
    for (Lang lang = LANG_KK; lang <= LANG_EN; lang++)
        for (size_t n = 0; n <= 3; n++) {
            SCOPED(buffer_free) Buffer b = { 0 };
            texts_put(t, lang, code, three, n, &b);
            const char *s = buffer_string(&b);
            if (strlen(s) < 20 || strpbrk(s, "{}[]") || strstr(s, "  "))
                fail_msg("%s in %s: %s", code, lang_name(lang), s);
        }
}

static void every_code_has_three_whole_texts(void **state)
{
    (void)state;
    each_code(speaks);
}

static unsigned used(const Texts *t, Lang lang, const char *code)
{
    SCOPED(buffer_free) Buffer b = { 0 };
    texts_put(t, lang, code, three, 3, &b);
    unsigned set = 0;
    for (unsigned i = 0; i < 3; i++)
        set |= strstr(buffer_string(&b), three[i]) ? 1u << i : 0;
    return set;
}

static void agrees(const Texts *t, const char *code)
{
    unsigned en = used(t, LANG_EN, code);
    if (used(t, LANG_KK, code) != en || used(t, LANG_RU, code) != en)
        fail_msg("%s", code);
}

static void the_three_languages_use_the_same_arguments(void **state)
{
    (void)state;
    each_code(agrees);
}

static bool has_cyrillic(const char *s)
{
    return strchr(s, '\xD0') || strchr(s, '\xD1');
}

static void right_language(const Texts *t, const char *code)
{
    static const char *const kazakh_only[] = { "ә", "ғ", "қ", "ң", "ө", "ұ", "ү", "һ", "і", "Ә", "Ғ", "Қ", "Ң", "Ө", "Ұ", "Ү", "І" };
    bool kazakh[3] = { false };
    for (Lang lang = LANG_KK; lang <= LANG_EN; lang++) {
        SCOPED(buffer_free) Buffer b = { 0 };
        texts_put(t, lang, code, NULL, 0, &b);
        for (size_t i = 0; i < sizeof kazakh_only / sizeof *kazakh_only; i++)
            kazakh[lang] |= strstr(buffer_string(&b), kazakh_only[i]) != NULL;
        if (has_cyrillic(buffer_string(&b)) != (lang != LANG_EN) && strcmp(code, "normalised_nkz"))
            fail_msg("%s in %s is in the wrong script", code, lang_name(lang));
    }
    if (!kazakh[LANG_KK] || kazakh[LANG_RU] || kazakh[LANG_EN])
        fail_msg("%s: is each text in its own language?", code);
}

static void every_text_is_in_its_own_language(void **state)
{
    (void)state;
    each_code(right_language);
}

static void a_language_header_is_weighed(void **state)
{
    (void)state;
    static const struct { const char *header; Lang lang; } cases[] = {
        { NULL, LANG_EN }, { "", LANG_EN }, { "kk", LANG_KK }, { "ru", LANG_RU }, { "en", LANG_EN }, { "RU-ru", LANG_RU }, { "kk-KZ, ru;q=0.9", LANG_KK },
        { "en;q=0.5, ru;q=0.8 , kk;q=0.7", LANG_RU }, { "de, fr;q=0.5", LANG_EN }, { "de, ru;q=0.1", LANG_RU }, { "ru, kk", LANG_RU }, { "kk, ru", LANG_KK },
        { "*", LANG_EN }, { "*, kk;q=0.5", LANG_EN }, { "en;q=0, *;q=0.5", LANG_KK }, { "en;q=0, kk;q=0, *", LANG_RU }, { "ru;q=0", LANG_EN },
        { "ru ; q=0.3, kk; Q=0.4", LANG_KK }, { "ru;q=2, kk;q=0.1", LANG_KK }, { "ru;q=x, kk;q=0.1", LANG_KK }, { "rus, kkk", LANG_EN }, { ",,;,ru", LANG_RU },
        { "ru;q=0.123, kk;q=0.124", LANG_KK }, { "r", LANG_EN }, { "ru;q=1.5", LANG_EN }, { "kk;q=0.5, ru;q=0.5, kk;q=0.4", LANG_KK },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (lang_accept(cases[i].header) != cases[i].lang)
            fail_msg("%s gave %s", cases[i].header, lang_name(lang_accept(cases[i].header)));
}

static void languages_have_their_names(void **state)
{
    (void)state;
    assert_string_equal(lang_name(LANG_KK), "kk");
    assert_string_equal(lang_name(LANG_RU), "ru");
    assert_string_equal(lang_name(LANG_EN), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_put_with_its_arguments_in_its_language),
        cmocka_unit_test(missing_arguments_do_no_harm),
        cmocka_unit_test(an_argument_is_never_read_as_a_placeholder),
        cmocka_unit_test(an_unknown_code_gives_the_code_and_its_arguments),
        cmocka_unit_test(a_catalogue_that_is_not_whole_is_not_loaded),
        cmocka_unit_test(a_text_with_a_broken_bracket_is_not_loaded),
        cmocka_unit_test(a_missing_file_is_said),
        cmocka_unit_test(every_code_has_three_whole_texts),
        cmocka_unit_test(the_three_languages_use_the_same_arguments),
        cmocka_unit_test(every_text_is_in_its_own_language),
        cmocka_unit_test(a_language_header_is_weighed),
        cmocka_unit_test(languages_have_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
