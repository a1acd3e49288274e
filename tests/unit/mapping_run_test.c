#include "tests/unit/mapping_fixture.h"

static void json(const char *yaml, const char *document, const char *seen)
{
    must_load(yaml);
    assert_maps(FORMAT_JSON, NULL, document, seen);
}

static void what_is_named_goes_over_and_nothing_else(void **state)
{
    (void)state;
    json(theirs, "{\"page\": 1, \"data\": {\"more\": [{}], \"items\": [\n"
                 " {\"who\": \" палата \", \"no\": \"7\", \"else\": {\"x\": 1}, \"marks\": {\"sum\": 1.50, \"final\": true}, \"tags\": [\"A\", \"b\"], \"city\": \"Алматы\",\n"
                 "  \"states\": [{\"name\": \"on\", \"day\": \"5/10/2026\"}, {\"name\": \"off\"}], \"owner\": {\"iin\": \"1\", \"city\": \"\"}},\n"
                 " {\"total\": \"yes\", \"no\": \"1\"},\n {\"who\": \"Орган\", \"no\": null, \"marks\": {\"sum\": 2}, \"tags\": [], \"states\": null}]}}",
         "1@2 o(issuers'chamber'^data.items[].who serials'7'^data.items[].no scoren'1.5'^data.items[].marks.sum tagsa^data.items[].tags[](s'a'^data.items[].tags[] s'b'^data.items[].tags[]) "
         "historya^data.items[].states[](o(states'on'^data.items[].states[].name sinces'2026-10-05'^data.items[].states[].day) o(states'off'^data.items[].states[].name)) "
         "persono(iins'1'^data.items[].owner.iin citys'Алматы'^data.items[].city))\n"
         "2@5 o(issuers'body'^data.items[].who serialz^data.items[].no)\n");
}

static void a_value_nobody_can_make_says_why(void **state)
{
    (void)state;
    json(OF_JSON "tables:\n  - {name: t, values: [{from: a, to: b}]}\n  - {name: k, values: [{from: a, to: b}], otherwise: keep}\n"
                 "  - {name: e, values: [{from: a, to: b}], otherwise: empty}\n  - {name: v, values: [{from: a, to: b}], otherwise_value: c}\n"
                 "columns:\n" KEYS "  - {to: centre_bin, from: a, as: [table t]}\n  - {to: score, from: a, as: [multiply 2]}\n  - {to: issued_on, from: a, as: [date dd.mm.yyyy]}\n"
                 "  - {to: person.city, from: a, as: [table k]}\n  - {to: person.iin, from: a, as: [table e]}\n  - {to: signer.post, from: a, as: [table v, upper]}\n  - {to: valid_to, from: o}\n",
         "[{\"no\": \"1\", \"a\": \"x\", \"o\": {}}]",
         "1@1 o(issuers'body' serials'1'^[].no centre_bin!'not_in_table'^[].a(s'x' s't') score!'not_decimal'^[].a(s'x') issued_on!'not_date'^[].a(s'x') "
         "persono(citys'x'^[].a) signero(posts'C'^[].a) valid_to!'not_a_value'^[].o(z))\n");
}

static void numbers_and_booleans_stay_what_they_are_unless_converted(void **state)
{
    (void)state;
    json(OF_JSON "columns:\n" KEYS "  - {to: places, from: n}\n  - {to: final, from: b}\n  - {to: centre_bin, from: n, as: [text]}\n",
         "[{\"no\": 7, \"n\": 12.0, \"b\": false}]", "1@1 o(issuers'body' serialn'7'^[].no placesn'12'^[].n finalb'false'^[].b centre_bins'12'^[].n)\n");
}

static void columns_may_have_several_sources(void **state)
{
    (void)state;
    json(OF_JSON "columns:\n" KEYS
         "  - {to: centre_bin, first: [a, b.c, d], default: none}\n  - {to: person.city, join: {of: [a, d, 'l[].x'], with: ' / '}}\n"
         "  - {to: tags, from: t, split: ';', as: [upper]}\n  - {to: places, value: '5', when: [{path: d, is_not: [x]}, {path: a, given: false}]}\n",
         "[{\"no\": \"1\", \"a\": \" \", \"b\": {\"c\": 3}, \"d\": \"x\", \"l\": [{\"x\": \"p\"}, {\"x\": null}, {\"x\": \" q  r \"}], \"t\": \" a;; b c ;\"}, {\"no\": \"2\"}, {\"no\": \"3\", \"a\": \"y\"}]",
         "1@1 o(issuers'body' serials'1'^[].no centre_binn'3'^[].b.c persono(citys'x / p / q r'^[].d) tagsa^[].t(s'A'^[].t s'B C'^[].t))\n"
         "2@1 o(issuers'body' serials'2'^[].no centre_bins'none' placess'5')\n"
         "3@1 o(issuers'body' serials'3'^[].no centre_bins'y'^[].a persono(citys'y'^[].a))\n");
}

static void paths_reach_items_and_quoted_names(void **state)
{
    (void)state;
    json(OF_JSON "columns:\n  - {to: issuer, value: body}\n  - {to: serial, from: '\"a.b\"[2].\"c \"\"d\"\"\"'}\n  - {to: centre_bin, from: 'm[2]'}\n  - {to: person.city, from: 'm[9]'}\n  - {to: tags, from: '\"a.b\"[].t[]'}\n",
         "[{\"a.b\": [{\"t\": [\"1\", null]}, {\"c \\\"d\\\"\": \"x\", \"t\": \"2\"}], \"m\": [1, 2]}]",
         "1@1 o(issuers'body' serials'x'^[].\"a.b\"[2].\"c \"\"d\"\"\" centre_binn'2'^[].m[2] tagsa^[].\"a.b\"[].t[](s'1'^[].\"a.b\"[].t[] s'2'^[].\"a.b\"[].t[]))\n");
}

static void constants_alone_make_no_object(void **state)
{
    (void)state;
    json(OF_JSON "columns:\n" KEYS "  - {to: person.city, value: Астана}\n  - {to: person.iin, from: iin}\n  - {to: history, each: 's[]', columns: [{to: state, value: on}, {to: since, from: '.'}]}\n",
         "[{\"no\": \"1\", \"s\": [null, \"2026-01-01\", \"\"]}, {\"no\": \"2\", \"iin\": \"9\"}]",
         "1@1 o(issuers'body' serials'1'^[].no historya^[].s[](o(states'on' sinces'2026-01-01'^[].s[])))\n"
         "2@1 o(issuers'body' serials'2'^[].no persono(citys'Астана' iins'9'^[].iin))\n");
}

static void one_source_record_may_make_many(void **state)
{
    (void)state;
    json(OF_JSON "each:\n  - {path: 'a[]', when: [{path: off, given: false}], columns: [{to: serial, from: no}, {to: places, from: '#'}, {to: person.city, from: /city}]}\n"
                 "  - {path: 'b.c[]', columns: [{to: serial, from: '.'}, {to: places, from: '#', as: [pad 3]}]}\n"
                 "columns:\n  - {to: issuer, from: who}\n",
         "[{\"who\": \"w\", \"city\": \"C\", \"a\": [{\"no\": \"1\"}, {\"no\": \"x\", \"off\": 1}, {\"no\": \"2\"}], \"b\": {\"c\": \"3\"}}, {\"who\": \"v\", \"a\": []}, {\"who\": \"u\", \"b\": {\"c\": [\"4\"]}}]",
         "1@1 o(issuers'w'^[].who serials'1'^[].a[].no placesn'1' persono(citys'C'^[].city))\n"
         "2@1 o(issuers'w'^[].who serials'2'^[].a[].no placesn'2' persono(citys'C'^[].city))\n"
         "3@1 o(issuers'w'^[].who serials'3'^[].b.c[] placess'003')\n"
         "4@1 o(issuers'u'^[].who serials'4'^[].b.c[] placess'001')\n");
}

static void an_element_that_stands_twice_is_not_chosen_between(void **state)
{
    (void)state;
    must_load(HEAD("xml", "layout: {records: 'L/R'}\n") "columns:\n  - {to: issuer, from: '@who'}\n  - {to: serial, from: 'N'}\n  - {to: tags, from: 'T[]'}\n  - {to: person.city, from: 'P[2].@c'}\n");
    assert_maps(FORMAT_XML, NULL, "<L><R who='w'><N a='1'> 1 </N><T>x</T><T/><T>y</T><P c='1'/><P c='2'/></R><R><N>1</N><N>2</N></R><R><N><M>1</M></N></R></L>",
                "1@1 o(issuers'w'^L.R.@who serials'1 '^L.R.N tagsa^L.R.T[](s'x'^L.R.T[] s'y'^L.R.T[]) persono(citys'2'^L.R.P[2].@c))\n"
                "2@1 o(issuerz^L.R.@who serial!'source_repeated'^L.R.N(z s'N'))\n"
                "3@1 o(issuerz^L.R.@who serial!'not_a_value'^L.R.N(z))\n");
}

static const char of_rows[] = HEAD("csv", "group: [Код, Год]\nskip:\n  - {path: Код, is: [Итого]}\n") "columns:\n"
    "  - {to: issuer, value: body}\n  - {to: serial, from: Код}\n  - {to: centre_bin, from: БИН}\n  - {to: tags, from: Тег}\n"
    "  - {to: history, columns: [{to: state, from: 'Дата[2]'}, {to: since, from: Дата}]}\n";

static void rows_that_belong_together_become_one_record(void **state)
{
    (void)state;
    static const char *const rows[] = { "Код=1|Год=5|БИН=7|Тег=a|Дата=d1|Дата=s1", "Код=1|Год=5|БИН=|Тег=b|Дата=|Дата=", "Код=|Год=|БИН= 8|Тег=|Дата=d3|Дата=s3",
                                        "Код=1|Год=6|БИН=|Тег=|Дата=|Дата=", "Код=Итого|Год=|БИН=|Тег=9|Дата=|Дата=", "Код=1|Год=5|БИН=7|Тег=|Дата=|Дата=" };
    must_load(of_rows);
    assert_rows_map(rows, 6,
        "1@2 o(issuers'body' serials'1'^S!A2 centre_bin!'group_differs'^S!C4(s' 8') tagsa^S!D2(s'a'^S!D2 s'b'^S!D3) historya(o(states's1'^S!F2 sinces'd1'^S!E2) o(states's3'^S!F4 sinces'd3'^S!E4)))\n"
        "2@5 o(issuers'body' serials'1'^S!A5)\n"
        "3@7 o(issuers'body' serials'1'^S!A7 centre_bins'7'^S!C7)\n");
}

static void a_group_without_end_is_one_bad_record(void **state)
{
    (void)state;
    enum { ROWS = 10002 };
    static const char *rows[ROWS + 1];
    for (int i = 0; i < ROWS; i++)
        rows[i] = "Код=1|Год=1|БИН=|Тег=t|Дата=|Дата=";
    rows[ROWS] = "Код=2|Год=1|БИН=|Тег=t|Дата=|Дата=";
    must_load(of_rows);
    assert_rows_map(rows, ROWS + 1, "1@2 bad: over 1 MB, or 10000 records of the source, that go together\n2@10004 o(issuers'body' serials'2'^S!A10004 tagsa^S!D10004(s't'^S!D10004))\n");
}

static void an_empty_cell_that_is_required_is_named(void **state)
{
    (void)state;
    static const char *const rows[] = { "Код=|Имя=x" };
    must_load(HEAD("csv", "") "columns:\n  - {to: issuer, join: {of: [Кто, Код], with: ' '}}\n  - {to: serial, first: [Нет, Код]}\n  - {to: centre_bin, from: Код}\n");
    assert_rows_map(rows, 1, "1@2 o(issuerz^S!A2 serialz^S!A2)\n");
}

static void what_could_not_be_read_keeps_its_place(void **state)
{
    (void)state;
    must_load(HEAD("ndjson", "") "columns:\n" KEYS);
    assert_maps(FORMAT_NDJSON, NULL, "{\"no\":\"1\"}\nx\n{\"no\":\"2\",\"$withdraw\":{}}\n",
                "1@1 o(issuers'body' serials'1'^no)\n2@2 bad: line is not a JSON object: it does not begin with {\n3@3 o(issuers'body' serials'2'^no)\n");
}

static const struct { const char *as, *in, *out; } conversions[] = {
    { "text", "x", "'x'" }, { "upper", "қазақ ß", "'ҚАЗАҚ ẞ'" }, { "lower", "ӘРІП Ab", "'әріп ab'" }, { "digits", "3-деңгей 1", "'31'" }, { "digits", "нет", NULL },
    { "date dd.mm.yyyy", "31.10.2026", "'2026-10-31'" }, { "date dd.mm.yyyy", "1.10.2026", "!" }, { "date d.m.yyyy", "1.1.2026", "'2026-01-01'" },
    { "date yyyymmdd", "20261031", "'2026-10-31'" }, { "date dd.mm.yyyy*", "31.10.2026 10:00", "'2026-10-31'" }, { "date dd.mm.yyyy", "31.10.2026 10:00", "!" },
    { "date mm/yyyy", "10/2026", "'2026-10-01'" }, { "'date \"dd mm yyyy\"'", "31 10 2026", "'2026-10-31'" },
    { "multiply 6", "8", "'48'" }, { "multiply 6", "1 000,5", "'6003'" }, { "divide 12", "18", "'1.5'" }, { "multiply 0.5", "-3", "'-1.5'" }, { "multiply 2", "1.2.3", "!" }, { "multiply 2", "inf", "!" },
    { "first 2", "Қаз", "'Қа'" }, { "first 9", "Қаз", "'Қаз'" }, { "drop_last 2", "4110-9", "'4110'" }, { "drop_last 1", "Х", NULL }, { "pad 4", "12", "'0012'" }, { "pad 2", "123", "'123'" },
    { "'part 2 /'", "a/ b /c", "'b'" }, { "'part 4 /'", "a/b", NULL }, { "'part 1 \" - \"'", "a - b", "'a'" },
    { "prefix KZ", "1", "'KZ1'" }, { "suffix '%'", "1", "'1%'" }, { "drop_prefix №", "№5", "'5'" }, { "drop_prefix №", "5", "'5'" }, { "drop_suffix -", "41-", "'41'" }, { "drop_suffix -", "-", NULL },
    { "'replace , .'", "1,2,3", "'1.2.3'" }, { "'replace \" \" \"\"'", "1 2", "'12'" },
};

static void each_conversion_does_what_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        char yaml[512], document[128], seen[256];
        snprintf(yaml, sizeof yaml, OF_JSON "columns:\n" KEYS "  - {to: centre_bin, from: v, as: [%s]}\n", conversions[i].as);
        snprintf(document, sizeof document, "[{\"no\": \"1\", \"v\": \"%s\"}]", conversions[i].in);
        const char *out = conversions[i].out;
        bool bad = out && *out == '!';
        if (!out)
            snprintf(seen, sizeof seen, "1@1 o(issuers'body' serials'1'^[].no)\n");
        else
            snprintf(seen, sizeof seen, "1@1 o(issuers'body' serials'1'^[].no centre_bin%s%s%s%s^[].v%s%s%s)\n", bad ? "!'" : "s", bad ? strncmp(conversions[i].as, "date", 4) ? "not_decimal" : "not_date" : out,
                     bad ? "'" : "", "", bad ? "(s'" : "", bad ? conversions[i].in : "", bad ? "')" : "");
        json(yaml, document, seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_named_goes_over_and_nothing_else),
        cmocka_unit_test(a_value_nobody_can_make_says_why),
        cmocka_unit_test(numbers_and_booleans_stay_what_they_are_unless_converted),
        cmocka_unit_test(columns_may_have_several_sources),
        cmocka_unit_test(paths_reach_items_and_quoted_names),
        cmocka_unit_test(constants_alone_make_no_object),
        cmocka_unit_test(one_source_record_may_make_many),
        cmocka_unit_test(an_element_that_stands_twice_is_not_chosen_between),
        cmocka_unit_test(rows_that_belong_together_become_one_record),
        cmocka_unit_test(a_group_without_end_is_one_bad_record),
        cmocka_unit_test(an_empty_cell_that_is_required_is_named),
        cmocka_unit_test(what_could_not_be_read_keeps_its_place),
        cmocka_unit_test(each_conversion_does_what_it_says),
    };
    return cmocka_run_group_tests(tests, things_begin, things_end);
}
