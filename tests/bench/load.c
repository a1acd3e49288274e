/* Load over SOAP from one thread: CLIENTS connections that each send, wait for the answer, and send again, for SECONDS or COUNT messages.
   usage: bench_load PORT CLIENTS SECONDS COUNT RECORDS RUN < senders        (one "senderId password BIN" a line; clients share them in turn)
   Prints one JSON line: messages acknowledged, errors, seconds, rate, p50 and p99 of the time to an answer in milliseconds. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SENDERS = 64, CLIENTS = 1024, RECORD = 900, ANSWER = 16384, SAMPLES = 1 << 20 };

typedef struct { char id[64], password[64], bin[16]; } Sender;
typedef struct { int fd; const Sender *who; char *out; size_t len, sent; char in[ANSWER]; size_t got; double begun; bool busy; } Client;

static Sender   sender[SENDERS];
static unsigned n_senders, records, run_no;
static uint64_t sent_no, acknowledged, errors;
static float    sample[SAMPLES];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t put_record(char *to, const Sender *s, uint64_t n)
{
    return (size_t)sprintf(to,
        "<record><centre_bin>%s</centre_bin><document_number>D-%u-%010llu</document_number><issued_on>2026-10-%02u</issued_on><valid_to>2031-10-01</valid_to>"
        "<profession_code>CON-%04u</profession_code><qualification>Электр-газбен дәнекерлеуші, %u-разряд</qualification><level>%u</level>"
        "<skills><item>Аргонмен дәнекерлеу</item><item>Газовая резка</item></skills><status>issued</status></record>",
        s->bin, run_no, (unsigned long long)n, (unsigned)(n % 28 + 1), (unsigned)(n % 10000), (unsigned)(n % 6 + 1), (unsigned)(n % 8 + 1));
}

static void compose(Client *c)
{
    static char body[512 * RECORD];
    uint64_t message = ++sent_no;
    size_t n = (size_t)sprintf(body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
        "<t:SendMessage xmlns:t=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><requestInfo><messageId>load-%u-%llu</messageId>"
        "<serviceId>NQS_DELIVER</serviceId><messageDate>2026-11-23T10:00:00+05:00</messageDate><sender><senderId>%s</senderId><password>%s</password></sender>"
        "</requestInfo><requestData><data><delivery xmlns=\"urn:kz:nqs:delivery:1\" feed=\"recognition-documents\" period=\"2026-10\" kind=\"changes\">",
        run_no, (unsigned long long)message, c->who->id, c->who->password);
    for (unsigned i = 0; i < records; i++)
        n += put_record(body + n, c->who, message * records + i);
    n += (size_t)sprintf(body + n, "</delivery></data></requestData></request></t:SendMessage></soap:Body></soap:Envelope>");
    c->out = realloc(c->out, n + 512);
    if (!c->out)
        abort();
    c->len = (size_t)sprintf(c->out, "POST /soap/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\nContent-Length: %zu\r\n\r\n", n);
    memcpy(c->out + c->len, body, n);
    c->len += n;
    c->sent = c->got = 0;
    c->begun = now();
    c->busy = true;
}

static void client_connect(Client *c, int port, int poll)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int yes = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to)) {
        perror("connect");
        exit(1);
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c };
    epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &e);
}

static void push(Client *c)
{
    while (c->sent < c->len) {
        ssize_t n = send(c->fd, c->out + c->sent, c->len - c->sent, MSG_NOSIGNAL);
        if (n < 0)
            return;
        c->sent += (size_t)n;
    }
}

/* True when the whole answer is in. */
static bool pull(Client *c)
{
    ssize_t n;
    while ((n = recv(c->fd, c->in + c->got, sizeof c->in - 1 - c->got, 0)) > 0)
        c->got += (size_t)n;
    if (n == 0) {
        fprintf(stderr, "the gateway closed a connection\n");
        exit(1);
    }
    c->in[c->got] = '\0';
    const char *end = strstr(c->in, "\r\n\r\n"), *length = strcasestr(c->in, "\r\nContent-Length:");
    return end && length && c->got >= (size_t)(end + 4 - c->in) + strtoul(length + 17, NULL, 10);
}

static void note(Client *c)
{
    c->busy = false;
    if (!strstr(c->in, "SCSS001")) {
        if (errors++ == 0)
            fprintf(stderr, "%.1500s\n", c->in);
        return;
    }
    sample[acknowledged++ % SAMPLES] = (float)((now() - c->begun) * 1000);
}

static int by_size(const void *a, const void *b) { return (*(const float *)a > *(const float *)b) - (*(const float *)a < *(const float *)b); }

static void report(double seconds)
{
    size_t n = acknowledged < SAMPLES ? acknowledged : SAMPLES;
    qsort(sample, n, sizeof *sample, by_size);
    printf("{\"acknowledged\": %llu, \"errors\": %llu, \"seconds\": %.3f, \"per_second\": %.1f, \"p50_ms\": %.2f, \"p99_ms\": %.2f}\n", (unsigned long long)acknowledged,
           (unsigned long long)errors, seconds, (double)acknowledged / seconds, n ? (double)sample[n / 2] : 0, n ? (double)sample[n * 99 / 100] : 0);
}

static void serve(Client *clients, unsigned n, int poll, double until, uint64_t most)
{
    unsigned busy = n;
    while (busy) {
        struct epoll_event e[64];
        int m = epoll_wait(poll, e, 64, 1000);
        for (int i = 0; i < m; i++) {
            Client *c = e[i].data.ptr;
            if (!c->busy)
                continue;
            push(c);
            if (!pull(c))
                continue;
            note(c);
            if (now() < until && sent_no < most) {
                compose(c);
                push(c);
            } else {
                busy--;
            }
        }
    }
    (void)clients;
}

int main(int argc, char **argv)
{
    static Client client[CLIENTS];
    if (argc != 7) {
        fprintf(stderr, "usage: bench_load PORT CLIENTS SECONDS COUNT RECORDS RUN < senders\n");
        return 2;
    }
    unsigned n = (unsigned)atoi(argv[2]);
    double seconds = atof(argv[3]);
    uint64_t most = strtoull(argv[4], NULL, 10);
    records = (unsigned)atoi(argv[5]);
    run_no = (unsigned)atoi(argv[6]);
    while (n_senders < SENDERS && scanf("%63s %63s %15s", sender[n_senders].id, sender[n_senders].password, sender[n_senders].bin) == 3)
        n_senders++;
    if (n == 0 || n > CLIENTS || n_senders == 0 || records > 500)
        return 2;
    int poll = epoll_create1(0);
    double begun = now();
    for (unsigned i = 0; i < n; i++) {
        client[i].who = &sender[i % n_senders];
        client_connect(&client[i], atoi(argv[1]), poll);
        compose(&client[i]);
        push(&client[i]);
    }
    serve(client, n, poll, begun + seconds, most ? most : UINT64_MAX);
    report(now() - begun);
    return errors ? 1 : 0;
}
