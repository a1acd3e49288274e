#include "adapters/http_inside.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 512 };

static Rc failed(Error *err, const char *where) { return error_set(err, RC_FATAL, "listen on %s: %s", where, strerror(errno)); }

static Rc bind_at(Listener *l, const struct sockaddr *at, socklen_t size, const char *where, Error *err)
{
    int one = 1;
    l->fd = socket(at->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (l->fd < 0)
        return failed(err, where);
    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (!bind(l->fd, at, size) && !listen(l->fd, BACKLOG))
        return RC_OK;
    failed(err, where);
    close(l->fd);
    l->fd = -1;
    return err->rc;
}

/* A socket nobody answers on is left over from a process that ended in haste. */
static void sweep(const struct sockaddr_un *at)
{
    struct stat st;
    if (lstat(at->sun_path, &st) || !S_ISSOCK(st.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) && errno == ECONNREFUSED)
        unlink(at->sun_path);
    if (fd >= 0)
        close(fd);
}

static Rc open_unix(Listener *l, const char *path, const char *where, Error *err)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    if (!*path || strlen(path) >= sizeof at.sun_path)
        return error_set(err, RC_FATAL, "listen on %s: a path of 1 to %zu bytes is needed", where, sizeof at.sun_path - 1);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    snprintf(l->path, sizeof l->path, "%s", path);
    l->is_unix = true;
    sweep(&at);
    mode_t old = umask(0117);                  /* 0660: the edge is in our group */
    Rc rc = bind_at(l, (struct sockaddr *)&at, sizeof at, where, err);
    umask(old);
    return rc;
}

static Rc split(const char *listen_on, char host[64], unsigned *port, Error *err)
{
    const char *colon = strrchr(listen_on, ':');
    char *end = NULL;
    unsigned long n = colon ? strtoul(colon + 1, &end, 10) : 0;
    const char *from = listen_on + (*listen_on == '[');
    const char *to = colon && colon > from && colon[-1] == ']' ? colon - 1 : colon;
    if (!colon || end == colon + 1 || *end || n > 65535 || to <= from || to - from > 63)
        return error_set(err, RC_FATAL, "listen on %s: \"127.0.0.1:PORT\", \"[::1]:PORT\" or \"unix:PATH\" is needed", listen_on);
    memcpy(host, from, (size_t)(to - from));
    host[to - from] = '\0';
    *port = (unsigned)n;
    return RC_OK;
}

static Rc open_ip(Listener *l, const char *listen_on, Error *err)
{
    char host[64];
    unsigned port;
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    if (split(listen_on, host, &port, err))
        return err->rc;
    v4.sin_port = v6.sin6_port = htons((uint16_t)port);
    if (!strcmp(host, "localhost"))
        snprintf(host, sizeof host, "127.0.0.1");
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1 && ntohl(v4.sin_addr.s_addr) >> 24 == 127)
        return bind_at(l, (struct sockaddr *)&v4, sizeof v4, listen_on, err);
    if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr))
        return bind_at(l, (struct sockaddr *)&v6, sizeof v6, listen_on, err);
    return error_set(err, RC_FATAL, "listen on %s: only loopback or a Unix socket; the edge (nginx) faces the network", listen_on);
}

static Rc edge_find(const DoorSettings *settings, Listener *l, Error *err)
{
    if (!settings->edge_user || !*settings->edge_user)
        return RC_OK;
    struct passwd entry, *found = NULL;
    char room[4096];
    if (getpwnam_r(settings->edge_user, &entry, room, sizeof room, &found) || !found)
        return error_set(err, RC_FATAL, "edge user %s: there is no such user", settings->edge_user);
    l->has_edge = true;
    l->edge = found->pw_uid;
    return RC_OK;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage at;
    socklen_t size = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &size))
        return 0;
    if (at.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
    return at.ss_family == AF_INET ? ntohs(((struct sockaddr_in *)&at)->sin_port) : 0;
}

Rc listener_open(const DoorSettings *settings, Listener *out, Error *err)
{
    Listener l = { .fd = -1 };
    const char *where = settings->listen;
    if (edge_find(settings, &l, err))
        return err->rc;
    if (strncmp(where, "unix:", 5) ? open_ip(&l, where, err) : open_unix(&l, where + 5, where, err))
        return err->rc;
    l.port = port_of(l.fd);
    *out = l;
    return RC_OK;
}

void descriptors_raise(void)
{
    const rlim_t want = HTTP_CONNECTIONS + LINGER_MAX + 256;
    struct rlimit now;
    if (getrlimit(RLIMIT_NOFILE, &now) || now.rlim_cur >= want)
        return;
    now.rlim_cur = now.rlim_max < want ? now.rlim_max : want;
    (void)setrlimit(RLIMIT_NOFILE, &now);
}

void listener_close(Listener *l)
{
    if (l->fd >= 0)
        close(l->fd);
    if (l->is_unix)
        unlink(l->path);
    l->fd = -1;
}
