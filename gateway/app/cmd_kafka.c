#include "adapters/kafka.h"
#include "gateway/app/command.h"
#include "gateway/model/frame.h"
#include "persistence/audit.h"
#include "persistence/marks.h"
#include "persistence/reports.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BURIED_SHOWN = 100 };

typedef struct { App app; Positions p; const char *config, *at, *ground, *limit; bool json, value; } Call;

static void call_end(Call *c) { app_close(&c->app); }

static int show(const Call *c, Rc rc, Buffer *out, const char *const *columns, const Error *err)
{
    if (rc)
        return app_complain(c->app.gateway, err);
    if (c->json)
        print_json(out);
    else
        print_table(buffer_string(out), "", columns);
    return EXIT_OK;
}

static int partitions(Call *c)
{
    static const char *const columns[] = { "topic", "partition", "next", "beginning", "end", "lag", "trouble", "since", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    return show(c, kafka_partitions(c->app.gateway, c->app.desk, &out, &err), &out, columns, &err);
}

static int streams(Call *c)
{
    static const char *const columns[] = { "party", "feed", "delivery", "period", "kind", "opened_at", "age_seconds", "messages", "expected", "missing", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    return show(c, streams_list(c->app.desk->db, clock_now(&c->app.gateway->clock), &out, &err), &out, columns, &err);
}

static int refused(Call *c)
{
    static const char *const columns[] = { "id", "at", "topic", "partition", "offset", "code", NULL };
    SCOPED(buffer_free) Buffer out = {0};
    Error err = {0};
    int limit = c->limit ? (int)strtol(c->limit, NULL, 10) : BURIED_SHOWN;
    return show(c, buried_list(c->app.desk->db, limit, &out, &err), &out, columns, &err);
}

static bool number_read(const char *s, long long *out)
{
    char *end;
    *out = s ? strtoll(s, &end, 10) : -1;
    return s && *s && !*end && *out >= 0;
}

/* The move and its reason in the audit are one commit. */
static int resume(Call *c)
{
    Error err = {0};
    SCOPED(tx_end) Tx tx = {0};
    SCOPED(buffer_free) Buffer subject = {0}, detail = {0};
    Db *db = c->app.desk->db;
    long long partition, next;
    int64_t was;
    if (c->p.n != 3 || !number_read(c->p.at[2], &partition) || !number_read(c->at, &next) || !c->ground) {
        fprintf(stderr, "usage: nqs-gateway kafka resume TOPIC PARTITION --at OFFSET --ground TEXT\n");
        return EXIT_USAGE;
    }
    buffer_print(&subject, "%s %lld", c->p.at[1], partition);
    if (tx_begin(&tx, db, &err) || mark_resume(db, c->p.at[1], (int)partition, next, &was, &err))
        return app_complain(c->app.gateway, &err);
    buffer_print(&detail, "from %lld to %lld: %s", (long long)was, next, c->ground);
    if (audit_add(db, clock_now(&c->app.gateway->clock), user_name(), "kafka.resume", buffer_string(&subject), buffer_string(&detail), &err) || tx_commit(&tx, &err))
        return app_complain(c->app.gateway, &err);
    printf("%s is read on from %lld; it stood at %lld\n", subject.at, next, (long long)was);
    return EXIT_OK;
}

/* Without --value all of it: what the broker says of the message, its key and headers, a line each, then an empty line and the value. */
static int frame_print(const Buffer *bytes, bool value_only)
{
    Frame f;
    FrameHeader h;
    size_t head = frames_head_size(bytes->at, bytes->len);
    if (head == 0 || head > bytes->len || !frame_read(bytes->at + head, bytes->len - head, &f)) {
        fwrite(bytes->at, 1, bytes->len, stdout);
        return EXIT_OK;
    }
    if (!value_only) {
        printf("offset: %lld\nkey: %.*s\n", (long long)f.offset, (int)f.key_len, f.key ? f.key : "");
        for (size_t at = 0; frame_header_next(&f, &at, &h);)
            printf("%.*s: %.*s\n", (int)h.name_len, h.name, (int)h.value_len, h.value ? h.value : "");
        putchar('\n');
    }
    fwrite(f.value ? f.value : "", 1, f.value_len, stdout);
    return EXIT_OK;
}

/* It may be of persons: who read it, and why, is in the audit before anything is shown. */
static int message(Call *c)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer bytes = { .ceiling = 512u << 20 };
    Db *db = c->app.desk->db;
    if (c->p.n != 2 || !c->ground) {
        fprintf(stderr, "usage: nqs-gateway kafka message ID --ground TEXT [--value]\n");
        return EXIT_USAGE;
    }
    if (!uuid_valid(c->p.at[1]))
        return app_complain(c->app.gateway, (error_refuse(&err, "not_found", NULL, NULL, NULL), &err));
    if (buried_read(db, c->app.gateway->vault, c->p.at[1], &bytes, &err)
        || audit_add(db, clock_now(&c->app.gateway->clock), user_name(), "kafka.message", c->p.at[1], c->ground, &err))
        return app_complain(c->app.gateway, &err);
    return frame_print(&bytes, c->value);
}

static const struct { const char *name; int (*run)(Call *c); } actions[] = { { "message", message }, { "partitions", partitions }, { "open", streams }, { "refused", refused }, { "resume", resume } };

int cmd_kafka(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    const Option options[] = { { "config", &c.config, NULL }, { "at", &c.at, NULL }, { "ground", &c.ground, NULL }, { "limit", &c.limit, NULL }, { "json", NULL, &c.json },
                               { "value", NULL, &c.value }, { NULL, NULL, NULL } };
    Error err = {0};
    if (!options_read(argc, argv, options, &c.p))
        return EXIT_USAGE;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(c.p.n ? c.p.at[0] : "partitions", actions[i].name) == 0)
            return app_open(c.config, &c.app, &err) ? app_complain(c.app.gateway, &err) : actions[i].run(&c);
    fprintf(stderr, "usage: nqs-gateway kafka %s\n", command_find("kafka")->usage);
    return EXIT_USAGE;
}
