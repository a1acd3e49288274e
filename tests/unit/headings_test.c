#include "schemas/headings.h"
#include "tests/unit/readings.h"

/* code (required), day, tags: list of texts, place: {city, street}, history: list of {state, since}. */
static Field place[] = { { .name = "city", .type = TYPE_TEXT }, { .name = "street", .type = TYPE_TEXT } };
static Field state[] = { { .name = "state", .type = TYPE_TEXT, .required = true }, { .name = "since", .type = TYPE_DATE } };
static Field tag = { .type = TYPE_TEXT }, item = { .type = TYPE_OBJECT, .fields = state, .n_fields = 2 };
static Field fields[] = {
    { .name = "code", .label_kk = "Коды", .label_ru = "Код", .type = TYPE_TEXT, .required = true },
    { .name = "day", .label_ru = "День", .type = TYPE_DATE },
    { .name = "tags", .type = TYPE_ARRAY, .fields = &tag, .n_fields = 1 },
    { .name = "place", .type = TYPE_OBJECT, .fields = place, .n_fields = 2 },
    { .name = "history", .type = TYPE_ARRAY, .fields = &item, .n_fields = 1 },
};
static const Feed feed = { .code = "tests", .fields = fields, .n_fields = sizeof fields / sizeof *fields };

static void reads_into(RecordSink *sink, const char *csv, const char *seen)
{
    Reading g = {0};
    Reader *r = NULL;
    Headings *h = headings_begin(&feed, sink, &g);
    g.rc = reader_open(FORMAT_CSV, NULL, NULL, headings_record, h, &r, &g.err);
    g.rc = g.rc ? g.rc : reader_feed(r, csv, strlen(csv), &g.err);
    g.rc = g.rc ? g.rc : reader_end(r, &g.err);
    g.rc = g.rc ? g.rc : headings_end(h, &g.err);
    if (g.rc)
        buffer_print(&g.seen, "%s\n", g.err.text);
    assert_string_equal(buffer_string(&g.seen), seen);
    reader_free(&r);
    headings_free(&h);
    reading_free(&g);
}

static void reads(const char *csv, const char *seen) { reads_into(reading_note, csv, seen); }

static void places_write(Buffer *b, const Record *r, const Node *n, Arena *a)
{
    if (n->text)
        buffer_print(b, " %s@%s", n->text, origin_text(r, n->origin, a));
    for (const Node *c = n->first; c; c = c->next)
        places_write(b, r, c, a);
}

/* "1: A@A2 x@C2", every value with its cell. */
static Rc places_note(void *self, const Record *r, Error *err)
{
    (void)err;
    Reading *g = self;
    SCOPED(arena_free) Arena *a = arena_new();
    buffer_print(&g->seen, "%u:", r->seq);
    if (r->node)
        places_write(&g->seen, r, r->node, a);
    else
        buffer_print(&g->seen, " bad@%s", origin_text(r, 0, a));
    buffer_char(&g->seen, '\n');
    return RC_OK;
}

static void a_row_is_a_record_by_names_or_labels(void **unused)
{
    (void)unused;
    reads("code;day\nA;2026-01-31\nB;\n", "1@2 put o(codes'A' days'2026-01-31')\n2@3 put o(codes'B' dayz)\n");
    reads(" КОДЫ ;день\nA;2026-01-31\n", "1@2 put o(codes'A' days'2026-01-31')\n");
}

static void a_list_of_plain_values_stands_in_one_cell(void **unused)
{
    (void)unused;
    reads("code;tags\nA;\"x; y\nz\"\n", "1@2 put o(codes'A' tagsa(s'x' s' y' s'z'))\n");
    reads("code;tags\nA;\"[\"\"x;y\"\",\"\"z\"\"]\"\n", "1@2 put o(codes'A' tagsa(s'x;y' s'z'))\n");
    reads("code;tags\nA;\n", "1@2 put o(codes'A' tagsz)\n");
}

static void members_of_an_object_have_columns_of_their_own(void **unused)
{
    (void)unused;
    reads("code;place.city;place.street\nA;Almaty;\nB;;\n", "1@2 put o(codes'A' placeo(citys'Almaty' streetz))\n2@3 put o(codes'B' placez)\n");
}

static void rows_that_go_on_add_items(void **unused)
{
    (void)unused;
    reads("code;day;history.state;history.since\nA;2026-01-31;active;2026-01-01\nA;;ended;2026-02-01\n;;again;\nB;;;\n",
          "1@2 put o(codes'A' days'2026-01-31' historya(o(states'active' sinces'2026-01-01') o(states'ended' sinces'2026-02-01') o(states'again' sincez)))\n"
          "2@5 put o(codes'B' dayz historyz)\n");
    /* Another value outside of the list makes another record, and so does a row that says nothing of the list. */
    reads("code;day;history.state\nA;2026-01-31;x\nA;2026-02-01;y\nA;2026-02-01;\n",
          "1@2 put o(codes'A' days'2026-01-31' historya(o(states'x')))\n2@3 put o(codes'A' days'2026-02-01' historya(o(states'y')))\n"
          "3@4 put o(codes'A' days'2026-02-01' historyz)\n");
}

static void a_nested_field_may_stand_as_json(void **unused)
{
    (void)unused;
    reads("code;history\nA;\"[{\"\"state\"\":\"\"x\"\"}]\"\nB;{no\nC;\"{\"\"a\"\":1,\"\"a\"\":2}\"\n",
          "1@2 put o(codes'A' historya(o(states'x')))\n2@3 put o(codes'B' historys'{no')\n3@4 put o(codes'C' historys'{\"a\":1,\"a\":2}')\n");
}

static void a_ground_makes_a_withdrawal(void **unused)
{
    (void)unused;
    reads("code;$withdraw\nA;by mistake\nB;\n", "1@2 withdraw ground'by mistake' o(codes'A')\n2@3 put o(codes'B')\n");
}

static void headings_that_cannot_be_refuse_the_table(void **unused)
{
    (void)unused;
    reads("code;dya\nA;x\n", "unknown_heading: dya, B\n");
    reads("code;day;Код\nA;x;B\n", "doubled_heading: Код, C\n");
    reads("code;history;history.state\nA;[];B\n", "doubled_heading: history.state, C\n");
    reads("day\n2026-01-31\n", "heading_missing: code\n");
}

static void a_bad_row_keeps_its_place(void **unused)
{
    (void)unused;
    reads("code;history.state\nA;x\nB;y;surplus\nC;z\n",
          "1@2 put o(codes'A' historya(o(states'x')))\n2@3 put bad: column C: a value under no heading\n3@4 put o(codes'C' historya(o(states'z')))\n");
}

static void a_record_of_too_many_rows_is_too_large(void **unused)
{
    (void)unused;
    SCOPED(buffer_free) Buffer doc = {0};
    buffer_text(&doc, "code;history.state\nA;x\n");
    for (int i = 0; i < 20000; i++)
        buffer_text(&doc, ";y\n");
    buffer_text(&doc, "B;z\n");
    reads(buffer_string(&doc), "1@2 put bad: record_too_large\n2@20003 put o(codes'B' historya(o(states'z')))\n");
}

static void values_of_a_list_may_stand_in_several_rows(void **unused)
{
    (void)unused;
    reads("code;tags;day\nA;x;1\n;y; \n;\"z;w\";\n", "1@2 put o(codes'A' tagsa(s'x' s'y' s'z' s'w') days'1')\n");
    reads("code;tags;day\nA;[\"x\"];1\n;[\"y\"];\n;[];\n;z;\n", "1@2 put o(codes'A' tagsa(s'x' s'y' s'z') days'1')\n");
    reads("code;tags;day\nA;;1\n;[\"y\"];\n", "1@2 put o(codes'A' tagsa(s'y') days'1')\n");
    reads("code;tags\nA;x\n;[y\n;z\n", "1@2 put o(codes'A' tagss'[y')\n");
    reads("code;tags\nA;[x\n;y\n", "1@2 put o(codes'A' tagss'[x')\n");
    reads("code;tags\nA;x\n;\"[{\"\"a\"\":1,\"\"a\"\":2}]\"\n", "1@2 put o(codes'A' tagss'[{\"a\":1,\"a\":2}]')\n");
}

static void every_value_keeps_its_cell(void **unused)
{
    (void)unused;
    reads_into(places_note, "\ncode;tags;place.city;history.since;history.state\nA;p;Oral;1;x\n;q;;2;y\n\nA;;;;z\nB;\"r;s\";;;\n",
               "1: A@A3 p@B3 q@B4 Oral@C3 1@D3 x@E3 2@D4 y@E4 z@E6\n2: B@A7 r@B7 s@B7\n");
    reads_into(places_note, "code;history\nA;\nB;\"[{\"\"state\"\":\"\"x\"\"}]\"\n", "1: A@A2\n2: B@A3 x@B3\n");
    reads_into(places_note, "code;history.state\nA;x\nB;y;surplus\n;z\n", "1: A@A2 x@B2\n2: bad@3\n3: z@B4\n");
}

/* Rows without a value may lie between, more of them than an origin counts. */
static void an_item_far_below_its_record_is_one_item(void **unused)
{
    (void)unused;
    SCOPED(buffer_free) Buffer doc = {0};
    buffer_text(&doc, "code;history.state;history.since\nA;x;1\n");
    buffer_repeat(&doc, "\n", ORIGIN_ROWS);
    buffer_text(&doc, ";y;2\n;z;3\n");
    reads(buffer_string(&doc), "1@2 put o(codes'A' historya(o(states'x' sinces'1') o(states'y' sinces'2') o(states'z' sinces'3')))\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_a_record_by_names_or_labels),       cmocka_unit_test(a_list_of_plain_values_stands_in_one_cell),
        cmocka_unit_test(members_of_an_object_have_columns_of_their_own), cmocka_unit_test(rows_that_go_on_add_items),
        cmocka_unit_test(a_nested_field_may_stand_as_json),           cmocka_unit_test(a_ground_makes_a_withdrawal),
        cmocka_unit_test(headings_that_cannot_be_refuse_the_table),   cmocka_unit_test(a_bad_row_keeps_its_place),
        cmocka_unit_test(a_record_of_too_many_rows_is_too_large),         cmocka_unit_test(every_value_keeps_its_cell),
        cmocka_unit_test(an_item_far_below_its_record_is_one_item),       cmocka_unit_test(values_of_a_list_may_stand_in_several_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
