/* Crowds of senders nobody knows: they make room for those who are in earnest. */
#include "tests/unit/soap_fixture.h"
#include "gateway/model/metrics.h"
#include <fcntl.h>
#include <poll.h>

enum { DEADLINE_MS = 30000 };

static void expect_served(void)
{
    SCOPED(reply_free) Reply soap, rest;
    post(OPEN INFO DATA(DELIVERY) CLOSE, &soap);
    assert_int_equal(soap.status, 200);
    ask(port, "POST /v1/deliveries?feed=demo", "Authorization: Bearer good\r\nContent-Type: application/xml\r\n", DELIVERY, strlen(DELIVERY), &rest);
    assert_in_range(rest.status, 200, 202);
}

/* Closed by the server, at the latest at the deadline. */
static bool is_cut(int fd)
{
    char c;
    struct pollfd p = { .fd = fd, .events = POLLIN };
    return poll(&p, 1, DEADLINE_MS) == 1 && recv(fd, &c, 1, MSG_DONTWAIT) <= 0;
}

static bool is_open(int fd)
{
    char c;
    return recv(fd, &c, 1, MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static void idle_connections_beyond_all_places_keep_nobody_out(void **state)
{
    enum { MANY = 4000 };
    (void)state;
    static int fd[MANY];
    for (int i = 0; i < MANY; i++)
        fd[i] = client_open(port);
    expect_served();
    assert_true(is_cut(fd[0]));
    assert_true(is_open(fd[MANY - 1]));
    for (int i = 0; i < MANY; i++)
        close(fd[i]);
}

static void known_senders_are_not_sent_away(void **state)
{
    enum { MANY = 2500 };
    (void)state;
    static int fd[MANY];
    SCOPED(reply_free) Reply r;
    int known = client_open(port);
    client_text(known, "POST /v1/deliveries?feed=demo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/xml\r\n"
                       "Transfer-Encoding: chunked\r\n\r\na\r\n<delivery>\r\n");
    for (int i = 0; i < DEADLINE_MS && !fake.opened; i++)
        usleep(1000);
    assert_int_equal(fake.opened, 1);
    for (int i = 0; i < MANY; i++)
        fd[i] = client_open(port);
    assert_true(is_cut(fd[0]));
    client_text(known, "b\r\n</delivery>\r\n0\r\n\r\n");
    reply_read(known, &r, false);
    assert_in_range(r.status, 200, 202);
    close(known);
    for (int i = 0; i < MANY; i++)
        close(fd[i]);
}

static void heads_that_never_end_are_held_within_a_bound(void **state)
{
    enum { MANY = 400, HEAD = 60000 };
    (void)state;
    static int fd[MANY];
    static char head[HEAD + 1];
    memset(head, ' ', HEAD);
    for (int i = 0; i < MANY; i++) {
        fd[i] = client_open(port);
        client_text(fd[i], POST " HTTP/1.1\r\nHost: x\r\n" TEXT_XML "Content-Length: 100000\r\n\r\n" OPEN);
        client_send(fd[i], head, HEAD);
    }
    assert_true(is_cut(fd[0]));
    expect_served();
    for (int i = 0; i < DEADLINE_MS / 10 && metrics_now(METRIC_CUT, CUT_CROWDED) <= MANY / 2; i++)
        usleep(10000);
    assert_true(metrics_now(METRIC_CUT, CUT_CROWDED) > MANY / 2);
    assert_true(http_counters(server).cut > MANY / 2);
    assert_true(metrics_now(METRIC_CROWDED, 0) >= metrics_now(METRIC_CUT, CUT_CROWDED));
    for (int i = 0; i < MANY; i++)
        close(fd[i]);
}

static void a_body_of_a_byte_now_and_then_is_cut(void **state)
{
    (void)state;
    http_stop(&server);
    Error err;
    static const Route *const tables[] = { soap_routes, rest_routes, NULL };
    fake.settings.idle_seconds = 1;
    assert_int_equal(http_start(&fake, tables, rest_refuse, &server, &err), RC_OK);
    int fd = client_open(http_port(server));
    client_text(fd, POST " HTTP/1.1\r\nHost: x\r\n" TEXT_XML "Content-Length: 100000\r\n\r\n");
    bool cut = false;
    for (int i = 0; i < DEADLINE_MS / 50 && !cut; i++) {
        cut = !client_text(fd, " ") || !is_open(fd);
        usleep(50000);
    }
    assert_true(cut);
    close(fd);
}

static void without_credentials_the_answer_does_not_wait_for_the_body(void **state)
{
    (void)state;
    SCOPED(reply_free) Reply r;
    int fd = client_open(port);
    client_text(fd, "POST /v1/deliveries?feed=demo HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\nContent-Length: 10\r\n\r\n");
    reply_read(fd, &r, false);
    assert_int_equal(r.status, 401);
    assert_int_equal(fake.opened, 0);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(idle_connections_beyond_all_places_keep_nobody_out),
        TEST(known_senders_are_not_sent_away),
        TEST(heads_that_never_end_are_held_within_a_bound),
        TEST(a_body_of_a_byte_now_and_then_is_cut),
        TEST(without_credentials_the_answer_does_not_wait_for_the_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
