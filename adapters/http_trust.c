#include "adapters/http_inside.h"
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* What the edge says of a client is believed only when the edge itself speaks: by the kernel's word on who holds the other end of the socket. */
bool edge_trusted(const Exchange *x)
{
    const Listener *l = &x->server->listener;
    if (!l->is_unix || !l->has_edge)
        return false;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct ucred peer;
    socklen_t size = sizeof peer;
    return info && !getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) && peer.uid == l->edge;
}

const char *exchange_certificate(Exchange *x)
{
    const char *escaped = exchange_header(x, "X-Client-Cert");
    if (!escaped || !*escaped || !edge_trusted(x))
        return NULL;
    char *pem = arena_text(x->arena, escaped, strlen(escaped));
    MHD_http_unescape(pem);
    return pem;
}

static bool host_plain(const char *host)
{
    size_t len = host ? strlen(host) : 0;
    return len && len < 256 && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == len;
}

const char *exchange_base(Exchange *x)
{
    const char *scheme = "http", *host = exchange_header(x, "Host");
    if (x->server->settings->public_url)
        return x->server->settings->public_url;
    if (edge_trusted(x)) {
        const char *proto = exchange_header(x, "X-Forwarded-Proto"), *forwarded = exchange_header(x, "X-Forwarded-Host");
        if (proto && !strcasecmp(proto, "https"))
            scheme = "https";
        if (host_plain(forwarded))
            host = forwarded;
    }
    return arena_printf(x->arena, "%s://%s", scheme, host_plain(host) ? host : "localhost");
}
