/* A client that sends exactly the bytes it is told, in the pieces it is told, and reads one answer at a time. */
#pragma once
#include "gateway/base/buffer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct { unsigned status; char head[8192]; Buffer body; bool whole; } Reply;      /* status 0: no answer came */

static void reply_free(Reply *r) { buffer_free(&r->body); }

static inline int client_tuned(int fd)
{
    struct timeval t = { .tv_sec = 30 };
    int one = 1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static inline int client_open(unsigned port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = client_tuned(socket(AF_INET, SOCK_STREAM, 0));
    if (connect(fd, (struct sockaddr *)&at, sizeof at))
        abort();
    return fd;
}

/* Returns false when the other side has closed. */
static inline bool client_send(int fd, const void *bytes, size_t n)
{
    const char *s = bytes;
    while (n) {
        ssize_t w = send(fd, s, n, MSG_NOSIGNAL);
        if (w <= 0)
            return false;
        s += w;
        n -= (size_t)w;
    }
    return true;
}

static inline bool client_text(int fd, const char *s) { return client_send(fd, s, strlen(s)); }

static inline const char *reply_header(const Reply *r, const char *name)
{
    static _Thread_local char value[2048];
    char line[128];
    snprintf(line, sizeof line, "\r\n%s:", name);
    const char *at = strcasestr(r->head, line);
    if (!at)
        return NULL;
    at += strlen(line);
    at += strspn(at, " ");
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r"), at);
    return value;
}

static inline bool head_read(int fd, Reply *r)
{
    size_t n = 0;
    while (n < sizeof r->head - 1 && recv(fd, r->head + n, 1, 0) == 1) {
        r->head[++n] = '\0';
        if (n >= 4 && !memcmp(r->head + n - 4, "\r\n\r\n", 4))
            return true;
    }
    return false;
}

static inline void reply_read(int fd, Reply *r, bool head_only)
{
    *r = (Reply){0};
    do {
        r->head[0] = '\0';
        if (!head_read(fd, r))
            return;
        r->status = (unsigned)strtoul(r->head + 9, NULL, 10);
    } while (r->status == 100);
    const char *length = reply_header(r, "Content-Length");
    size_t want = length && !head_only ? strtoul(length, NULL, 10) : 0;
    while (r->body.len < want) {
        char piece[65536];
        size_t left = want - r->body.len;
        ssize_t n = recv(fd, piece, left < sizeof piece ? left : sizeof piece, 0);
        if (n <= 0)
            return;
        buffer_add(&r->body, piece, (size_t)n);
    }
    buffer_string(&r->body);
    r->whole = true;
}

/* One request on a connection of its own. extra: header lines, each with CRLF. */
static inline void ask(unsigned port, const char *line, const char *extra, const void *body, size_t n, Reply *r)
{
    char head[8192];
    int fd = client_open(port);
    int len = body ? snprintf(head, sizeof head, "%s HTTP/1.1\r\nHost: gw.test:1\r\n%sContent-Length: %zu\r\n\r\n", line, extra, n)
                   : snprintf(head, sizeof head, "%s HTTP/1.1\r\nHost: gw.test:1\r\n%s\r\n", line, extra);
    client_send(fd, head, (size_t)len);
    if (body)
        client_send(fd, body, n);
    reply_read(fd, r, !strncmp(line, "HEAD ", 5));
    close(fd);
}
