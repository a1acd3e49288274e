/* A gateway without its processes, on the database at $NQS_TEST_DSN: deliveries are kept and worked by calls, and everything that is remembered of them can be read
   as one text, in which two runs of the same deliveries are equal. Once in a test program. */
#pragma once
#include "gateway/flow/work.h"
#include "persistence/inbox.h"
#include "persistence/migrate.h"
#include "persistence/parties.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct { const char *bin, *role; int id; } Supplier;
static Supplier centre = { "391240001016", "recognition-centre", 0 }, ministry = { "391240000117", "authorised-body", 0 }, chamber = { "391240000711", "national-chamber", 0 };
#define CENTRE_BIN "391240001016"

static struct { Config *config; Gateway *gateway; Desk *desk; Work *work; Db *watch; char folder[64], file[96]; } world;

static void good(Rc rc, const Error *err)
{
    if (rc)
        fail_msg("rc %d: %s", rc, err->text);
}

static void world_text(const char *name, const char *text)
{
    snprintf(world.file, sizeof world.file, "%s/%s", world.folder, name);
    FILE *f = fopen(world.file, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(world.file, 0600), 0);
}

static void world_close(void)
{
    desk_free(&world.desk);
    work_free(&world.work);
    gateway_free(&world.gateway);
}

/* Anew: nothing is remembered in memory. */
static void world_open(void)
{
    Error err = {0};
    world_close();
    good(gateway_open(world.config, &system_clock, &world.gateway, &err), &err);
    world.desk = desk_new(world.gateway);
    world.work = work_new(world.gateway);
}

static int64_t world_count(const char *sql)
{
    Error err = {0};
    SCOPED(rows_end) Rows rows = {0};
    good(db_query_once(world.watch, sql, NULL, &rows, &err), &err);
    return rows_int(&rows, 0, 0);
}

static void world_party(Supplier *s)
{
    Error err = {0};
    char sql[128];
    Rc rc = party_add(world.watch, s->bin, s->role, clock_now(&system_clock), &err);
    assert_true(rc == RC_OK || rc == RC_REJECT);
    good(party_role(world.watch, s->bin, s->role, "2020-01-01", NULL, "test", &err), &err);
    snprintf(sql, sizeof sql, "select id from nqs.party where bin = '%s'", s->bin);
    s->id = (int)world_count(sql);
}

static int world_start(void **state)
{
    (void)state;
    Error err = {0};
    char text[1024];
    int applied;
    snprintf(world.folder, sizeof world.folder, "/tmp/nqs-fault.XXXXXX");
    assert_non_null(mkdtemp(world.folder));
    world_text("key", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
    snprintf(text, sizeof text, "database: \"%s\"\nkey_file: %s/key\nshare: .\nanswer_wait_ms: 0\n", getenv("NQS_TEST_DSN"), world.folder);
    world_text("gateway.yaml", text);
    good(config_load(world.file, &world.config, &err), &err);
    world.watch = db_new(world.config->database);
    world_open();
    good(gateway_migrate(world.gateway, &applied, &err), &err);
    world_party(&centre);
    world_party(&ministry);
    world_party(&chamber);
    return 0;
}

static int world_stop(void **state)
{
    (void)state;
    world_close();
    db_free(&world.watch);
    config_free(&world.config);
    unlink(world.file);
    snprintf(world.file, sizeof world.file, "%s/key", world.folder);
    unlink(world.file);
    rmdir(world.folder);
    return 0;
}

#define EACH_FEED(do) do("accredited_centre") do("occupation_group") do("recognition_document") do("recognition_result")

/* Nothing was ever delivered; keys of months are left. */
static void world_empty(void)
{
#define EMPTY(table) "delete from feed." table "; delete from feed." table "_history;"
    Error err = {0};
    good(db_exec(world.watch, "delete from nqs.queue; delete from nqs.set_aside; delete from nqs.finding; delete from nqs.settlement; delete from nqs.envelope;"
                              " delete from nqs.envelope_part; delete from nqs.upload; delete from nqs.person; delete from nqs.party_role where source <> 'administrator';"
                              EACH_FEED(EMPTY), &err), &err);
}

/* Everything that is remembered, without what differs from run to run: ids, keys, moments, numbers drawn. Numbers and settlements stand by their order. */
static const char *world_seen(Arena *a)
{
#define ROWS_OF(table, until) " union all select '" table ": ' || (to_jsonb(t) - '{settlement,number,last_number,until,candidate}'::text[])::text || concat_ws(' ', '', s.ordinal, n.n, l.n" until \
    ") from feed." table " t join nqs.settlement s on s.id = t.settlement left join n on n.number = t.number left join n l on l.number = t.last_number"
#define BOTH(table) ROWS_OF(table, "") ROWS_OF(table "_history", ", (select ordinal from nqs.settlement u where u.id = until)")
    static const char sql[] =
        "with n as (select number, id, row_number() over (order by number) n from nqs.envelope), x(x) as ("
        " select concat_ws(' ', 'envelope', n, feed, period, kind, message_id, state, parts, kept_bytes, encode(digest_payload, 'hex'), refused_code, refused_args, first_seq, last_seq,"
        " counts, encode(outcomes, 'hex'), findings, (select ordinal from nqs.settlement s where s.id = settlement), (select count(*) from nqs.envelope_part p where p.envelope = e.id))"
        " from nqs.envelope e join n using (id) union all select concat_ws(' ', 'queue', n, feed) from nqs.queue q join n on n.id = q.envelope"
        " union all select 'set aside' from nqs.set_aside union all select concat_ws(' ', 'settlement', ordinal, party, feed) from nqs.settlement"
        " union all select concat_ws(' ', 'finding', n, seq, severity, code, place, args) from nqs.finding f join n on n.id = f.envelope"
        " union all select concat_ws(' ', 'role', party, role, source, valid_from, valid_to) from nqs.party_role"
        " union all select concat_ws(' ', 'key', feed, month) from nqs.raw_key" EACH_FEED(BOTH) ") select string_agg(x, E'\\n' order by x collate \"C\") from x";
    Error err = {0};
    SCOPED(rows_end) Rows rows = {0};
    good(db_query(world.watch, sql, NULL, &rows, &err), &err);
    return arena_printf(a, "%s", rows_text(&rows, 0, 0));
}

typedef struct { const Supplier *by; const char *feed, *period, *kind, *message, *bytes; size_t n; } Sending;

static Rc send_through(Door *d, const Sending *s, Receipt *out, Error *err)
{
    enum { PIECE = 100000 };
    for (size_t at = 0; at < s->n; at += PIECE)
        if (door_payload(world.desk, d, s->bytes + at, s->n - at < PIECE ? s->n - at : PIECE, err))
            return err->rc;
    Meta m = { .source = "rest", .message_id = s->message, .first_byte = clock_now(&system_clock), .last_byte = clock_now(&system_clock) };
    return door_keep(world.desk, d, &m, out, err);
}

/* One delivery of NDJSON through the door; the receipt, as text, lives in a. */
static Rc world_send(const Sending *s, Arena *a, const char **receipt, Error *err)
{
    Sender who = { .n_roles = 1 };
    Opening o = { .format = FORMAT_NDJSON, .form = PAYLOAD_WHOLE };
    Door *d = NULL;
    Receipt out = {0};
    who.party = s->by->id;
    snprintf(who.bin, sizeof who.bin, "%s", s->by->bin);
    snprintf(who.role[0], sizeof who.role[0], "%s", s->by->role);
    snprintf(o.claim.feed, sizeof o.claim.feed, "%s", s->feed);
    snprintf(o.claim.period, sizeof o.claim.period, "%s", s->period);
    snprintf(o.claim.kind, sizeof o.claim.kind, "%s", s->kind);
    Rc rc = door_open(world.desk, &who, &o, &d, err);
    if (!rc)
        rc = send_through(d, s, &out, err);
    if (!rc)
        *receipt = arena_text(a, out.json, out.json_len);
    door_drop(world.desk, &d);
    return rc;
}
