/* Fill and settle under faults of libpq: whichever call fails, a delivery is worked wholly or not at all, and worked again it ends as if nothing had been. */
#include "tests/fault/libpq.h"
#include "tests/fault/world.h"

enum { MOST = 2 };

/* What is delivered; all but the last are worked first. many: records of it beyond 1,000, which go by COPY. */
typedef struct { const Supplier *by; const char *feed, *period, *kind; int from, to, level; const char *more; } FaultStep;
typedef enum { WARM, COLD, TOGETHER } Way;     /* at first connection; with the ones before it in one settlement */
typedef struct { Way way; const char *name; FaultStep step[MOST + 1]; } Case;

static void document(Buffer *b, int i, int level)
{
    buffer_print(b, "{\"centre_bin\":\"" CENTRE_BIN "\",\"document_number\":\"D-%d\",\"issued_on\":\"2026-10-01\",\"valid_to\":\"2031-10-01\",\"profession_code\":\"CON-0007\","
                    "\"qualification\":\"Welder\",\"level\":%d,\"status\":\"issued\"}\n", i, i % 3 ? level : 3);
}

static void result(Buffer *b, int i, int level)
{
    buffer_print(b, "{\"centre_bin\":\"" CENTRE_BIN "\",\"attempt_number\":\"A-%d\",\"candidate\":{\"name\":\"Somebody %d\"},\"profession_code\":\"CON-0007\","
                    "\"qualification\":\"Welder\",\"level\":%d,\"basis\":\"formal\",\"mode\":\"voluntary\",\"outcome\":\"passed\"}\n", i, i, i % 3 ? level : 3);
}

static void group(Buffer *b, int i, int level)
{
    buffer_print(b, "{\"code\":\"%d\",\"edition\":\"E\",\"name_kk\":\"Топ\",\"name_ru\":\"Группа %d\"}\n", i, level);
}

static void accredited(Buffer *b, int i, int level)
{
    buffer_print(b, "{\"issuer\":\"national-chamber\",\"certificate_number\":\"KZ-%d\",\"centre_bin\":\"" CENTRE_BIN "\",\"name_kk\":\"Орталық\",\"name_ru\":\"Центр\",\"kato\":\"711010000\","
                    "\"issued_on\":\"2024-02-2%d\",\"valid_to\":\"2027-02-28\",\"profession_codes\":[\"IT-0101\"],\"history\":[{\"state\":\"active\",\"since\":\"2024-02-29\"}],"
                    "\"non_renewable\":false}\n", i, level);
}

static void record(Buffer *b, const char *feed, int i, int level)
{
    static const struct { const char *feed; void (*write)(Buffer *, int, int); } writers[] = {
        { "recognition-documents", document }, { "recognition-results", result }, { "nkz", group }, { "accredited-centres", accredited },
    };
    for (size_t w = 0; w < sizeof writers / sizeof *writers; w++)
        if (strcmp(writers[w].feed, feed) == 0)
            writers[w].write(b, i, level);
}

static void keep(const FaultStep *s, int n, Arena *a)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer b = {0};
    const char *receipt;
    for (int i = s->from; i < s->to; i++)
        record(&b, s->feed, i, s->level);
    buffer_text(&b, s->more ? s->more : "");
    Sending sending = { s->by, s->feed, s->period, s->kind, arena_printf(a, "m-%d", n), b.at, b.len };
    good(world_send(&sending, a, &receipt, &err), &err);
}

/* Waits: a server notices a lost client a little later. */
static void world_comes_to(const char *what, const char *sql, int64_t wanted)
{
    int64_t n = 0;
    for (int i = 0; i < 500 && (n = world_count(sql)) != wanted; i++)
        nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
    if (n != wanted)
        fail_msg("%s: %lld instead of %lld", what, (long long)n, (long long)wanted);
}

/* Works until nothing waits; a lock whose connection was lost is free a little later. */
static void world_work(void)
{
    Error err = {0};
    for (int i = 0; i < 200 && world_count("select count(*) from nqs.queue"); i++)
        if (work_step(world.work, &err))
            nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
    if (world_count("select count(*) from nqs.queue"))
        fail_msg("it is never worked: %s", err.text);
}

/* All of a case but the last work. */
static void begin(const Case *c, Arena *a)
{
    world_empty();
    work_free(&world.work);
    world.work = work_new(world.gateway);
    script.prepared = c->way != COLD;
    for (int i = 0; c->step[i].feed; i++) {
        keep(&c->step[i], i, a);
        if (c->step[i + 1].feed && c->way != TOGETHER)
            world_work();
    }
}

/* How it must end: at once, or, when an attempt has failed, its members one by one. */
typedef struct { const char *complete, *alone; } Ends;

static bool ended(const char *seen, const Ends *e) { return strcmp(seen, e->complete) == 0 || strcmp(seen, e->alone) == 0; }

static bool one(const Case *c, Fault fault, long n, const Ends *ends, Arena *a)
{
    Error err = {0};
    begin(c, a);
    const char *before = world_seen(a);
    script_arm(fault, n);
    Rc rc = work_step(world.work, &err);
    bool struck = script_end();
    const char *seen = world_seen(a);
    if (rc != RC_OK && (!struck || rc != RC_RETRY))
        fail_msg("%s, %s at %ld: rc %d: %s", c->name, fault_names[fault], n, rc, err.text);
    if (strcmp(seen, ends->complete) != 0 && (!struck || strcmp(seen, before) != 0))
        fail_msg("%s, %s at %ld: neither as before nor complete:\n%s", c->name, fault_names[fault], n, seen);
    work_free(&world.work);                    /* it would let the party and feed rest */
    world.work = work_new(world.gateway);
    world_work();
    seen = world_seen(a);
    if (!ended(seen, ends))
        fail_msg("%s, %s at %ld: worked again it is not complete:\n%s\ninstead of\n%s", c->name, fault_names[fault], n, seen, ends->complete);
    world_comes_to("locks that are still held", "select count(*) from pg_locks where locktype = 'advisory'", 0);
    return struck;
}

static Ends ends_of(const Case *c, Arena *a)
{
    Ends e;
    Error err = {0};
    begin(c, a);
    good(work_step(world.work, &err), &err);
    assert_int_equal(world_count("select count(*) from nqs.queue"), 0);
    e.complete = world_seen(a);
    begin(c, a);
    good(db_exec(world.watch, "update nqs.queue set attempt = 1, counted = pg_postmaster_start_time()", &err), &err);
    world_work();
    e.alone = world_seen(a);
    return e;
}

static void whole_or_nothing(void **state)
{
    const Case *c = *state;
    SCOPED(arena_free) Arena *a = arena_new();
    Ends ends = ends_of(c, a);
    for (Fault fault = 0; fault < FAULTS; fault++) {
        SCOPED(arena_free) Arena *mine = arena_new();
        long n = 1;
        while (one(c, fault, n, &ends, mine)) {
            arena_reset(mine);
            n++;
        }
        print_message("%s, %s: %ld calls\n", c->name, fault_names[fault], n - 1);
        assert_in_range(n, 10, 1000);
    }
}

#define DOCUMENTS &centre, "recognition-documents", "2026-10"
#define RESULTS &centre, "recognition-results", "2026-10"
#define NKZ &ministry, "nkz", "2026-10-05"
#define CENTRES &chamber, "accredited-centres", "2026-10"
#define WITHDRAWAL(i) "{\"$withdraw\":{\"ground\":\"by mistake\"},\"centre_bin\":\"" CENTRE_BIN "\",\"document_number\":\"D-" i "\"}\n"

static Case cases[] = {
    { COLD, "new, at first connection", { { DOCUMENTS, "facts", 0, 5, 4, NULL } } },
    { WARM, "a correction of facts", { { DOCUMENTS, "facts", 0, 9, 4, NULL }, { DOCUMENTS, "facts", 3, 12, 5, NULL } } },
    { WARM, "changes and withdrawals", { { DOCUMENTS, "facts", 0, 9, 4, NULL }, { DOCUMENTS, "changes", 3, 6, 5, WITHDRAWAL("7") WITHDRAWAL("99") } } },
    { TOGETHER, "several changes together", { { DOCUMENTS, "changes", 0, 9, 4, NULL }, { DOCUMENTS, "changes", 3, 12, 5, NULL } } },
    { WARM, "nil", { { DOCUMENTS, "facts", 0, 3, 4, NULL }, { DOCUMENTS, "nil", 0, 0, 0, NULL } } },
    { WARM, "many, by COPY", { { DOCUMENTS, "facts", 0, 1100, 4, NULL } } },
    { WARM, "many, corrected", { { DOCUMENTS, "facts", 0, 20, 4, NULL }, { DOCUMENTS, "facts", 10, 1030, 5, "{\"level\":1}\n" } } },
    { WARM, "personal", { { RESULTS, "facts", 0, 5, 4, NULL }, { RESULTS, "facts", 2, 7, 5, NULL } } },
    { WARM, "many personal", { { RESULTS, "facts", 0, 1100, 4, NULL } } },
    { WARM, "all or nothing", { { NKZ, "edition", 1, 5, 4, NULL }, { NKZ, "edition", 2, 7, 5, NULL } } },
    { WARM, "all or nothing, refused", { { NKZ, "edition", 1, 5, 4, NULL }, { NKZ, "edition", 2, 7, 5, "{\"code\":\"2\"}\n" } } },
    { WARM, "a role granted", { { CENTRES, "list", 1, 3, 1, NULL }, { CENTRES, "list", 2, 4, 2, NULL } } },
};

int main(void)
{
    struct CMUnitTest tests[sizeof cases / sizeof *cases];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tests[i] = (struct CMUnitTest){ cases[i].name, whole_or_nothing, NULL, NULL, &cases[i] };
    if (!getenv("NQS_TEST_DSN")) {
        fprintf(stderr, "NQS_TEST_DSN is not set: no database to test with\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, world_start, world_stop);
}
