#include "gateway/app/calendar_import.h"
#include "gateway/app/calendar_show.h"
#include "gateway/flow/deadline.h"
#include "schemas/calendar.h"
#include "gateway/law/due_json.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 1024 * 1024, MODE_FILE = 0644, MODE_FOLDER = 0755 };

static void file_close(FILE **f)
{
    if (*f)
        fclose(*f);
}

/* All there are and the new ones together: what does not fit beside the others is refused before anything is said of it. */
static Rc fit(const LawFiles *l, const Editions *new, Calendar **together, Error *err)
{
    Editions all = {0};
    if (editions_load_folder(arena_printf(l->a, "%s/schemas/law/calendar", l->share), l->a, &all, err)
        || (l->own && !access(l->own, F_OK) && editions_load_folder(l->own, l->a, &all, err)))
        return err->rc;
    const Edition **at = arena_alloc(l->a, (all.n + new->n) * sizeof *at);
    for (size_t i = 0; i < all.n + new->n; i++)
        at[i] = i < all.n ? all.at[i] : new->at[i - all.n];
    return calendar_new(l->a, calendar_law(l->calendar), at, all.n + new->n, together, err);
}

/* Compared with what held until then: an edition that comes late, behind a later one, changes only what was known in between. */
static void tell(const LawFiles *l, const Edition *e, const Edition *before)
{
    SCOPED(buffer_free) Buffer changes = {0};
    char since[INSTANT_TEXT], until[INSTANT_TEXT];
    const Edition *last = calendar_edition(l->calendar, e->year, KNOWN_NOW);
    int n = calendar_changes(before, e, &changes);
    printf("%s: %s\n  known since %s%s\n", e->id, e->act, instant_plain(e->known_since, since), e->assumed ? " (assumed)" : "");
    printf("  beside %s: %d day%s, %d working days before, %d now\n%s", before->id, n, n == 1 ? " changes" : "s change", edition_working_days(before, e->first, e->last),
           edition_working_days(e, e->first, e->last), buffer_string(&changes));
    if (!last->computed && last->known_since > e->known_since)
        printf("  it holds only for what was known until %s, when %s became known\n", instant_plain(last->known_since, until), last->id);
}

static void tell_move(void *self, const DutyMove *m)
{
    char cause[CIVIL_TEXT], from[CIVIL_TEXT], to[CIVIL_TEXT];
    int64_t *all = self;
    *all += m->duties;
    printf("  %lld dut%s of %s, counted from %s: due %s instead of %s\n", (long long)m->duties, m->duties == 1 ? "y" : "ies", m->obligation, civil_text(m->cause, cause), civil_text(m->to, to),
           civil_text(m->from, from));
}

/* Where there is a configuration, of the duties in its database. */
static void tell_duties(const LawFiles *l, const Editions *new, const Calendar *with)
{
    SCOPED(app_close) App app = {0};
    Error err = {0};
    int64_t all = 0;
    Instant known = 0;
    for (size_t i = 0; i < new->n; i++)
        known = new->at[i]->known_since > known ? new->at[i]->known_since : known;
    if (!l->config)
        return;
    printf("open duties that move:\n");
    if (app_open(l->config_path, &app, &err) || deadline_moves(app.desk, with, known, tell_move, &all, &err))
        printf("  they could not be looked at: %s\n", err.text);
    else if (!all)
        printf("  none\n");
}

/* What was known a moment before: an edition of the same file, or of the calendar. */
static const Edition *before_of(const LawFiles *l, const Editions *new, const Edition *e)
{
    const Edition *best = calendar_edition(l->calendar, e->year, e->known_since - 1);
    for (size_t i = 0; i < new->n; i++) {
        const Edition *other = new->at[i];
        if (other->year == e->year && other->known_since < e->known_since && (best->computed || other->known_since > best->known_since))
            best = other;
    }
    return best;
}

static Rc file_read(const char *file, Buffer *out, Error *err)
{
    SCOPED(file_close) FILE *f = fopen(file, "rbe");
    if (!f)
        return error_set(err, RC_FATAL, "%s: %s", file, strerror(errno));
    buffer_used(out, fread(buffer_room(out, FILE_MOST), 1, FILE_MOST, f));
    if (ferror(f) || !feof(f))
        return error_set(err, RC_FATAL, "%s: cannot be read, or is larger than %d bytes", file, FILE_MOST);
    return RC_OK;
}

/* Whole or not at all, and never over a file that is there: the name is given by linking what is written already. */
static Rc file_place(const char *folder, const char *path, const Buffer *text, Arena *a, Error *err)
{
    char *draft = arena_printf(a, "%s/.edition-XXXXXX", folder);
    int fd = mkostemp(draft, O_CLOEXEC);
    if (fd < 0)
        return error_set(err, RC_FATAL, "%s: %s", folder, strerror(errno));
    bool good = write(fd, text->at, text->len) == (ssize_t)text->len && !fchmod(fd, MODE_FILE) && !fsync(fd) && !link(draft, path);
    int why = errno;
    close(fd);
    unlink(draft);
    return good ? RC_OK : error_set(err, RC_FATAL, "%s: %s", path, strerror(why));
}

static Rc folder_sync(const char *folder, Error *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && !fsync(fd);
    int why = errno;
    if (fd >= 0)
        close(fd);
    return good ? RC_OK : error_set(err, RC_FATAL, "%s: %s", folder, strerror(why));
}

/* Under the name of its first edition: "kz-2026-3.yaml". */
static Rc put(const LawFiles *l, const char *file, const Editions *new, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    char *path = arena_printf(l->a, "%s/%s.yaml", l->own, new->at[0]->id), *name = path + strlen(l->own) + 1;
    *strchr(name, '/') = '-';
    if (mkdir(l->own, MODE_FOLDER) && errno != EEXIST)
        return error_set(err, RC_FATAL, "%s: %s", l->own, strerror(errno));
    if (file_read(file, &text, err) || file_place(l->own, path, &text, l->a, err) || folder_sync(l->own, err))
        return err->rc;
    printf("written: %s; a running gateway takes it at its next start\n", path);
    return RC_OK;
}

int calendar_import(const LawFiles *l, const char *file, bool yes)
{
    Error err = {0};
    Editions new = {0};
    Calendar *together;
    if (editions_load_file(file, l->a, &new, &err) || fit(l, &new, &together, &err))
        return app_complain(NULL, &err);
    for (size_t i = 0; i < new.n; i++)
        tell(l, new.at[i], before_of(l, &new, new.at[i]));
    tell_duties(l, &new, together);
    if (!l->own) {
        fprintf(stderr, "nqs-gateway calendar: no folder for editions of your own is set: calendars in gateway.yaml, or --calendars\n");
        return yes ? EXIT_FAILED : EXIT_OK;
    }
    if (!yes) {
        printf("nothing is written; with --yes it goes into %s\n", l->own);
        return EXIT_OK;
    }
    return put(l, file, &new, &err) ? app_complain(NULL, &err) : EXIT_OK;
}
