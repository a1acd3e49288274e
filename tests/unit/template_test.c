/* Templates of tables, of every contract in every language; what a spreadsheet program makes of them is asked in tests/templates. */
#include "gateway/flow/gateway.h"
#include "gateway/flow/template.h"
#include "schemas/contract.h"
#include "schemas/generate_template.h"
#include "schemas/headings.h"
#include "transforms/convert.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zip.h>
#include <cmocka.h>

void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static const char *const langs[] = { "kk", "ru", "en" };
static Feeds *feeds;
static Texts *words;
static unsigned said;

static int load(void **state)
{
    Error err;
    (void)state;
    if (gateway_feeds("schemas/contracts", &feeds, &err) || texts_load(PAPER_TEXTS, &words, &err))
        return -1;
    return 0;
}

static int unload(void **state)
{
    (void)state;
    contracts_free(&feeds);
    texts_free(&words);
    return 0;
}

static void say(const void *self, const char *code, const char *const args[ERROR_ARGS], Buffer *out)
{
    Lang lang = *(const Lang *)self;
    if (!texts_has(words, code))
        fail_msg("%s is not in " PAPER_TEXTS, code);
    size_t before = out->len;
    texts_put(words, lang, code, args, ERROR_ARGS, out);
    if (strstr(buffer_string(out) + before, "…"))
        fail_msg("%s in %s lacks an argument", code, lang_name(lang));
    said++;
}

static void workbook(const Feed *feed, Lang lang, Buffer *out)
{
    Error err;
    Template t = { feed, lang_name(lang), say, &lang };
    if (generate_template_xlsx(&t, out, &err))
        fail_msg("%s", err.text);
}

static void part(const Buffer *book, const char *name, Buffer *out)
{
    zip_error_t e;
    zip_source_t *source = zip_source_buffer_create(book->at, book->len, 0, &e);
    zip_t *z = zip_open_from_source(source, ZIP_RDONLY, &e);
    assert_non_null(z);
    zip_file_t *f = zip_fopen(z, name, 0);
    if (!f)
        fail_msg("no %s", name);
    for (zip_int64_t n; (n = zip_fread(f, buffer_room(out, 4096), 4096)) > 0;)
        buffer_used(out, (size_t)n);
    zip_fclose(f);
    zip_discard(z);
}

static void has(const Buffer *book, const char *name, const char *text)
{
    SCOPED(buffer_free) Buffer xml = {0};
    part(book, name, &xml);
    if (!strstr(buffer_string(&xml), text))
        fail_msg("%s lacks %s:\n%s", name, text, xml.at);
}

/* Takes a cell off a line of CSV; returns what follows its separator. */
static const char *cell_take(const char *s, char *out, size_t size)
{
    size_t n = 0;
    bool quoted = *s == '"';
    for (s += quoted; *s && (quoted || (*s != ';' && *s != '\r')); s++) {
        if (quoted && *s == '"' && *++s != '"')
            break;
        assert_true(n + 1 < size);
        out[n++] = *s;
    }
    out[n] = '\0';
    return *s == ';' ? s + 1 : s;
}

static void headings_are_understood(const Feed *feed, const char *lang, const char *line)
{
    SCOPED(arena_free) Arena *a = arena_new();
    HeadingColumn h;
    char cell[512];
    size_t i = 0;
    for (; !heading_column(feed, lang, i, a, &h); i++) {
        const Field *top = NULL;
        line = cell_take(line, cell, sizeof cell);
        assert_string_equal(cell, h.heading);
        assert_ptr_equal(heading_field(feed, cell, strlen(cell), &top), h.field);
        assert_ptr_equal(top, h.top);
    }
    assert_true(i > 0);
    assert_string_equal(line, "\r\n");
}

static void a_csv_template_is_one_row_of_headings_that_are_understood(void **state)
{
    (void)state;
    for (const Feed *f = feeds->at; f < feeds->at + feeds->n; f++)
        for (int l = 0; l < 3; l++) {
            Error err;
            SCOPED(buffer_free) Buffer csv = {0};
            assert_int_equal(template_write(f, words, langs[l], FORMAT_CSV, &csv, &err), RC_OK);
            assert_memory_equal(csv.at, "\xEF\xBB\xBF", 3);
            headings_are_understood(f, langs[l], buffer_string(&csv) + 3);
        }
}

static void every_workbook_is_the_same_twice_and_says_only_what_the_catalogue_has(void **state)
{
    (void)state;
    for (const Feed *f = feeds->at; f < feeds->at + feeds->n; f++)
        for (Lang lang = LANG_KK; lang <= LANG_EN; lang++) {
            SCOPED(buffer_free) Buffer once = {0}, again = {0};
            workbook(f, lang, &once);
            workbook(f, lang, &again);
            assert_int_equal(once.len, again.len);
            assert_memory_equal(once.at, again.at, once.len);
        }
    assert_true(said > 1000);
}

static void the_sheets_are_named_in_the_language(void **state)
{
    (void)state;
    static const char *const names[] = { "<sheet name=\"Деректер\"", "<sheet name=\"Данные\"", "<sheet name=\"Data\"" };
    for (Lang lang = LANG_KK; lang <= LANG_EN; lang++) {
        SCOPED(buffer_free) Buffer book = {0};
        workbook(&feeds->at[0], lang, &book);
        has(&book, "xl/workbook.xml", names[lang]);
    }
}

/* A feed with all that a column may be. */
static Code few[] = { { "one", "бір", "один" }, { "two", NULL, NULL } };
static Code commas[] = { { "a,b", "k", "r" }, { "c", NULL, NULL } };
static Code many[40];
static char many_values[40][24];
static Field number_item = { .name = "item", .type = TYPE_INTEGER, .has_minimum = true, .minimum = 1, .has_maximum = true, .maximum = 9 };
static Field inner_list = { .name = "inner", .type = TYPE_ARRAY, .fields = &number_item, .n_fields = 1 };
static Field item = { .name = "item", .type = TYPE_OBJECT, .fields = &inner_list, .n_fields = 1 };
static Field fields[] = {
    { .name = "bin", .type = TYPE_TEXT, .required = true, .key_position = 1, .check = "bin", .description = "D < & \"q\"." },
    { .name = "few", .type = TYPE_TEXT, .codes = few, .n_codes = 2, .index = 1, .personal = true },
    { .name = "commas", .type = TYPE_TEXT, .codes = commas, .n_codes = 2, .index = 2 },
    { .name = "many", .type = TYPE_TEXT, .codes = many, .n_codes = 40, .index = 3 },
    { .name = "numbers", .type = TYPE_ARRAY, .fields = &number_item, .n_fields = 1, .index = 4 },
    { .name = "things", .type = TYPE_ARRAY, .fields = &item, .n_fields = 1, .index = 5 },
    { .name = "share", .type = TYPE_DECIMAL, .has_maximum = true, .maximum = 99.5, .index = 6 },
    { .name = "on", .type = TYPE_DATE, .index = 7 },
    { .name = "open", .type = TYPE_BOOLEAN, .index = 8 },
    { .name = "free", .type = TYPE_TEXT, .index = 9 },
};
static const Feed made = { .code = "made", .version = "1", .title = "Made", .fields = fields, .n_fields = sizeof fields / sizeof *fields, .kinds = KIND_LIST | KIND_NIL };

static void made_book(Buffer *book)
{
    for (int i = 0; i < 40; i++) {
        snprintf(many_values[i], sizeof many_values[i], "value-%04d", i);
        many[i].value = many_values[i];
    }
    if (__lsan_disable)                      /* what the library loses of ranges: schemas/generate_template_data.c */
        __lsan_disable();
    workbook(&made, LANG_EN, book);
    if (__lsan_enable)
        __lsan_enable();
}

static void what_may_be_typed_is_bounded_ten_thousand_rows_down(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "sqref=\"A2:A10001\"><formula1>12</formula1><formula2>12</formula2>",
        "sqref=\"B2:B10001\"><formula1>\"one,two\"</formula1>",
        "sqref=\"C2:C10001\"><formula1>'Lists'!$E$2:$E$3</formula1>",
        "sqref=\"D2:D10001\"><formula1>'Lists'!$I$2:$I$41</formula1>",
        "sqref=\"E2:E10001\"><formula1>1</formula1><formula2>9</formula2>",
        "sqref=\"G2:G10001\"><formula1>-1E+18</formula1><formula2>99.5</formula2>",
        "sqref=\"H2:H10001\"><formula1>1</formula1>",
        "sqref=\"I2:I10001\"><formula1>\"yes,no\"</formula1>",
    };
    SCOPED(buffer_free) Buffer book = {0};
    made_book(&book);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        has(&book, "xl/worksheets/sheet1.xml", rules[i]);
    has(&book, "xl/worksheets/sheet1.xml", "<dataValidations count=\"8\">");
    has(&book, "xl/worksheets/sheet1.xml", "state=\"frozen\"");
}

static void a_comment_says_what_belongs_in_a_column(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Required\nBIN, twelve digits\nPart of the record's key\nD &lt; &amp; \"q\".\nField: bin<",
        "Optional\nOne value of the list\none\ntwo\nPersonal data\nField: few<",
        "Optional\nWhole number from 1 to 9\nWhere there are several, each on a row of its own\nField: numbers<",
        "Optional\nJSON text\nWhere there are several, each on a row of its own\nField: things.inner<",
        "Optional\nDate, for example 2026-10-31\nField: on<",
        "Optional\nyes or no\nField: open<",
        "Optional\nText\nField: free<",
    };
    SCOPED(buffer_free) Buffer book = {0};
    made_book(&book);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        has(&book, "xl/comments1.xml", texts[i]);
}

static void the_words_for_yes_and_no_are_read_as_such(void **state)
{
    (void)state;
    SCOPED(arena_free) Arena *a = arena_new();
    for (Lang lang = LANG_KK; lang <= LANG_EN; lang++)
        for (int truth = 0; truth < 2; truth++) {
            Error err;
            SCOPED(buffer_free) Buffer word = {0};
            const char *out, *warning;
            size_t len;
            say(&lang, truth ? "yes" : "no", (const char *[ERROR_ARGS]){ 0 }, &word);
            assert_int_equal(convert_for(TYPE_BOOLEAN, NULL)(&fields[8], buffer_string(&word), word.len, a, &out, &len, &warning, &err), RC_OK);
            assert_string_equal(out, truth ? "true" : "false");
        }
}

static void another_language_or_format_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = { "", "de", "KK", "kk ", "kkk" };
    Error err;
    SCOPED(buffer_free) Buffer out = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(template_write(&feeds->at[0], words, wrong[i], FORMAT_CSV, &out, &err), RC_REJECT);
        assert_string_equal(err.code, "bad_parameter");
    }
    assert_int_equal(template_write(&feeds->at[0], words, "kk", FORMAT_JSON, &out, &err), RC_REJECT);
    assert_int_equal(out.len, 0);
}

static void no_writable_folder_for_temporary_files_is_needed(void **state)
{
    (void)state;
    SCOPED(buffer_free) Buffer book = {0};
    setenv("TMPDIR", "/nowhere/at/all", 1);
    workbook(&feeds->at[0], LANG_KK, &book);
    unsetenv("TMPDIR");
    has(&book, "xl/worksheets/sheet1.xml", "<dataValidations");
}

static unsigned open_files(void)
{
    unsigned n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 3;                    /* ".", ".." and that of the folder itself */
}

/* One more descriptor at a time, until there are enough. */
static void where_there_is_no_room_it_is_later_and_nothing_stays_open(void **state)
{
    (void)state;
    struct rlimit before, now;
    unsigned failures = 0, open = open_files(), lowest = (unsigned)dup(0);
    close((int)lowest);
    getrlimit(RLIMIT_NOFILE, &before);
    for (Rc rc = RC_RETRY; rc; failures++) {
        Error err;
        SCOPED(buffer_free) Buffer book = {0};
        assert_true(failures < 10);
        now = (struct rlimit){ lowest + failures, before.rlim_max };
        setrlimit(RLIMIT_NOFILE, &now);
        rc = template_write(&feeds->at[0], words, "kk", FORMAT_XLSX, &book, &err);
        setrlimit(RLIMIT_NOFILE, &before);
        assert_true(rc == RC_OK || rc == RC_RETRY);
        assert_int_equal(open_files(), open);
        assert_true(rc ? !book.len : book.len > 0);
    }
    assert_true(failures > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_csv_template_is_one_row_of_headings_that_are_understood),
        cmocka_unit_test(every_workbook_is_the_same_twice_and_says_only_what_the_catalogue_has),
        cmocka_unit_test(the_sheets_are_named_in_the_language),
        cmocka_unit_test(what_may_be_typed_is_bounded_ten_thousand_rows_down),
        cmocka_unit_test(a_comment_says_what_belongs_in_a_column),
        cmocka_unit_test(the_words_for_yes_and_no_are_read_as_such),
        cmocka_unit_test(another_language_or_format_is_refused),
        cmocka_unit_test(no_writable_folder_for_temporary_files_is_needed),
        cmocka_unit_test(where_there_is_no_room_it_is_later_and_nothing_stays_open),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
