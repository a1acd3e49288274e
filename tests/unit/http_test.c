#include "adapters/rest.h"
#include "adapters/soap.h"
#include "tests/unit/fake_flow.h"
#include "tests/unit/http_client.h"
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <time.h>

#define XML  "Authorization: Bearer good\r\nContent-Type: application/xml\r\n"
#define POST "POST /v1/deliveries?feed=demo"
#define GOOD "<delivery><record/></delivery>"

static HttpServer *server;
static unsigned port;
static const Route *const tables[] = { soap_routes, rest_routes, NULL };

static void start_with_settings(void)
{
    Error err;
    if (http_start(&fake, tables, rest_refuse, &server, &err))
        fail_msg("%s", err.text);
    port = http_port(server);
}

static int prepare(void **state)
{
    (void)state;
    fake_reset();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_stop(&server);
    assert_int_equal(fake.opened, fake.dropped);
    buffer_free(&fake.message);
    buffer_free(&fake.payload);
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void it_listens_on_loopback_and_unix_sockets_only(void **state)
{
    static const char *const wrong[] = { "0.0.0.0:0", "[::]:0", "192.0.2.1:80", "8088", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x", ":80", "unix:", "" };
    static const char *const right[] = { "127.0.0.1:0", "127.0.0.9:0", "localhost:0", "[::1]:0" };
    (void)state;
    Error err;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fake.settings.listen = wrong[i];
        assert_int_equal(http_start(&fake, tables, rest_refuse, &server, &err), RC_FATAL);
        assert_non_null(strstr(err.text, "listen on "));
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        fake.settings.listen = right[i];
        start_with_settings();
        assert_int_not_equal(port, 0);
        http_stop(&server);
    }
}

static void a_port_that_is_taken_stops_the_start(void **state)
{
    (void)state;
    Error err;
    char where[32];
    HttpServer *other = NULL;
    start_with_settings();
    snprintf(where, sizeof where, "127.0.0.1:%u", port);
    fake.settings.listen = where;
    assert_int_equal(http_start(&fake, tables, rest_refuse, &other, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "in use"));
}

static int unix_open(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void vouched(int fd, const char *line, Reply *r)
{
    char request[2048];
    snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: inner\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: outer.example\r\n"
             "X-Client-Cert: -----BEGIN%%20CERTIFICATE-----%%0AAB%%2B%%2F%%3D%%0A-----END%%20CERTIFICATE-----%%0A\r\n\r\n", line);
    client_text(fd, request);
    reply_read(fd, r, false);
    close(fd);
}

static void only_the_edge_user_on_the_unix_socket_vouches_for_certificates(void **state)
{
    (void)state;
    char path[64], where[80];
    struct stat st;
    SCOPED(reply_free) Reply edge, wsdl, stranger, tcp;
    snprintf(path, sizeof path, "/tmp/http_test.%d.sock", (int)getpid());
    snprintf(where, sizeof where, "unix:%s", path);
    fake.settings.listen = where;
    fake.settings.edge_user = getpwuid(getuid())->pw_name;
    start_with_settings();
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    vouched(unix_open(path), "GET /v1/feeds", &edge);
    assert_non_null(strstr(edge.body.at, "\"party\":1"));
    vouched(unix_open(path), "GET /soap/sync?wsdl", &wsdl);
    assert_non_null(strstr(wsdl.body.at, "location=\"https://outer.example/soap/sync\""));
    http_stop(&server);
    assert_int_not_equal(access(path, F_OK), 0);
    fake.settings.edge_user = "daemon";
    start_with_settings();
    vouched(unix_open(path), "GET /v1/feeds", &stranger);
    assert_non_null(strstr(stranger.body.at, "\"party\":0"));
    http_stop(&server);
    fake.settings.edge_user = getpwuid(getuid())->pw_name;
    fake.settings.listen = "127.0.0.1:0";
    start_with_settings();
    vouched(client_open(port), "GET /v1/feeds", &tcp);
    assert_non_null(strstr(tcp.body.at, "\"party\":0"));
}

static void an_edge_user_who_does_not_exist_stops_the_start(void **state)
{
    (void)state;
    Error err;
    fake.settings.edge_user = "nobody-of-this-name";
    assert_int_equal(http_start(&fake, tables, rest_refuse, &server, &err), RC_FATAL);
    assert_non_null(strstr(err.text, "nobody-of-this-name"));
}

static void *client(void *unused)
{
    unsigned *fine = unused;
    int fd = client_open(port);
    for (int i = 0; i < 5; i++) {
        char request[512];
        SCOPED(reply_free) Reply r;
        snprintf(request, sizeof request, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: %zu\r\n\r\n" GOOD, strlen(GOOD));
        client_text(fd, request);
        reply_read(fd, &r, false);
        *fine += r.status == 202;
    }
    close(fd);
    return NULL;
}

static void two_hundred_clients_at_once_are_all_served(void **state)
{
    enum { CLIENTS = 200 };
    (void)state;
    pthread_t thread[CLIENTS];
    unsigned fine[CLIENTS] = {0}, sum = 0;
    fake.wait_ms = 20;
    start_with_settings();
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, client, &fine[i]), 0);
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(thread[i], NULL);
        sum += fine[i];
    }
    assert_int_equal(sum, 5 * CLIENTS);
    assert_int_equal(fake.n_kept, 5 * CLIENTS);
    assert_int_equal(http_counters(server).exchanges, 5 * CLIENTS);
}

static void parked_exchanges_hold_no_thread(void **state)
{
    enum { PARKED = 40 };
    (void)state;
    int fd[PARKED];
    char request[512];
    fake.settings.threads = 1;
    fake.wait_ms = 120000;
    start_with_settings();
    snprintf(request, sizeof request, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: %zu\r\n\r\n" GOOD, strlen(GOOD));
    for (int i = 0; i < PARKED; i++)
        client_text(fd[i] = client_open(port), request);
    for (int i = 0; i < 2000 && http_counters(server).parked < PARKED; i++)
        usleep(2000);
    assert_int_equal(http_counters(server).parked, PARKED);
    SCOPED(reply_free) Reply free_one;
    ask(port, "GET /v1/feeds", "", NULL, 0, &free_one);
    assert_int_equal(free_one.status, 200);
    int64_t before = now_ms();
    fake.worked = true;
    for (int i = 0; i < PARKED; i++) {
        SCOPED(reply_free) Reply r;
        reply_read(fd[i], &r, false);
        assert_int_equal(r.status, 200);
        close(fd[i]);
    }
    assert_true(now_ms() - before < fake.wait_ms / 2);
}

static void a_silent_sender_is_cut_and_leaves_nothing(void **state)
{
    (void)state;
    fake.settings.idle_seconds = 1;
    start_with_settings();
    int fd = client_open(port);
    char c;
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: 1000000\r\n\r\n<delivery>");
    int64_t before = now_ms();
    assert_true(recv(fd, &c, 1, 0) <= 0);
    assert_true(now_ms() - before >= 500);
    close(fd);
    for (int i = 0; i < 10000 && http_counters(server).open; i++)
        usleep(2000);
    assert_int_equal(fake.opened, 1);
    assert_int_equal(fake.dropped, 1);
    assert_int_equal(http_counters(server).cut, 1);
    assert_int_equal(http_counters(server).open, 0);
}

static void *stopper(void *unused)
{
    (void)unused;
    http_stop(&server);
    return NULL;
}

static void stopping_lets_exchanges_under_way_finish(void **state)
{
    (void)state;
    pthread_t thread;
    char request[512];
    SCOPED(reply_free) Reply r;
    fake.wait_ms = 120000;
    start_with_settings();
    snprintf(request, sizeof request, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: %zu\r\n\r\n" GOOD, strlen(GOOD));
    int fd = client_open(port);
    client_text(fd, request);
    while (!http_counters(server).parked)
        usleep(1000);
    int64_t before = now_ms();
    pthread_create(&thread, NULL, stopper, NULL);
    reply_read(fd, &r, false);
    pthread_join(thread, NULL);
    close(fd);
    assert_int_equal(r.status, 202);
    assert_true(now_ms() - before < fake.wait_ms / 2);
}

/* Each of these sends a part of a good or refused request and hangs up without reading. */
static void *rude_client(void *seed)
{
    unsigned v = (unsigned)(uintptr_t)seed;
    char *body = malloc(300000), head[512];
    memset(body, 'x', 300000);
    for (int i = 0; i < 60; i++) {
        v = v * 1103515245 + 12345;
        size_t length = (v >> 8) % 3 ? 30 : 300000, cut = (v >> 12) % (length + 1);
        int fd = client_open(port);
        snprintf(head, sizeof head, "%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/xml\r\nContent-Length: %zu\r\n\r\n",
                 v & 0x10000 ? POST : "POST /soap/sync", v & 0x20000 ? "good" : "bad", length);
        client_send(fd, head, v & 0x40000 ? strlen(head) : (v >> 4) % strlen(head));
        client_send(fd, body, cut);
        if (v & 0x80000)
            usleep(v >> 20 & 2047);
        close(fd);
    }
    free(body);
    return NULL;
}

static void clients_who_hang_up_anywhere_leave_nothing_behind(void **state)
{
    enum { CLIENTS = 16 };
    (void)state;
    pthread_t thread[CLIENTS];
    fake.wait_ms = 5;
    fake.slow_us = 200;
    fake.settings.idle_seconds = 2;
    start_with_settings();
    for (int i = 0; i < CLIENTS; i++)
        pthread_create(&thread[i], NULL, rude_client, (void *)(uintptr_t)(i * 7919 + 1));
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < 4000 && http_counters(server).open; i++)
        usleep(2000);
    assert_int_equal(http_counters(server).open, 0);
    SCOPED(reply_free) Reply r;
    ask(port, "GET /healthz", "", NULL, 0, &r);
    assert_int_equal(r.status, 200);
}

static void a_delivery_that_never_ends_is_cut_ten_seconds_after_the_stop(void **state)
{
    enum { CLIENTS = 8 };
    (void)state;
    pthread_t thread[CLIENTS], polite[CLIENTS];
    unsigned fine[CLIENTS] = {0};
    int held;
    fake.slow_us = 500;
    start_with_settings();
    held = client_open(port);                          /* and one who never ends his delivery */
    client_text(held, POST " HTTP/1.1\r\nHost: x\r\n" XML "Content-Length: 900000\r\n\r\n<delivery>");
    while (!fake.opened)
        usleep(1000);
    for (int i = 0; i < CLIENTS; i++) {
        pthread_create(&thread[i], NULL, rude_client, (void *)(uintptr_t)(i + 1));
        pthread_create(&polite[i], NULL, client, &fine[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(thread[i], NULL);
        pthread_join(polite[i], NULL);
    }
    int64_t before = now_ms();
    http_stop(&server);
    assert_true(now_ms() - before >= 9000);            /* he is waited for, and then no longer */
    close(held);
    assert_int_equal(fake.opened, fake.dropped);
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_int_equal(fscanf(f, "%*s %ld", &pages), 1);
    fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void idle_connections_cost_little(void **state)
{
    enum { IDLE = 400, KB_EACH = 48 };
    (void)state;
    int fd[IDLE];
    start_with_settings();
    long before = resident_kb();
    for (int i = 0; i < IDLE; i++) {
        SCOPED(reply_free) Reply r;
        fd[i] = client_open(port);
        client_text(fd[i], "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        reply_read(fd[i], &r, false);
        assert_int_equal(r.status, 200);
    }
    long grown = resident_kb() - before;
    print_message("%d idle connections: %ld KB\n", IDLE, grown);
#ifndef __SANITIZE_THREAD__
    assert_true(grown < IDLE * KB_EACH);
#endif
    for (int i = 0; i < IDLE; i++)
        close(fd[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, stop)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_listens_on_loopback_and_unix_sockets_only), TEST(a_port_that_is_taken_stops_the_start),
        TEST(only_the_edge_user_on_the_unix_socket_vouches_for_certificates), TEST(an_edge_user_who_does_not_exist_stops_the_start),
        TEST(two_hundred_clients_at_once_are_all_served), TEST(parked_exchanges_hold_no_thread), TEST(a_silent_sender_is_cut_and_leaves_nothing),
        TEST(stopping_lets_exchanges_under_way_finish),
        TEST(clients_who_hang_up_anywhere_leave_nothing_behind), TEST(a_delivery_that_never_ends_is_cut_ten_seconds_after_the_stop), TEST(idle_connections_cost_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
