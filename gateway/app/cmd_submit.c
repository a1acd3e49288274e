#include "gateway/app/command.h"
#include "gateway/model/format.h"
#include "persistence/audit.h"
#include "persistence/parties.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

typedef struct {
    const char *config, *feed, *period, *kind, *as, *format, *message_id, *mapping;
    bool        wait, json;
    App         app;
    Sender      who;
    int         fd;
    uint64_t    size;            /* 0: not known */
    Instant     first;
} Call;

static void call_end(Call *c)
{
    if (c->fd > 0)
        close(c->fd);
    app_close(&c->app);
}

static bool format_of(const char *file, const char *named, Format *out) { return named ? format_by_name(named, out) && *out != FORMAT_KAFKA : format_by_file(file, out); }

static void progress(const Call *c, uint64_t done, bool last)
{
    enum { BAR = 40 };
    if (!isatty(STDERR_FILENO) || !c->size)
        return;
    int filled = (int)(done * BAR / c->size);
    fprintf(stderr, "\r[%.*s%*s] %3d %%  %llu MB", filled, "########################################", BAR - filled, "", (int)(done * 100 / c->size),
            (unsigned long long)(done >> 20));
    if (last)
        fputc('\n', stderr);
}

static Rc push(Call *c, Door *d, Error *err)
{
    static char piece[PIECE];
    uint64_t done = 0;
    for (ssize_t n; (n = read(c->fd, piece, sizeof piece)) != 0; done += (uint64_t)n) {
        if (n < 0)
            return error_set(err, RC_FATAL, "the file cannot be read: %m");
        if (door_payload(c->app.desk, d, piece, (size_t)n, err))
            return err->rc;
        progress(c, done, false);
    }
    progress(c, done, true);
    return RC_OK;
}

static Rc hand_in(Call *c, const Opening *o, Receipt *r, Buffer *json, Error *err)
{
    Door *d = NULL;
    c->first = clock_now(&c->app.gateway->clock);
    if (door_open(c->app.desk, &c->who, o, &d, err))
        return err->rc;
    Rc rc = push(c, d, err);
    Meta m = { .source = "cli", .message_id = c->message_id, .first_byte = c->first, .last_byte = clock_now(&c->app.gateway->clock) };
    if (!rc)
        rc = door_keep(c->app.desk, d, &m, r, err);
    if (!rc)
        buffer_add(json, r->json, r->json_len);
    door_drop(c->app.desk, &d);
    return rc;
}

static int show(Call *c, const Receipt *r, Buffer *receipt)
{
    Error err = {0};
    SCOPED(buffer_free) Buffer protocol = {0};
    Asker a = app_asker(&c->app);
    if (!c->wait) {
        if (c->json)
            print_json(receipt);
        else
            printf("%s number %lld%s\n", r->id, (long long)r->number, r->repeat ? " (a repeat: this was kept before)" : "");
        return EXIT_OK;
    }
    if (app_wait(&c->app, r->id, &err) || query_delivery(c->app.desk, &a, r->id, &protocol, &err))
        return app_complain(c->app.gateway, &err);
    if (c->json)
        print_json(&protocol);
    else
        print_pairs(buffer_string(&protocol));
    return EXIT_OK;
}

static Rc open_file(Call *c, const char *file, Error *err)
{
    struct stat st;
    c->fd = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
    if (c->fd < 0 || fstat(c->fd, &st))
        return error_set(err, RC_REJECT, "%s: %m", file);
    c->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    return RC_OK;
}

static int submit(Call *c, const char *file, Format format)
{
    Error err = {0};
    Receipt r;
    SCOPED(buffer_free) Buffer receipt = {0};
    Opening o = { .format = format, .form = PAYLOAD_WHOLE, .mapping = c->mapping, .file_name = strcmp(file, "-") ? basename(file) : NULL };
    if (app_open(c->config, &c->app, &err) || open_file(c, file, &err))
        return app_complain(c->app.gateway, &err);
    snprintf(o.claim.feed, sizeof o.claim.feed, "%s", c->feed ? c->feed : "");
    snprintf(o.claim.period, sizeof o.claim.period, "%s", c->period ? c->period : "");
    snprintf(o.claim.kind, sizeof o.claim.kind, "%s", c->kind ? c->kind : "");
    Rc rc = sender_find(c->app.desk->db, c->as, clock_now(&c->app.gateway->clock), &c->who, &err);
    if (rc == RC_END)
        rc = error_set(&err, RC_REJECT, "there is no party with BIN %s", c->as);
    if (!rc)
        rc = audit_add(c->app.desk->db, clock_now(&c->app.gateway->clock), user_name(), "submit", c->as, c->feed ? c->feed : "", &err);
    if (!rc && (rc = hand_in(c, &o, &r, &receipt, &err)) == RC_REJECT)
        door_refused(c->app.desk, &c->who, "cli", &err);
    if (rc)
        return app_complain(c->app.gateway, &err);
    return show(c, &r, &receipt);
}

int cmd_submit(int argc, char **argv)
{
    SCOPED(call_end) Call c = {0};
    const Option options[] = { { "config", &c.config, NULL }, { "feed", &c.feed, NULL }, { "period", &c.period, NULL }, { "kind", &c.kind, NULL },
                               { "as", &c.as, NULL }, { "format", &c.format, NULL }, { "message-id", &c.message_id, NULL }, { "mapping", &c.mapping, NULL }, { "wait", NULL, &c.wait },
                               { "json", NULL, &c.json }, { NULL, NULL, NULL } };
    Positions p;
    Format format;
    if (!options_read(argc, argv, options, &p))
        return EXIT_USAGE;
    if (p.n != 1 || !c.as || !format_of(p.at[0], c.format, &format)) {
        fprintf(stderr, "usage: nqs-gateway submit %s\n", command_find("submit")->usage);
        return EXIT_USAGE;
    }
    return submit(&c, p.at[0], format);
}
