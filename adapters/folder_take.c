#include "adapters/folder_inside.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/model/metrics.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 256 * 1024, MESSAGE_ID_BYTES = 16 };

/* One file on its way through the door. */
typedef struct {
    BoxWork    *w;
    const char *name;
    int         fd;
    struct stat st;
    char        id[64];             /* of the message */
    Opening     o;
    Coding      coding;
    Door       *door;
    Decoder    *decoder;
    Digest     *sent;               /* of the bytes in the file, where they are compressed */
    Instant     first;
} HandIn;

static void hand_in_end(HandIn *h)
{
    door_drop(h->w->desk, &h->door);
    decoder_free(&h->decoder);
    digest_free(&h->sent);
    if (h->fd >= 0)
        close(h->fd);
}

/* The same file has the same id however often it is tried; dropped again it has another, whatever it holds. The name is not to be read in it. */
static void message_id(HandIn *h)
{
    char text[512], hex[2 * MESSAGE_ID_BYTES + 1];
    unsigned char hash[DIGEST_SIZE];
    SCOPED(digest_free) Digest *d = digest_new();
    int n = snprintf(text, sizeof text, "%ju %jd.%09ld %jd %s", (uintmax_t)h->st.st_ino, (intmax_t)h->st.st_mtim.tv_sec, h->st.st_mtim.tv_nsec, (intmax_t)h->st.st_size, h->name);
    digest_add(d, text, (size_t)n);
    digest_end(d, hash);
    snprintf(h->id, sizeof h->id, "folder-%s", hex_text(hash, MESSAGE_ID_BYTES, hex));
}

static Rc refuse(Error *err, const char *code) { return error_refuse(err, code, NULL, NULL, NULL); }

static Rc file_open(HandIn *h, Error *err)
{
    const Box *b = &h->w->box;
    if (fstatat(b->taken, h->name, &h->st, AT_SYMLINK_NOFOLLOW))
        return RC_END;
    message_id(h);
    if (!S_ISREG(h->st.st_mode) || h->st.st_nlink != 1)
        return refuse(err, "box_no_file");
    h->fd = openat(b->taken, h->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (h->fd < 0)
        return errno == ENOENT ? RC_END : errno == EACCES || errno == EPERM ? refuse(err, "box_unreadable") : error_set(err, RC_RETRY, "a file of a drop box cannot be read: %s", strerror(errno));
    if (fstat(h->fd, &h->st) || !S_ISREG(h->st.st_mode) || h->st.st_nlink != 1)
        return refuse(err, "box_no_file");
    message_id(h);
    return RC_OK;
}

static bool is_utf8(const char *s)
{
    Utf8 u = {0};
    return utf8_feed(&u, s, strlen(s)) && utf8_whole(&u);
}

static Rc begin(HandIn *h, Error *err)
{
    BoxWork *w = h->w;
    if (!box_name_format(h->name, &h->o.format, &h->coding)) {
        const char *dot = strrchr(h->name, '.');
        return error_refuse(err, "box_unknown_ending", dot && is_utf8(dot) ? dot : "", NULL, NULL);
    }
    h->o.form = PAYLOAD_WHOLE;
    h->o.mapping = w->box.about->mapping;
    if (is_utf8(h->name)) {
        box_name_claim(h->name, &h->o.claim);
        h->o.file_name = h->name;
    }
    if (h->coding != CODING_NONE) {
        h->decoder = decoder_new(h->coding, door_settings(w->g)->max_message);
        h->sent = digest_new();
    } else {
        h->o.declared_length = (uint64_t)h->st.st_size;
    }
    h->first = clock_now(door_settings(w->g)->clock);
    return door_open(w->desk, &w->who, &h->o, &h->door, err);
}

static Rc decoded(void *self, const char *bytes, size_t n, Error *err)
{
    HandIn *h = self;
    return door_payload(h->w->desk, h->door, bytes, n, err);
}

static Rc push(HandIn *h, Error *err)
{
    SCOPED(buffer_free) Buffer piece = {0};
    char *at = buffer_room(&piece, PIECE);
    for (ssize_t n; (n = read(h->fd, at, PIECE)) != 0;) {
        if (n < 0)
            return error_set(err, RC_RETRY, "a file of a drop box cannot be read: %s", strerror(errno));
        if (h->sent)
            digest_add(h->sent, at, (size_t)n);
        Rc rc = h->decoder ? decoder_feed(h->decoder, at, (size_t)n, decoded, h, err) : decoded(h, at, (size_t)n, err);
        if (rc)
            return rc;
    }
    return h->decoder ? decoder_end(h->decoder, err) : RC_OK;
}

/* Whoever still writes into it will be whole later. */
static bool has_changed(const HandIn *h)
{
    struct stat now;
    return fstat(h->fd, &now) || now.st_size != h->st.st_size || now.st_mtim.tv_sec != h->st.st_mtim.tv_sec || now.st_mtim.tv_nsec != h->st.st_mtim.tv_nsec;
}

static Rc keep(HandIn *h, Receipt *r, Error *err)
{
    unsigned char sent[DIGEST_SIZE];
    if (h->sent)
        digest_end(h->sent, sent);
    Meta m = { .source = "folder", .message_id = h->id, .first_byte = h->first, .last_byte = clock_now(door_settings(h->w->g)->clock), .digest_sent = h->sent ? sent : NULL };
    return door_keep(h->w->desk, h->door, &m, r, err);
}

static Rc deliver(HandIn *h, Receipt *r, Error *err)
{
    Rc rc = file_open(h, err);
    if (rc || (rc = begin(h, err)))
        return rc;
    rc = push(h, err);
    if ((rc == RC_OK || rc == RC_REJECT) && has_changed(h))
        return RC_END;
    return rc ? rc : keep(h, r, err);
}

Rc box_hand_in(BoxWork *w, const char *name, Error *err)
{
    SCOPED(hand_in_end) HandIn h = { .w = w, .name = name, .fd = -1 };
    char kept[256];
    Receipt r;
    Rc rc = deliver(&h, &r, err);
    if (rc == RC_REJECT) {
        Error why = *err;
        return box_refuse(w, name, h.id, &why, err);
    }
    if (rc && rc != RC_END)
        count_refused("folder", err);
    if (rc)
        return rc;
    snprintf(kept, sizeof kept, "%s.%s", r.id, name);
    log_event(LOG_INFO, "box_taken", "box", w->box.about->folder, "delivery", r.id, r.repeat ? "repeat" : NULL, "yes", NULL);
    rc = box_move(w->box.taken, name, w->box.kept, kept, err);
    box_forget_done(&w->box, name);
    return rc == RC_END ? RC_OK : rc;
}
