#include "gateway/flow/channel.h"
#include "gateway/flow/letters.h"
#include "gateway/flow/messages.h"
#include "gateway/flow/query_access.h"
#include "gateway/model/metrics.h"
#include "persistence/marks.h"
#include "persistence/notices.h"
#include "persistence/outbox.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ASK_MS = 2000 };

static void set(MetricId id, int64_t value) { metric_set(&metrics[id], 0, 0, value); }

static int64_t resident_bytes(void)
{
    char line[128] = "";
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return 0;
    const char *resident = fgets(line, sizeof line, f) ? strchr(line, ' ') : NULL;
    fclose(f);
    return resident ? strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

/* Without the one that counts. */
static int64_t descriptors_open(void)
{
    int64_t n = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    for (const struct dirent *e; (e = readdir(folder));)
        n += e->d_name[0] != '.';
    closedir(folder);
    return n - 1;
}

static int64_t microseconds(const struct timeval *t) { return (int64_t)t->tv_sec * 1000000 + t->tv_usec; }

/* What is not counted as it happens is looked at when it is asked for. */
static void look(const Gateway *g)
{
    struct rusage used;
    struct rlimit most;
    getrusage(RUSAGE_SELF, &used);
    set(METRIC_CPU, microseconds(&used.ru_utime) + microseconds(&used.ru_stime));
    set(METRIC_MEMORY, resident_bytes());
    set(METRIC_DESCRIPTORS, descriptors_open());
    set(METRIC_DESCRIPTORS_MOST, getrlimit(RLIMIT_NOFILE, &most) ? 0 : (int64_t)most.rlim_cur);
    set(METRIC_UPLOADS, atomic_load(&g->uploads));
    set(METRIC_UPLOADS_MOST, g->settings.max_uploads);
}

static void put_one(const char *name, const char *help, int64_t n, bool micro, Buffer *page)
{
    metric_head(name, METRIC_GAUGE, help, page);
    metric_value(name, NULL, NULL, n, micro, page);
}

enum { COLUMN_FEED, COLUMN_WAITING, COLUMN_OLDEST, COLUMN_ASIDE, COLUMN_CLOCK, COLUMN_READ_ONLY };

static const struct { int column; const char *name, *help; } by_feed[] = {
    { COLUMN_WAITING, "nqs_inbox_deliveries", "Deliveries kept and not worked yet, by feed; of all processes on this database." },
    { COLUMN_OLDEST, "nqs_inbox_oldest_seconds", "Age of the delivery that waits longest, since the commit that kept it, by feed; 0 where none waits." },
    { COLUMN_ASIDE, "nqs_inbox_set_aside", "Deliveries set aside, by feed." },
};

static int64_t number_of(const Rows *r, int row, int column, Instant now)
{
    if (column != COLUMN_OLDEST)
        return rows_int(r, row, column);
    Instant at = rows_instant(r, row, column);
    return at && at < now ? now - at : 0;
}

static int row_of(const Rows *r, const char *name)
{
    for (int i = 0; i < rows_n(r); i++)
        if (strcmp(rows_text(r, i, 0), name) == 0)
            return i;
    return -1;
}

/* Feeds without contract too: what waits for one would wait for ever. */
static void put_feeds(const Gateway *g, const Rows *r, Instant now, size_t which, Buffer *page)
{
    int column = by_feed[which].column;
    const char *name = by_feed[which].name;
    metric_head(name, METRIC_GAUGE, by_feed[which].help, page);
    for (size_t i = 0; i < g->feeds->n; i++) {
        int row = row_of(r, g->feeds->at[i].code);
        metric_value(name, "feed", g->feeds->at[i].code, row < 0 ? 0 : number_of(r, row, column, now), column == COLUMN_OLDEST, page);
    }
    for (int i = 0; i < rows_n(r); i++)
        if (!rows_null(r, i, COLUMN_FEED) && !feeds_find(g->feeds, rows_text(r, i, COLUMN_FEED)))
            metric_value(name, "feed", rows_text(r, i, COLUMN_FEED), number_of(r, i, column, now), column == COLUMN_OLDEST, page);
}

/* Of publications: columns as outbox_routes gives them. */
static const struct { int column; const char *name, *help; } by_publication[] = {
    { 1, "nqs_outbox_parcels", "What waits to be sent (changes of a settlement, or a snapshot), by publication; of all processes on this database." },
    { COLUMN_OLDEST, "nqs_outbox_oldest_seconds", "Age of what waits longest to be sent, by publication; 0 where nothing waits." },
    { 3, "nqs_outbox_failed_attempts", "Failed attempts to send what is first, since anything of it was delivered, by publication." },
    { 4, "nqs_outbox_dead", "Dead letters: what was given up, by publication." },
};

static void put_publications(Desk *d, Instant now, Buffer *page)
{
    SCOPED(rows_end) Rows r = {0};
    Error away = {0};
    const Publications *all = &d->g->publications;
    const char *letters[LETTER_KINDS];
    size_t n_letters = letters_routes(d->g, letters);
    if (all->n + n_letters == 0 || outbox_routes(d->db, ASK_MS, &r, &away))
        return;
    for (size_t k = 0; k < sizeof by_publication / sizeof *by_publication; k++) {
        int column = by_publication[k].column;
        metric_head(by_publication[k].name, METRIC_GAUGE, by_publication[k].help, page);
        for (size_t i = 0; i < all->n + n_letters; i++) {
            const char *route = i < all->n ? all->at[i].name : letters[i - all->n];
            int row = row_of(&r, route);
            metric_value(by_publication[k].name, "publication", route, row < 0 ? 0 : number_of(&r, row, column, now), column == COLUMN_OLDEST, page);
        }
    }
}

/* Columns as marks_report gives them. */
enum { COLUMN_TOPIC, COLUMN_PARTITION, COLUMN_LAG, COLUMN_STOPPED, COLUMN_READ };

static const struct { int column; const char *name, *help; } by_partition[] = {
    { COLUMN_LAG, "nqs_kafka_lag_messages", "Messages of a partition that are not kept yet, when its end was last asked for; of all processes on this database." },
    { COLUMN_STOPPED, "nqs_kafka_partition_stopped", "1: reading a partition has stopped, until somebody resumes it." },
    { COLUMN_READ, "nqs_kafka_unread_seconds", "How long ago the moment is up to which a partition is known to be read; left out before it is." },
};

static void put_partitions(const Rows *r, Instant now, size_t which, Buffer *page)
{
    SCOPED(buffer_free) Buffer labels = {0};
    const char *name = by_partition[which].name;
    int column = by_partition[which].column;
    metric_head(name, METRIC_GAUGE, by_partition[which].help, page);
    for (int i = 0; i < rows_n(r); i++) {
        if (rows_null(r, i, COLUMN_TOPIC) || rows_null(r, i, column))
            continue;
        Instant read = column == COLUMN_READ ? rows_instant(r, i, column) : 0;
        buffer_clear(&labels);
        buffer_print(&labels, "topic=\"%s\",partition=\"%s\"", rows_text(r, i, COLUMN_TOPIC), rows_text(r, i, COLUMN_PARTITION));      /* letters of topics need no escape */
        metric_value(name, "", buffer_string(&labels), column == COLUMN_READ ? now - read : rows_int(r, i, column), column == COLUMN_READ, page);
    }
}

static void put_kafka(Desk *d, Instant now, Buffer *page)
{
    SCOPED(rows_end) Rows r = {0};
    Error away = {0};
    if (!kafka_consumes(d->g) || marks_report(d->db, ASK_MS, &r, &away))
        return;
    for (int i = 0; i < rows_n(&r); i++) {
        if (!rows_null(&r, i, COLUMN_TOPIC))
            continue;
        Instant oldest = rows_null(&r, i, COLUMN_READ) ? now : rows_instant(&r, i, COLUMN_READ);
        put_one("nqs_kafka_deliveries_open", "Deliveries of many messages that are not complete.", rows_int(&r, i, COLUMN_LAG), false, page);
        put_one("nqs_kafka_deliveries_open_oldest_seconds", "Age of the oldest of them; 0 where there is none.", now - oldest, true, page);
        put_one("nqs_kafka_messages_refused", "Messages put aside because they are part of no delivery.", rows_int(&r, i, COLUMN_STOPPED), false, page);
    }
    for (size_t which = 0; which < sizeof by_partition / sizeof *by_partition; which++)
        put_partitions(&r, now, which, page);
}

static void put_notices(Desk *d, Instant now, Buffer *page)
{
    int64_t failing, dead;
    Instant oldest;
    Error away = {0};
    if (!notice_settings(d->g) || notices_report(d->db, ASK_MS, &failing, &dead, &oldest, &away))
        return;
    put_one("nqs_notices_failing", "Notices that were not taken yet though it was tried; of all processes on this database.", failing, false, page);
    put_one("nqs_notices_dead", "Notices that were given up.", dead, false, page);
    put_one("nqs_notices_oldest_seconds", "Age of the notice that waits longest; 0 where none waits.", oldest && oldest < now ? now - oldest : 0, true, page);
}

static void put_database(Desk *d, Buffer *page)
{
    SCOPED(rows_end) Rows r = {0};
    Error away = {0};
    bool up = report_inbox(d->db, ASK_MS, &r, &away) == RC_OK;
    Instant now = clock_now(&d->g->clock);
    put_one("nqs_database_up", "1: the database answered when this page was asked for; 0: it did not, and what only it knows is left out.", up, false, page);
    put_one("nqs_clock_synchronised", "1: this machine's clock follows a time source.", clock_synchronised(&d->g->clock), false, page);
    if (!up)
        return;
    put_one("nqs_database_read_only", "1: the database takes no writes: a standby.", *rows_text(&r, 0, COLUMN_READ_ONLY) == 't', false, page);
    put_one("nqs_database_clock_ahead_seconds", "How far the database's clock is before ours.", rows_instant(&r, 0, COLUMN_CLOCK) - now, true, page);
    for (size_t i = 0; i < sizeof by_feed / sizeof *by_feed; i++)
        put_feeds(d->g, &r, now, i, page);
    put_publications(d, now, page);
    put_kafka(d, now, page);
    put_notices(d, now, page);
}

void query_metrics(Desk *d, Buffer *page)
{
    look(d->g);
    for (int i = 0; i < METRICS; i++)
        metric_write(&metrics[i], page);
    put_database(d, page);
}
