#include "adapters/folder_box.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct { const char *name; size_t at; } folders[] = {
    { "taken", offsetof(Box, taken) }, { "kept", offsetof(Box, kept) }, { "done", offsetof(Box, done) }, { "refused", offsetof(Box, refused) },
};
enum { FOLDERS = sizeof folders / sizeof *folders, FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

static int *folder_at(Box *b, int i) { return (int *)((char *)b + folders[i].at); }

/* The mode of what we make is that of the box. Where the box hands its group on, the kernel has seen to the group, and changing the mode would undo that: then
   the umask decides, unless the folders were made beforehand. What others made is left as it is. */
static Rc folder_open(Box *b, int i, mode_t mode, Error *err)
{
    bool made = mkdirat(b->root, folders[i].name, mode & 0777) == 0;
    int fd = *folder_at(b, i) = openat(b->root, folders[i].name, FOLDER_FLAGS | O_NOFOLLOW);
    if (fd < 0 || (made && !(mode & S_ISGID) && fchmod(fd, mode & 0777)))
        return error_set(err, RC_RETRY, "drop box %s: %s: %s", b->about->folder, folders[i].name, strerror(errno));
    return RC_OK;
}

Rc box_open(const DropBox *about, Box *out, Error *err)
{
    struct stat st;
    Box b = { about, -1, -1, -1, -1, -1, "", 0 };
    b.root = open(about->folder, FOLDER_FLAGS);
    Rc rc = b.root < 0 || fstat(b.root, &st) ? error_set(err, RC_RETRY, "drop box %s: %s", about->folder, strerror(errno)) : RC_OK;
    for (int i = 0; i < FOLDERS && !rc; i++)
        rc = folder_open(&b, i, st.st_mode, err);
    if (rc) {
        box_close(&b);
        return rc;
    }
    b.files = st.st_mode & 0666;
    /* The same on every machine that mounts it; where two folders happen to share it, they only wait for each other. */
    snprintf(b.lock, sizeof b.lock, "box %s %llu", about->party, (unsigned long long)st.st_ino);
    *out = b;
    return RC_OK;
}

static void fd_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

void box_close(Box *b)
{
    fd_close(b->root);
    for (int i = 0; i < FOLDERS; i++)
        fd_close(*folder_at(b, i));
    *b = (Box){ b->about, -1, -1, -1, -1, -1, "", 0 };
}

static void dir_end(DIR **d)
{
    if (*d)
        closedir(*d);
}

static DIR *dir_open(int folder)
{
    int fd = openat(folder, ".", FOLDER_FLAGS);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (!d)
        fd_close(fd);
    return d;
}

static void done_name(const char *name, char out[256 + 8]) { snprintf(out, 256 + 8, "%s.done", name); }

static bool is_done_file(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".done") == 0;
}

/* Folders stay where they are. What else is no plain file is taken to be refused; a file with a second name may be on its way to one. */
static bool may_take(const Box *b, const char *name, struct stat *st)
{
    struct stat done;
    char sign[256 + 8];
    if (!box_name_complete(name) || strlen(name) > 255 || fstatat(b->root, name, st, AT_SYMLINK_NOFOLLOW) || S_ISDIR(st->st_mode) || (S_ISREG(st->st_mode) && st->st_nlink != 1))
        return false;
    if (b->about->complete == COMPLETE_RENAME)
        return true;
    done_name(name, sign);
    return !is_done_file(name) && fstatat(b->root, sign, &done, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(done.st_mode);
}

static bool older(const struct timespec *a, const char *name, const BoxFile *b)
{
    if (a->tv_sec != b->at.tv_sec)
        return a->tv_sec < b->at.tv_sec;
    return a->tv_nsec != b->at.tv_nsec ? a->tv_nsec < b->at.tv_nsec : strcmp(name, b->name) < 0;
}

static size_t choose(BoxFile *out, size_t n, const char *name, const struct timespec *at)
{
    size_t i = n < BOX_CHOICE ? n++ : BOX_CHOICE;
    if (i == BOX_CHOICE && !older(at, name, &out[--i]))
        return n;
    for (; i > 0 && older(at, name, &out[i - 1]); i--)
        out[i] = out[i - 1];
    snprintf(out[i].name, sizeof out[i].name, "%s", name);
    out[i].at = *at;
    return n;
}

size_t box_waiting(const Box *b, BoxFile out[BOX_CHOICE])
{
    SCOPED(dir_end) DIR *d = dir_open(b->root);
    size_t n = 0;
    struct stat st;
    for (struct dirent *e; d && (e = readdir(d));)
        if (may_take(b, e->d_name, &st))
            n = choose(out, n, e->d_name, &st.st_mtim);
    return n;
}

Rc box_each(int folder, BoxVisit *visit, void *self, Error *err)
{
    SCOPED(dir_end) DIR *d = dir_open(folder);
    Rc rc = RC_OK;
    for (struct dirent *e; d && !rc && (e = readdir(d));)
        if (*e->d_name != '.')
            rc = visit(self, e->d_name, err);
    return rc;
}

/* Where the file system knows no such rename: a second name that is refused when it is there, then the first one goes. */
static int move_by_link(int from, const char *name, int to, const char *as)
{
    struct stat st;
    if (linkat(from, name, to, as, 0) == 0)
        return unlinkat(from, name, 0);
    if (errno == EEXIST || errno == ENOENT || fstatat(to, as, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return -1;
    return renameat(from, name, to, as);
}

Rc box_move(int from, const char *name, int to, const char *as, Error *err)
{
    int failed = renameat2(from, name, to, as, RENAME_NOREPLACE);
    if (failed && (errno == EINVAL || errno == ENOSYS))
        failed = move_by_link(from, name, to, as);
    if (!failed)
        return RC_OK;
    if (errno == ENOENT || errno == EEXIST)
        return RC_END;
    return error_set(err, RC_RETRY, "a file of a drop box cannot be moved: %s", strerror(errno));
}

/* First the sign that it is whole, then the file: a new version under the same name has a sign of its own. */
Rc box_take(const Box *b, const char *name, char taken[BOX_NAME_SIZE], Error *err)
{
    char sign[256 + 8], taken_sign[256 + 8];
    box_name_short(name, taken);
    if (b->about->complete == COMPLETE_RENAME)
        return box_move(b->root, name, b->taken, taken, err);
    done_name(name, sign);
    done_name(taken, taken_sign);
    if (faccessat(b->taken, taken, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return RC_END;
    unlinkat(b->taken, taken_sign, 0);
    Rc rc = box_move(b->root, sign, b->taken, taken_sign, err);
    return rc ? rc : box_move(b->root, name, b->taken, taken, err);
}

void box_mend(const Box *b, const char *done_file)
{
    char name[256];
    Error err;
    if (b->about->complete != COMPLETE_DONE || !is_done_file(done_file))
        return;
    snprintf(name, sizeof name, "%.*s", (int)(strlen(done_file) - 5), done_file);
    if (faccessat(b->taken, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return;
    if (box_move(b->root, name, b->taken, name, &err))
        unlinkat(b->taken, done_file, 0);
}

void box_forget_done(const Box *b, const char *taken)
{
    char sign[256 + 8];
    done_name(taken, sign);
    if (b->about->complete == COMPLETE_DONE)
        unlinkat(b->taken, sign, 0);
}
