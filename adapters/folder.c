#include "adapters/folder.h"
#include "adapters/folder_inside.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include <stdlib.h>
#include <string.h>

/* What is wrong with a box is said once and not looked at again for a while; the others go on. */
enum { REST_MS = 60 * 1000 };

struct Folders {
    const Gateway *g;
    Desk          *desk;
    const DropBox *boxes;
    size_t         n, next;
    int64_t       *until;           /* when each is looked at again; of a clock that nobody sets */
};

Folders *folders_new(const Gateway *g)
{
    Folders *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    f->g = g;
    f->desk = desk_new(g);
    f->boxes = drop_boxes(g, &f->n);
    f->until = calloc(f->n + 1, sizeof *f->until);
    if (!f->until)
        abort();
    return f;
}

void folders_free(Folders **f)
{
    if (!*f)
        return;
    desk_free(&(*f)->desk);
    free((*f)->until);
    free(*f);
    *f = NULL;
}

/* The names in taken/: at most one file and its sign, unless another process was here. */
typedef struct { const Box *b; char name[256]; } Taken;

static Rc taken_visit(void *self, const char *name, Error *err)
{
    Taken *t = self;
    size_t n = strlen(name);
    (void)err;
    if (t->b->about->complete == COMPLETE_DONE && n > 5 && strcmp(name + n - 5, ".done") == 0) {
        box_mend(t->b, name);
        return RC_OK;
    }
    if (n >= BOX_NAME_SIZE)
        return RC_OK;
    memcpy(t->name, name, n + 1);
    return RC_END;
}

static Rc kept_visit(void *self, const char *name, Error *err)
{
    (void)name;
    (void)err;
    *(bool *)self = true;
    return RC_END;
}

/* Asked before anything is asked of the database: most boxes are empty most of the time. */
static bool has_work(const Box *b, Taken *taken, bool *kept, BoxFile *waiting, size_t *n)
{
    Error err;
    Rc rc = box_each(b->taken, taken_visit, taken, &err);
    rc = box_each(b->kept, kept_visit, kept, &err);
    (void)rc;
    *n = taken->name[0] ? 0 : box_waiting(b, waiting);
    return taken->name[0] || *kept || *n;
}

/* The file that was under way when somebody died, else the oldest one. RC_END: there is none that can be taken. */
static Rc next_file(BoxWork *w, Taken *taken, const BoxFile *waiting, size_t n, Error *err)
{
    Rc rc = taken->name[0] ? RC_OK : RC_END;
    for (size_t i = 0; i < n && rc == RC_END; i++)
        rc = box_take(&w->box, waiting[i].name, taken->name, err);
    return rc ? rc : box_hand_in(w, taken->name, err);
}

static Rc box_work(BoxWork *w, Error *err)
{
    static const size_t size = BOX_CHOICE * sizeof(BoxFile);
    SCOPED(buffer_free) Buffer room = {0};
    BoxFile *waiting = (BoxFile *)(void *)buffer_room(&room, size);
    Taken taken = { .b = &w->box };
    size_t n, finished = 0;
    bool kept = false, held;
    if (!has_work(&w->box, &taken, &kept, waiting, &n))
        return RC_END;
    if (desk_hold(w->desk, w->box.lock, &held, err))
        return err->rc;
    if (!held)
        return RC_END;
    Rc rc = sender_by_source(w->desk, w->box.about->party, "folder", &w->who, w->lang, err);
    if (rc)
        return rc == RC_END ? error_set(err, RC_FATAL, "party %s is not there, or disabled", w->box.about->party) : rc;
    if (w->box.about->lang)
        memcpy(w->lang, w->box.about->lang, 3);
    rc = next_file(w, &taken, waiting, n, err);
    if (rc && rc != RC_END)
        return rc;
    if (box_finish(w, &finished, err))
        return err->rc;
    return rc == RC_OK || finished ? RC_OK : RC_END;
}

/* RC_RETRY of a file system is as lasting as a fault of ours, of a database it is not: the station's own back-off sees to that. Where a protocol is waited for
   the box is looked at with every step, else as often as is configured. */
static Rc box_step(Folders *f, size_t i, Error *err)
{
    BoxWork w = { .g = f->g, .desk = f->desk };
    int64_t now = monotonic_ms();
    if (f->until[i] > now)
        return RC_END;
    Rc rc = box_open(&f->boxes[i], &w.box, err);
    if (rc == RC_OK) {
        rc = box_work(&w, err);
        box_close(&w.box);
    } else {
        rc = RC_FATAL;
    }
    if (rc == RC_END)
        f->until[i] = w.waits ? now : now + 1000l * (long)poll_seconds(f->g);
    if (rc != RC_FATAL && rc != RC_REJECT)
        return rc;
    log_event(LOG_ERROR, "box_failed", "box", f->boxes[i].folder, "error", err->text, NULL);
    f->until[i] = now + REST_MS;
    return RC_END;
}

Rc folders_step(void *folders, Error *err)
{
    Folders *f = folders;
    for (size_t tried = 0; tried < f->n; tried++) {
        size_t i = f->next;
        f->next = (f->next + 1) % f->n;
        Rc rc = box_step(f, i, err);
        if (rc != RC_END)
            return rc;
    }
    return RC_END;
}
