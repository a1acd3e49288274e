#include "adapters/sinks.h"
#include "gateway/base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_BYTES = 256 * 1024, FILE_MODE = 0640 };
#define MANIFEST ".manifest.json"
#define PART ".part"
#define SIGNED_HEAD "nqs-publication-1\n"

typedef struct { char *folder; } Settings;

/* A parcel's file is there only once it is whole and its manifest beside it: both are written under names that end in .part, then the data is renamed, then the manifest. */
typedef struct {
    const Gateway  *g;
    const Settings *s;
    char            name[NAME_MAX + 1];
    Parcel          parcel;
    int             folder, fd;             /* -1: not open */
    Digest         *digest;
    Buffer          out;
    uint64_t        events, bytes;
} FileSink;

static const SinkSetting settings[] = {
    SINK_TEXT("folder", Settings, folder, NULL, true, "absolute path of the folder; the gateway must be able to write there"),
    { NULL, NULL, NULL, 0, false, false },
};

static const char *wrong(const void *s) { return *((const Settings *)s)->folder == '/' ? NULL : "file.folder is not an absolute path"; }

static void *file_open(const SinkUse *use)
{
    FileSink *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    *f = (FileSink){ .g = use->g, .s = use->settings, .folder = -1, .fd = -1 };
    return f;
}

static Rc world(const FileSink *f, const char *what, Error *err)
{
    return error_set(err, RC_RETRY, "%s: %s: %s", f->s->folder, what, strerror(errno));
}

static void part_name(const char *name, char out[NAME_MAX + 1]) { snprintf(out, NAME_MAX + 1, "%.240s" PART, name); }
static void manifest_name(const FileSink *f, char out[NAME_MAX + 1]) { snprintf(out, NAME_MAX + 1, "%.*s" MANIFEST, (int)(strlen(f->name) - strlen(".ndjson")), f->name); }

static void file_drop(void *self)
{
    FileSink *f = self;
    char part[NAME_MAX + 1];
    part_name(f->name, part);
    if (f->fd >= 0) {
        close(f->fd);
        unlinkat(f->folder, part, 0);
    }
    if (f->folder >= 0)
        close(f->folder);
    f->fd = f->folder = -1;
    digest_free(&f->digest);
    buffer_free(&f->out);
}

static Rc file_begin(void *self, const Parcel *p, Error *err)
{
    FileSink *f = self;
    f->parcel = *p;
    f->events = f->bytes = 0;
    snprintf(f->name, sizeof f->name, "%s-%012" PRId64 "%s%s.ndjson", p->publication, p->ordinal, p->snapshot ? ".snapshot-" : "", p->snapshot ? p->snapshot : "");
    f->folder = open(f->s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return f->folder < 0 ? world(f, "cannot be opened", err) : RC_OK;
}

/* A file of the same name that another process left half written is replaced: its name goes, so that what still writes to it cannot rename it. */
static Rc part_open(FileSink *f, Error *err)
{
    char part[NAME_MAX + 1];
    part_name(f->name, part);
    unlinkat(f->folder, part, 0);
    f->fd = openat(f->folder, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    f->digest = digest_new();
    return f->fd < 0 ? world(f, "a file cannot be made there", err) : RC_OK;
}

static Rc write_all(const FileSink *f, int fd, const char *at, size_t n, Error *err)
{
    while (n) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return world(f, "cannot be written", err);
        at += done;
        n -= (size_t)done;
    }
    return RC_OK;
}

static Rc flush(FileSink *f, size_t at_least, Error *err)
{
    if (f->out.len < at_least || !f->out.len)
        return RC_OK;
    digest_add(f->digest, f->out.at, f->out.len);
    f->bytes += f->out.len;
    if (write_all(f, f->fd, f->out.at, f->out.len, err))
        return err->rc;
    buffer_clear(&f->out);
    return RC_OK;
}

static Rc file_put(void *self, const Event *events, size_t n, size_t *taken, Error *err)
{
    FileSink *f = self;
    if (f->fd < 0 && part_open(f, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        Json j = { .to = &f->out };
        event_json(&events[i], &j);
        buffer_char(&f->out, '\n');
        if (flush(f, FLUSH_BYTES, err))
            return err->rc;
    }
    f->events += n;
    *taken = n;
    return RC_OK;
}

static void digest_text(FileSink *f, char hex[HEX_TEXT])
{
    unsigned char digest[DIGEST_SIZE];
    digest_end(f->digest, digest);
    hex_text(digest, sizeof digest, hex);
}

/* What is signed is text that anybody can put together again from the manifest. */
static void manifest_write(FileSink *f, Buffer *out)
{
    SCOPED(buffer_free) Buffer text = {0};
    char hex[HEX_TEXT], signature[SIGN_TEXT], pem[PUBLIC_KEY_TEXT];
    Json j = { .to = out };
    digest_text(f, hex);
    buffer_print(&text, SIGNED_HEAD "%s\n%" PRIu64 "\n%s\n", f->name, f->events, hex);
    sink_sign(f->g, text.at, text.len, signature);
    sink_public_key(f->g, pem);
    json_open(&j, '{');
    json_put_text(&j, "publication", f->parcel.publication);
    json_put_text(&j, "feed", f->parcel.feed);
    json_put_number(&j, "settlement", f->parcel.ordinal);
    json_put_text(&j, "snapshot", f->parcel.snapshot);
    json_put_text(&j, "file", f->name);
    json_put_number(&j, "events", (int64_t)f->events);
    json_put_number(&j, "bytes", (int64_t)f->bytes);
    json_put_text(&j, "sha256", hex);
    json_put_text(&j, "algorithm", "Ed25519");
    json_put_text(&j, "key", pem);
    json_put_text(&j, "signature", signature);
    json_close(&j, '}');
    buffer_char(out, '\n');
}

static Rc manifest_put(FileSink *f, const char *part, Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    manifest_write(f, &text);
    unlinkat(f->folder, part, 0);
    int fd = openat(f->folder, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return world(f, "a file cannot be made there", err);
    Rc rc = write_all(f, fd, text.at, text.len, err);
    if (!rc && fsync(fd))
        rc = world(f, "cannot be written", err);
    close(fd);
    return rc;
}

static Rc rename_both(const FileSink *f, const char *part, const char *manifest, const char *manifest_part, Error *err)
{
    if (renameat(f->folder, part, f->folder, f->name) || fsync(f->folder) || renameat(f->folder, manifest_part, f->folder, manifest) || fsync(f->folder))
        return world(f, "a file cannot be renamed", err);
    return RC_OK;
}

static Rc file_end(void *self, Error *err)
{
    FileSink *f = self;
    char part[NAME_MAX + 1], manifest[NAME_MAX + 1], manifest_part[NAME_MAX + 1];
    part_name(f->name, part);
    manifest_name(f, manifest);
    part_name(manifest, manifest_part);
    if (f->fd >= 0) {
        if (flush(f, 1, err))
            return err->rc;
        if (fsync(f->fd))
            return world(f, "cannot be written", err);
        if (manifest_put(f, manifest_part, err) || rename_both(f, part, manifest, manifest_part, err))
            return err->rc;
        close(f->fd);
        f->fd = -1;
    }
    file_drop(f);
    return RC_OK;
}

static void file_close(void *self)
{
    file_drop(self);
    free(self);
}

const SinkKind file_sink = {
    .name = "file", .settings_size = sizeof(Settings), .settings = settings, .wrong = wrong, .whole = true,
    .open = file_open, .begin = file_begin, .put = file_put, .end = file_end, .drop = file_drop, .close = file_close,
};
