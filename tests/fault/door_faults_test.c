/* Intake under faults of libpq: whichever call fails, a delivery is kept wholly or not at all, what is torn off is swept, and sent again it is kept once. */
#include "tests/fault/libpq.h"
#include "tests/fault/world.h"

typedef struct { const char *name; size_t bytes; bool kept_before, new_month; } Case;

static Sending document(size_t bytes, Arena *a)
{
    static const char record[] = "{\"centre_bin\":\"" CENTRE_BIN "\",\"document_number\":\"D-%07zu\",\"issued_on\":\"2026-10-01\",\"valid_to\":\"2031-10-01\","
                                 "\"profession_code\":\"CON-0007\",\"qualification\":\"Welder\",\"level\":3,\"status\":\"issued\"}\n";
    SCOPED(buffer_free) Buffer b = {0};
    for (size_t i = 0; b.len < bytes; i++)
        buffer_print(&b, record, i);
    return (Sending){ &centre, "recognition-documents", "2026-10", "facts", "m-1", arena_text(a, b.at, b.len), b.len };
}

static void begin(const Case *c, const Sending *s, Arena *a, const char **receipt)
{
    Error err = {0};
    world_empty();
    if (c->new_month)
        good(db_exec(world.watch, "delete from nqs.raw_key; do $$ declare t text; begin for t in select inhrelid::regclass from pg_inherits where inhparent = 'nqs.envelope_part'::regclass"
                                  " loop execute 'drop table ' || t; end loop; end $$", &err), &err);
    world_open();
    if (c->kept_before)
        good(world_send(s, a, receipt, &err), &err);
}

static void nothing_is_left_but(const char *complete, Arena *a)
{
    Error err = {0};
    int removed;
    good(inbox_sweep(world.watch, clock_now(&system_clock) + 3600 * 1000000ll, &removed, &err), &err);
    assert_int_equal(world_count("select count(*) from nqs.upload"), 0);
    assert_int_equal(world_count("select count(*) from nqs.envelope_part p where not exists (select from nqs.envelope e where e.id = p.envelope)"), 0);
    assert_string_equal(world_seen(a), complete);
}

/* false: the n-th call was not reached. */
static bool one(const Case *c, const Sending *s, Fault fault, long n, const char *complete, Arena *a)
{
    Error err = {0};
    const char *first = NULL, *receipt = NULL, *again = NULL;
    begin(c, s, a, &first);
    const char *before = world_seen(a);
    script_arm(fault, n);
    Rc rc = world_send(s, a, &receipt, &err);
    bool struck = script_end();
    const char *seen = world_seen(a);
    if (!struck || rc == RC_OK)
        good(rc, &err);
    else if (rc != RC_RETRY)
        fail_msg("%s, %s at %ld: rc %d: %s", c->name, fault_names[fault], n, rc, err.text);
    bool is_complete = strcmp(seen, complete) == 0;
    if (!is_complete && (rc == RC_OK || (strcmp(seen, before) != 0 && !c->new_month)))
        fail_msg("%s, %s at %ld: neither as before nor complete:\n%s", c->name, fault_names[fault], n, seen);
    good(world_send(s, a, &again, &err), &err);
    if (c->kept_before)
        assert_string_equal(again, first);
    if (receipt)
        assert_string_equal(again, receipt);
    nothing_is_left_but(complete, a);
    return struck;
}

static void whole_or_nothing(void **state)
{
    const Case *c = *state;
    SCOPED(arena_free) Arena *a = arena_new();
    Sending s = document(c->bytes, a);
    const char *receipt;
    Error err = {0};
    begin(c, &s, a, &receipt);
    good(world_send(&s, a, &receipt, &err), &err);
    const char *complete = world_seen(a);
    for (Fault fault = 0; fault < FAULTS; fault++) {
        long n = 1;
        while (one(c, &s, fault, n, complete, a))
            n++;
        print_message("%s, %s: %ld calls\n", c->name, fault_names[fault], n - 1);
        assert_in_range(n, 2, 1000);
    }
}

int main(void)
{
    static Case cases[] = {
        { "one part", 1000, false, false }, { "three parts", 1200000, false, false }, { "a repeat", 1000, true, false },
        { "a repeat of three parts", 1200000, true, false }, { "the first of its month", 1000, false, true },
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(whole_or_nothing, &cases[0]), cmocka_unit_test_prestate(whole_or_nothing, &cases[1]),
        cmocka_unit_test_prestate(whole_or_nothing, &cases[2]), cmocka_unit_test_prestate(whole_or_nothing, &cases[3]),
        cmocka_unit_test_prestate(whole_or_nothing, &cases[4]),
    };
    if (!getenv("NQS_TEST_DSN")) {
        fprintf(stderr, "NQS_TEST_DSN is not set: no database to test with\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, world_start, world_stop);
}
