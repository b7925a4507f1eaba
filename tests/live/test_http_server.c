/* The HTTP server over raw sockets, common/http/http_server.h. */
#include "tests/support/test.h"
#include "tests/support/wait.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/http/http_server.h"

#define BODY_MAX       1000
#define SOCKET_WAIT_MS 20000

static struct http_server *server;

/* --- handlers ------------------------------------------------------------------------------ */

static void say_hello(void *context, const struct http_server_request *request,
                      struct http_server_reply *reply)
{
    const char *name = http_server_query(request, "name");

    reply->content_type = "text/plain; charset=utf-8";
    buf_print(&reply->body, "%s %s %s", (const char *)context, name != NULL ? name : "nobody",
              request->path);
}

static void tell_back(void *context, const struct http_server_request *request,
                      struct http_server_reply *reply)
{
    const char *token = http_server_header(request, "x-token");

    (void)context;
    if (token == NULL) {
        http_server_refuse(reply, 401, "say X-Token, \"%s\"", "please");
        return;
    }
    reply->status = 202;
    buf_print(&reply->body, "%zu:%s", request->body_len, request->body);
}

static void answer_too_much(void *context, const struct http_server_request *request,
                            struct http_server_reply *reply)
{
    static char block[1024 * 1024];

    (void)context;
    (void)request;
    for (int i = 0; i < 17; i++)
        buf_bytes(&reply->body, block, sizeof block);
}

/* Lets the test see that it is inside, and waits to be let go. */
static int inside[2];
static int go_on[2];

static void wait_for_test(void *context, const struct http_server_request *request,
                          struct http_server_reply *reply)
{
    char c = 'i';

    (void)context;
    (void)request;
    if (write(inside[1], &c, 1) == 1 && read(go_on[0], &c, 1) == 1)
        buf_text(&reply->body, "done");
}

static char hello[] = "hello";
static char prefix[] = "prefix";
static const struct http_server_route routes[] = {
    {"GET", "/hello", say_hello, hello},       {"GET", "/v1/*", say_hello, prefix},
    {"POST", "/v1/findings", tell_back, NULL}, {"GET", "/too-much", answer_too_much, NULL},
    {"GET", "/wait", wait_for_test, NULL},
};

static int start(void **state)
{
    const struct http_server_options options = {.address = "127.0.0.1", .max_body_bytes = BODY_MAX};
    struct err err;

    (void)state;
    assert_ok(http_server_start(&server, &options, routes, COUNT(routes), &err), err);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_server_stop(server);
    server = NULL;
    return 0;
}

/* --- a client that knows no manners -------------------------------------------------------- */

static int dial(void)
{
    struct timeval patience = {.tv_sec = SOCKET_WAIT_MS / 1000};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(http_server_port(server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    size_t len = strlen(text);

    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server has heard enough */
        text += n;
        len -= (size_t)n;
    }
}

/* All until the server closes; the caller frees. */
static char *hear_all(int fd)
{
    CLEANUP(buf_done) struct buf heard = BUF((size_t)32 * 1024 * 1024);
    char bytes[4096];
    ssize_t n;

    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
        buf_bytes(&heard, bytes, (size_t)n);
    close(fd);
    return buf_take(&heard);
}

static char *ask(const char *request)
{
    int fd = dial();

    say(fd, request);
    return hear_all(fd);
}

static void check(const char *request, const char *status, const char *part)
{
    CLEANUP(mem_freep) char *answer = ask(request);

    if (!str_starts(answer, "HTTP/1.1 ") || !str_starts(answer + strlen("HTTP/1.1 "), status))
        fail_msg("expected %s, got: %.200s", status, answer);
    assert_has(answer, part);
}

#define END "Host: x\r\nConnection: close\r\n\r\n"

/* --- tests --------------------------------------------------------------------------------- */

static void a_route_answers_with_its_handler(void **state)
{
    (void)state;
    check("GET /hello?name=a%20b HTTP/1.1\r\n" END, "200", "\r\n\r\nhello a b /hello");
    check("GET /hello HTTP/1.1\r\n" END, "200", "Content-Type: text/plain; charset=utf-8\r\n");
    check("GET /v1/deep/er HTTP/1.1\r\n" END, "200", "\r\n\r\nprefix nobody /v1/deep/er");
}

static void head_is_get_without_a_body(void **state)
{
    CLEANUP(mem_freep) char *answer = ask("HEAD /hello HTTP/1.1\r\n" END);

    (void)state;
    assert_has(answer, "HTTP/1.1 200");
    assert_has(answer, "Content-Length: 19\r\n");
    assert_true(str_ends(answer, "\r\n\r\n"));
}

static void an_unknown_path_is_404(void **state)
{
    (void)state;
    check("GET /nothing HTTP/1.1\r\n" END, "404",
          "{\"error\":{\"message\":\"there is nothing at /nothing\"}}");
    check("POST /nothing HTTP/1.1\r\nContent-Length: 3\r\n" END "abc", "404", "application/json");
}

static void another_method_is_405_with_what_is_possible(void **state)
{
    (void)state;
    check("POST /hello HTTP/1.1\r\nContent-Length: 0\r\n" END, "405", "Allow: GET, HEAD\r\n");
    check("DELETE /v1/findings HTTP/1.1\r\n" END, "405", "Allow: GET, HEAD, POST\r\n");
}

static void a_body_reaches_the_handler(void **state)
{
    (void)state;
    check("POST /v1/findings HTTP/1.1\r\nX-Token: 1\r\nContent-Length: 5\r\n" END "hello", "202",
          "\r\n\r\n5:hello");
    check("POST /v1/findings HTTP/1.1\r\nX-Token: 1\r\nTransfer-Encoding: chunked\r\n" END
          "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
          "202", "\r\n\r\n5:hello");
    check("POST /v1/findings HTTP/1.1\r\nX-Token: 1\r\nContent-Length: 0\r\n" END, "202",
          "\r\n\r\n0:");
}

static void a_handler_can_refuse(void **state)
{
    (void)state;
    check("POST /v1/findings HTTP/1.1\r\nContent-Length: 2\r\n" END "{}", "401",
          "{\"error\":{\"message\":\"say X-Token, \\\"please\\\"\"}}");
}

/* Only the headers are sent: the answer must not wait for the body. */
static void an_over_long_body_is_413_before_it_is_read(void **state)
{
    (void)state;
    check("POST /v1/findings HTTP/1.1\r\nContent-Length: 1001\r\n" END, "413",
          "the body is longer than 1000 bytes");
    check("POST /v1/findings HTTP/1.1\r\nContent-Length: 99999999999999999\r\n" END, "413",
          "longer than");
}

static void a_body_that_grows_too_long_on_the_way_is_413(void **state)
{
    CLEANUP(buf_done) struct buf request = BUF(10000);

    (void)state;
    buf_text(&request, "POST /v1/findings HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END);
    for (int i = 0; i < 15; i++)
        buf_print(&request, "64\r\n%0100d\r\n", i);
    buf_text(&request, "0\r\n\r\n");
    check(buf_str(&request), "413", "longer than 1000 bytes");
}

static void a_body_without_end_is_cut_off(void **state)
{
    int fd = dial();
    char chunk[128];

    (void)state;
    say(fd, "POST /v1/findings HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END);
    for (int i = 0; i < 100; i++) {
        snprintf(chunk, sizeof chunk, "64\r\n%0100d\r\n", i);
        say(fd, chunk);
    }
    CLEANUP(mem_freep) char *answer = hear_all(fd); /* comes back at all: the server closed */
    assert_lacks(answer, "HTTP/1.1 2");
}

static void endless_headers_are_refused(void **state)
{
    CLEANUP(buf_done) struct buf request = BUF(100000);

    (void)state;
    buf_text(&request, "GET /hello HTTP/1.1\r\n");
    for (int i = 0; i < 1000; i++)
        buf_print(&request, "X-%d: %050d\r\n", i, i);
    buf_text(&request, END);
    CLEANUP(mem_freep) char *answer = ask(buf_str(&request));
    assert_lacks(answer, "HTTP/1.1 200");
}

static void what_is_not_http_is_refused(void **state)
{
    (void)state;
    CLEANUP(mem_freep) char *answer = ask("\x16\x03\x01 hello\r\n\r\n");
    assert_lacks(answer, "200");
}

static void an_answer_that_is_too_long_is_an_error_of_ours(void **state)
{
    (void)state;
    check("GET /too-much HTTP/1.1\r\n" END, "500", "the answer would be longer");
}

static void one_connection_serves_several_requests(void **state)
{
    int fd = dial();

    (void)state;
    say(fd, "GET /hello?name=one HTTP/1.1\r\nHost: x\r\n\r\n"
            "GET /hello?name=two HTTP/1.1\r\n" END);
    CLEANUP(mem_freep) char *answer = hear_all(fd);
    assert_has(answer, "hello one");
    assert_has(answer, "hello two");
}

static bool is_let_in(void *context)
{
    CLEANUP(mem_freep) char *answer = ask("GET /hello HTTP/1.1\r\n" END);

    (void)context;
    return str_starts(answer, "HTTP/1.1 200");
}

static void one_address_cannot_take_every_place(void **state)
{
    int fds[140];
    size_t refused = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = dial();
        say(fds[i], "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    for (size_t i = 0; i < COUNT(fds); i++) {
        char first;
        refused += recv(fds[i], &first, 1, 0) != 1;
    }
    for (size_t i = 0; i < COUNT(fds); i++)
        close(fds[i]);
    assert_in_range(refused, 12, 20);
    assert_true(wait_until(is_let_in, NULL, 10000)); /* once the server has seen them go */
}

static void *ask_and_wait(void *context)
{
    (void)context;
    return ask("GET /wait HTTP/1.1\r\n" END);
}

static void *stop_server(void *context)
{
    http_server_stop(context);
    return NULL;
}

static void stopping_finishes_what_was_asked(void **state)
{
    pthread_t asking;
    pthread_t stopping;
    void *answer;
    char c;

    (void)state;
    assert_int_equal(pipe(inside), 0);
    assert_int_equal(pipe(go_on), 0);
    pthread_create(&asking, NULL, ask_and_wait, NULL);
    assert_int_equal(read(inside[0], &c, 1), 1);
    pthread_create(&stopping, NULL, stop_server, server);
    assert_int_equal(write(go_on[1], "g", 1), 1);
    pthread_join(asking, &answer);
    pthread_join(stopping, NULL);
    server = NULL;
    assert_has((char *)answer, "HTTP/1.1 200");
    assert_has((char *)answer, "done");
    free(answer);
    for (int i = 0; i < 2; i++) {
        close(inside[i]);
        close(go_on[i]);
    }
}

static void a_taken_port_is_said_so(void **state)
{
    const struct http_server_options options = {.address = "127.0.0.1",
                                                .port = http_server_port(server)};
    const struct http_server_options nonsense = {.address = "not an address"};
    struct http_server *second = NULL;
    struct err err;

    (void)state;
    assert_int_equal(http_server_start(&second, &options, routes, COUNT(routes), &err), ERR_FATAL);
    assert_has(err.text, "cannot listen on 127.0.0.1 port");
    assert_int_equal(http_server_start(&second, &nonsense, routes, COUNT(routes), &err), ERR_FATAL);
    assert_has(err.text, "not an address");
    assert_null(second);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_route_answers_with_its_handler),
        TEST(head_is_get_without_a_body),
        TEST(an_unknown_path_is_404),
        TEST(another_method_is_405_with_what_is_possible),
        TEST(a_body_reaches_the_handler),
        TEST(a_handler_can_refuse),
        TEST(an_over_long_body_is_413_before_it_is_read),
        TEST(a_body_that_grows_too_long_on_the_way_is_413),
        TEST(a_body_without_end_is_cut_off),
        TEST(endless_headers_are_refused),
        TEST(what_is_not_http_is_refused),
        TEST(an_answer_that_is_too_long_is_an_error_of_ours),
        TEST(one_connection_serves_several_requests),
        TEST(one_address_cannot_take_every_place),
        TEST(stopping_finishes_what_was_asked),
        TEST(a_taken_port_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
