#include "adapters/folder_box.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RECEIPT_MOST = 64 * 1024 };

static Rc failed(Error *err) { return error_set(err, RC_RETRY, "the papers of a file cannot be written: %s", strerror(errno)); }

static bool written(int fd, const Buffer *b)
{
    size_t at = 0;
    while (at < b->len) {
        ssize_t n = write(fd, b->at + at, b->len - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Under a name of its own until it is whole and on the disk. */
static Rc draft(const Box *b, int folder, const char *id, const Buffer *what, char name[64], Error *err)
{
    snprintf(name, 64, ".%s", id);
    unlinkat(folder, name, 0);
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(err);
    bool good = written(fd, what) && fchmod(fd, b->files) == 0 && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    return good ? RC_OK : failed(err);
}

static bool is_there(int folder, const char *name)
{
    return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Does the receipt of that name speak of this id? */
static bool is_ours(int folder, const char *receipt, const char *id)
{
    char text[RECEIPT_MOST];
    int fd = openat(folder, receipt, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0)
        close(fd);
    return n > 0 && memmem(text, (size_t)n, id, strlen(id));
}

static void beside(const char *name, const char *what, char out[256 + 32]) { snprintf(out, 256 + 32, "%s%s", name, what); }

/* Is the name free for the file and its papers? Then the receipt takes it. RC_END: it is another's. */
static Rc reserve(int folder, const char *drafted, const char *name, const char *id, Error *err)
{
    char receipt[256 + 32], protocol[256 + 32], text[256 + 32];
    beside(name, ".receipt.json", receipt);
    beside(name, ".protocol.json", protocol);
    beside(name, ".protocol.txt", text);
    if (is_there(folder, name))
        return RC_END;
    if (is_ours(folder, receipt, id))
        return RC_OK;
    return is_there(folder, protocol) || is_there(folder, text) ? RC_END : box_move(folder, drafted, folder, receipt, err);
}

static Rc place(const Box *b, int folder, const char *name, const char *what, const char *id, const Buffer *paper, Error *err)
{
    char drafted[64], as[256 + 32];
    beside(name, what, as);
    if (draft(b, folder, id, paper, drafted, err))
        return err->rc;
    return renameat(folder, drafted, folder, as) ? failed(err) : RC_OK;
}

Rc box_papers(const Box *b, int folder, const char *name, const char *id, const Papers *p, char as[256], Error *err)
{
    char drafted[64];
    if (draft(b, folder, id, p->receipt, drafted, err))
        return err->rc;
    snprintf(as, 256, "%s", name);
    Rc rc = reserve(folder, drafted, as, id, err);
    if (rc == RC_END) {
        box_name_with(name, id, as);
        rc = reserve(folder, drafted, as, id, err);
    }
    unlinkat(folder, drafted, 0);
    if (rc)
        return rc == RC_END ? error_set(err, RC_RETRY, "no name is free for a file of a drop box") : rc;
    if (place(b, folder, as, ".protocol.json", id, p->protocol, err) || place(b, folder, as, ".protocol.txt", id, p->text, err))
        return err->rc;
    return fsync(folder) ? failed(err) : RC_OK;
}
