/* Both ways into a table, arrays of one statement and binary COPY, against a real PostgreSQL: the same rows, and the rows that were meant. */
#include "persistence/merge.h"
#include "gateway/base/text.h"
#include "tests/unit/columns.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { ROWS = 16 };

/* Values as canonical text; what the server is to say of them beside, where it is not the same text. */
static const char *const given[ROWS][COLUMNS] = {
    { "a", "1900-01-01", "0", "0", "0", "0", "true", "{}", "[]", "s" },
    { "b", "2000-01-01", "-0.5", "-1", "-1", "-1", "false", "{\"a\":\"ә\"}", "[\"\"]", "\x01\xff\x27" },
    { "c", "2199-12-31", "123456789012345678", "32767", "2147483647", "9223372036854775807", "true", "[1,\"\\\"\"]", "[\"a\",\"b\"]", "" },
    { "d", "2000-02-29", "0.0001", "-32768", "-2147483648", "-9223372036854775808", NULL, "{\"n\":null}", "[\"say \\\"no\\\"\"]", "x" },
    { "e", "1999-12-31", "-123456789012345678", NULL, NULL, NULL, NULL, NULL, "[\"back\\\\slash\",\"new\\nline\",\"tab\\t\",\"return\\r\"]", NULL },
    { "f", "1970-01-01", "0.123456789012345678", "1", "1", "1", "true", "{\"a\":{\"b\":[1.5,true]}}", "[\"{curly}\",\"a,b\",\"null\",\" space \"]", "x" },
    { "g", "2024-12-31", "10000", "1", "1", "4294967296", "true", "{}", "[\"\\b\\f\\u0001\\u001f\"]", "x" },
    { "h", "2025-01-01", "99999999.9999", "1", "1", "-4294967297", "true", "{}", "[\"Кәсіп, «ұ»\",\"😀\"]", "x" },
    { "i", "1900-02-28", "10000.00001", "1", "1", "1", "true", "{}", "[\"'\",\"\\\\\\\"\",\"\\\\n\"]", "x" },
    { "j", "1900-03-01", "-0.00001", "1", "1", "1", "true", "{}", "[\"NULL\"]", "x" },
    { "k", "2100-02-28", "100000000", "1", "1", "1", "true", "{}", NULL, "x" },
    { "l", "2100-03-01", "1.5", "1", "1", "1", "true", "{}", "[\"a\"]", "x" },
    { "m", NULL, NULL, "1", "1", "1", "true", "{}", "[\"a\"]", "x" },
    { "n \"'\\\n", "2026-10-05", "0.1", "1", "1", "1", "true", "{}", "[\"a\"]", "x" },
    { "", "2026-10-05", "12345.6789", "1", "1", "1", "true", "{}", "[\"a\"]", "x" },
    { "Ә", "2026-10-05", "0.00000000000000001", "1", "1", "1", "true", "{}", "[\"a\"]", "x" },
};

static Db *db;
static Arena *arena;
static Table *table;

static Row *rows_made(void)
{
    Row *rows = arena_alloc(arena, ROWS * sizeof *rows);
    for (unsigned i = 0; i < ROWS; i++) {
        Value *values = arena_alloc(arena, COLUMNS * sizeof *values);
        for (unsigned c = 0; c < COLUMNS; c++)
            if (given[i][c])
                values[c] = (Value){ given[i][c], strlen(given[i][c]) };
        rows[i] = (Row){ .seq = i + 1, .round = 1, .wish = WISH_PUT, .period = "2026-10", .number = 7, .values = values, .hash = { (unsigned char)i } };
    }
    return rows;
}

static void tell(void *self, uint32_t seq, Verdict v) { (void)self; fail_msg("row %u: verdict %d", seq, v); }
static void tell_unknown(void *self, uint32_t seq) { (void)self; fail_msg("row %u is unknown", seq); }

static void good(Rc rc, const Error *err)
{
    if (rc)
        fail_msg("%s", err->text);
}

static void merge(const Row *rows)
{
    Error err = {0};
    Merge m = { .table = table, .settlement = 1, .party = 1, .rounds = 1, .n_puts = ROWS, .rows = rows, .n_rows = rows ? ROWS : 0,
                .period = "2026-10", .number = 7, .tell = tell, .tell_unknown = tell_unknown };
    good(merge_run(db, &m, &err), &err);
}

static void through_arrays(const Row *rows) { merge(rows); }

static void through_copy(const Row *rows)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer b = {0};
    good(stage_begin(db, table, &err), &err);
    good(copy_begin(db, table->stage_copy, &err), &err);
    for (int i = 0; i < ROWS; i++)
        row_copy(table->feed, &rows[i], &b);
    good(copy_put(db, b.at, b.len, &err), &err);
    good(copy_end(db, &err), &err);
    good(stage_analyse(db, table, &err), &err);
    merge(NULL);
}

static void said_by_the_server(Rows *out)
{
    Error err = {0};
    good(db_query_once(db, "select key, day, share, small, middle, big, flag, object = null or object is null, to_json(words), secret, object::text, owner, settlement, seq, period,"
                           " number, encode(row_hash, 'hex'), scale(share), array_length(words, 1) from feed.columns order by seq", NULL, out, &err), &err);
}

static void emptied(void)
{
    Error err = {0};
    good(db_exec(db, "truncate feed.columns, feed.columns_history", &err), &err);
}

static void both_ways_say_the_same(void **state)
{
    (void)state;
    const Row *rows = rows_made();
    SCOPED(rows_end) Rows a = {0};
    SCOPED(rows_end) Rows b = {0};
    through_arrays(rows);
    said_by_the_server(&a);
    emptied();
    through_copy(rows);
    said_by_the_server(&b);
    emptied();
    assert_int_equal(rows_n(&a), ROWS);
    assert_int_equal(rows_n(&b), ROWS);
    for (int i = 0; i < ROWS; i++)
        for (int c = 0; c < PQnfields(a.pg); c++)
            if (rows_null(&a, i, c) != rows_null(&b, i, c) || strcmp(rows_text(&a, i, c), rows_text(&b, i, c)) != 0)
                fail_msg("row %d, %s: arrays say %s, copy says %s", i, PQfname(a.pg, c), rows_text(&a, i, c), rows_text(&b, i, c));
}

static void as_given(const Rows *r, int i, int c)
{
    const char *wanted = given[i][c];
    if (rows_null(r, i, c) != !wanted || (wanted && strcmp(rows_text(r, i, c), wanted) != 0))
        fail_msg("row %d, column %d: %s instead of %s", i, c, rows_null(r, i, c) ? "null" : rows_text(r, i, c), wanted ? wanted : "null");
}

/* Text, date, numbers and arrays print in their canonical text; booleans, jsonb and bytea in the server's own. */
static void the_server_says_what_was_meant(void **state)
{
    (void)state;
    SCOPED(rows_end) Rows r = {0};
    through_copy(rows_made());
    said_by_the_server(&r);
    for (int i = 0; i < ROWS; i++) {
        for (int c = KEY; c <= BIG; c++)
            as_given(&r, i, c);
        if (given[i][FLAG])
            assert_string_equal(rows_text(&r, i, FLAG), *given[i][FLAG] == 't' ? "t" : "f");
        if (given[i][SECRET]) {
            char hex[64] = "\\x";
            hex_text(given[i][SECRET], strlen(given[i][SECRET]), hex + 2);
            assert_string_equal(rows_text(&r, i, SECRET), hex);
        }
        if (i != 6)                                   /* control characters: JSON has more than one spelling of them */
            as_given(&r, i, WORDS);
        assert_int_equal(rows_int(&r, i, COLUMNS + 3), i + 1);
    }
    assert_string_equal(rows_text(&r, 6, WORDS), "[\"\\b\\f\\u0001\\u001f\"]");
    assert_string_equal(rows_text(&r, 5, COLUMNS), "{\"a\": {\"b\": [1.5, true]}}");
    assert_string_equal(rows_text(&r, 1, COLUMNS + 7), "1");
    emptied();
}

/* Numbers that differ only in how they are written would be different versions of nothing. */
static void a_numeric_of_copy_equals_one_of_text(void **state)
{
    (void)state;
    Error err = {0};
    SCOPED(rows_end) Rows r = {0};
    through_copy(rows_made());
    good(db_query_once(db, "select count(*) from feed.columns where share is not null and (share::text::numeric <> share or numeric_send(share::text::numeric) <> numeric_send(share))",
                       NULL, &r, &err), &err);
    assert_int_equal(rows_int(&r, 0, 0), 0);
    emptied();
}

static int start(void **state)
{
    (void)state;
    Error err = {0};
    const char *dsn = getenv("NQS_TEST_DSN");
    if (!dsn)
        return 0;
    db = db_new(dsn);
    arena = arena_new();
    table = table_new(columns_feed(), arena);
    good(db_exec(db, "create schema if not exists feed; drop table if exists feed.columns, feed.columns_history", &err), &err);
    good(tables_create(db, &table, 1, &err), &err);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (db)
        db_free(&db);
    if (arena)
        arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_say_the_same),
        cmocka_unit_test(the_server_says_what_was_meant),
        cmocka_unit_test(a_numeric_of_copy_equals_one_of_text),
    };
    if (!getenv("NQS_TEST_DSN")) {
        fprintf(stderr, "NQS_TEST_DSN is not set: no database to test with\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
