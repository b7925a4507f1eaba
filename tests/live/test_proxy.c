/* The fault proxy before a server that says everything back: each fault does what its name says. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/chaos/proxy.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define QUIET_MS   150 /* for what must not come */
#define PATIENCE_S 30

/* --- an echo: one connection after the other ----------------------------------- */

struct echo {
    pthread_t thread;
    int listener;
    char upstream[200];
};

static void *serve(void *context)
{
    struct echo *echo = context;
    char bytes[4096];
    ssize_t n;
    int fd;

    while ((fd = accept4(echo->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
            (void)send(fd, bytes, (size_t)n, MSG_NOSIGNAL);
        close(fd);
    }
    return NULL;
}

static void echo_start(struct echo *echo, const struct sockaddr *address, socklen_t len)
{
    echo->listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(echo->listener, address, len), 0);
    assert_int_equal(listen(echo->listener, 8), 0);
    assert_int_equal(pthread_create(&echo->thread, NULL, serve, echo), 0);
}

static void echo_stop(struct echo *echo)
{
    (void)shutdown(echo->listener, SHUT_RDWR);
    pthread_join(echo->thread, NULL);
    close(echo->listener);
}

struct scene {
    struct echo echo;
    struct proxy *proxy;
    struct err err;
};

static int up(void **state)
{
    static struct scene scene;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    echo_start(&scene.echo, (struct sockaddr *)&address, len);
    assert_int_equal(getsockname(scene.echo.listener, (struct sockaddr *)&address, &len), 0);
    snprintf(scene.echo.upstream, sizeof scene.echo.upstream, "127.0.0.1:%d",
             ntohs(address.sin_port));
    assert_ok(proxy_start(&scene.proxy, scene.echo.upstream, 0, &scene.err), scene.err);
    *state = &scene;
    return 0;
}

static int down(void **state)
{
    struct scene *scene = *state;

    proxy_stop(scene->proxy);
    echo_stop(&scene->echo);
    return 0;
}

/* --- a client -------------------------------------------------------------------- */

static int try_connect(struct proxy *proxy)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)proxy_port(proxy)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

static int connect_to(struct proxy *proxy)
{
    int fd = try_connect(proxy);

    assert_true(fd >= 0);
    return fd;
}

static void say(int fd, const char *words)
{
    assert_int_equal(send(fd, words, strlen(words), MSG_NOSIGNAL), strlen(words));
}

static void hear(int fd, const char *words)
{
    char heard[256] = "";

    assert_int_equal(recv(fd, heard, strlen(words), MSG_WAITALL), strlen(words));
    assert_string_equal(heard, words);
}

static void hear_nothing(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};

    assert_int_equal(poll(&polled, 1, QUIET_MS), 0);
}

static void set(struct scene *scene, const char *words)
{
    assert_ok(proxy_order(scene->proxy, words, &scene->err), scene->err);
}

/* --- faults ------------------------------------------------------------------------ */

static void without_faults_it_is_as_if_it_were_not_there(void **state)
{
    struct scene *scene = *state;
    int first = connect_to(scene->proxy);
    char byte;

    say(first, "hello");
    hear(first, "hello");
    say(first, "once more");
    (void)shutdown(first, SHUT_WR);
    hear(first, "once more");
    assert_int_equal(recv(first, &byte, 1, 0), 0); /* an end is passed on, after all before it */
    close(first);
    assert_int_equal(proxy_seen(scene->proxy, TO_SERVER), 14);
    assert_int_equal(proxy_seen(scene->proxy, TO_CLIENT), 14);
    assert_int_equal(proxy_connections(scene->proxy), 1);
}

static void latency_and_jitter_delay_each_way_and_keep_the_order(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);

    set(scene, "both latency=40 jitter=30");
    int64_t from_ms = clock_mono_ms();
    for (int i = 0; i < 10; i++)
        say(fd, (const char[]){(char)('a' + i), '\0'});
    hear(fd, "abcdefghij");
    assert_true(clock_mono_ms() - from_ms >= 2 * 40);
    close(fd);
}

static void bandwidth_is_not_exceeded(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);
    char words[201] = "";

    memset(words, 'x', sizeof words - 1);
    set(scene, "to-client rate=1000");
    int64_t from_ms = clock_mono_ms();
    say(fd, words);
    hear(fd, words);
    assert_true(clock_mono_ms() - from_ms >= 150); /* 200 bytes, the last slice does not wait */
    close(fd);
}

static void the_slicer_sends_single_bytes(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);

    set(scene, "to-client piece=1 pause=5");
    int64_t from_ms = clock_mono_ms();
    say(fd, "twenty bytes in all.");
    hear(fd, "twenty bytes in all.");
    assert_true(clock_mono_ms() - from_ms >= 19 * 5);
    close(fd);
}

static void a_cut_ends_the_connection_after_so_many_bytes(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);
    char byte;

    say(fd, "before");
    hear(fd, "before");
    set(scene, "to-client cut=3");
    say(fd, "hello");
    hear(fd, "hel");
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    close(fd);

    fd = connect_to(scene->proxy); /* the next connection is counted by itself */
    say(fd, "again");
    hear(fd, "aga");
    close(fd);
}

static void a_reset_is_a_reset(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);
    char bytes[8];
    ssize_t n;

    set(scene, "to-client reset-after=2");
    say(fd, "hello");
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
        ;
    assert_int_equal(n, -1);
    assert_int_equal(errno, ECONNRESET);
    close(fd);

    set(scene, "clear");
    fd = connect_to(scene->proxy);
    say(fd, "hello");
    hear(fd, "hello");
    set(scene, "reset");
    assert_int_equal(recv(fd, bytes, sizeof bytes, 0), -1);
    assert_int_equal(errno, ECONNRESET);
    close(fd);
}

static void what_is_held_arrives_when_it_is_let_go(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);

    set(scene, "to-client hold");
    say(fd, "hello");
    hear_nothing(fd);
    assert_int_equal(proxy_seen(scene->proxy, TO_CLIENT), 5); /* the server has answered */
    set(scene, "clear");
    hear(fd, "hello");
    close(fd);
}

static void a_half_open_connection_stays_and_never_speaks_again(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);

    set(scene, "to-client swallow");
    say(fd, "hello");
    hear_nothing(fd);
    set(scene, "clear");
    say(fd, "are you there?");
    hear_nothing(fd);
    close(fd);
    proxy_reset(scene->proxy); /* the echo serves one at a time */

    fd = connect_to(scene->proxy);
    say(fd, "hello");
    hear(fd, "hello");
    close(fd);
}

static void one_byte_arrives_as_another(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);

    set(scene, "to-server corrupt=3");
    say(fd, "aaaaa");
    hear(fd, "aa4aa");
    say(fd, "aaaaa");
    hear(fd, "aaaaa");
    close(fd);
}

static void new_connections_are_refused_and_open_ones_stay(void **state)
{
    struct scene *scene = *state;
    int fd = connect_to(scene->proxy);

    say(fd, "hello");
    hear(fd, "hello");
    set(scene, "refuse");
    assert_int_equal(try_connect(scene->proxy), -1);
    assert_int_equal(errno, ECONNREFUSED);
    say(fd, "still here");
    hear(fd, "still here");
    close(fd);

    set(scene, "accept");
    fd = connect_to(scene->proxy);
    say(fd, "back");
    hear(fd, "back");
    close(fd);
}

static void a_unix_socket_may_stand_behind_it(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *dir = temp_dir_make();
    struct proxy *proxy = NULL;
    struct echo echo;
    struct err err;

    (void)state;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", dir);
    snprintf(echo.upstream, sizeof echo.upstream, "unix://%s/s", dir);
    echo_start(&echo, (struct sockaddr *)&address, sizeof address);
    assert_ok(proxy_start(&proxy, echo.upstream, 0, &err), err);
    int fd = connect_to(proxy);
    say(fd, "hello");
    hear(fd, "hello");
    close(fd);
    proxy_stop(proxy);
    echo_stop(&echo);
    temp_dir_remove(dir);
}

static void orders_that_are_none_are_refused(void **state)
{
    static const char *const wrong[] = {"to-nobody hold", "both hurry", "both latency",
                                        "both latency=-1", "both hold=1"};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(proxy_order(scene->proxy, wrong[i], &scene->err), ERR_REJECT);
}

#define PROXY_TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROXY_TEST(without_faults_it_is_as_if_it_were_not_there),
        PROXY_TEST(latency_and_jitter_delay_each_way_and_keep_the_order),
        PROXY_TEST(bandwidth_is_not_exceeded),
        PROXY_TEST(the_slicer_sends_single_bytes),
        PROXY_TEST(a_cut_ends_the_connection_after_so_many_bytes),
        PROXY_TEST(a_reset_is_a_reset),
        PROXY_TEST(what_is_held_arrives_when_it_is_let_go),
        PROXY_TEST(a_half_open_connection_stays_and_never_speaks_again),
        PROXY_TEST(one_byte_arrives_as_another),
        PROXY_TEST(new_connections_are_refused_and_open_ones_stay),
        cmocka_unit_test(a_unix_socket_may_stand_behind_it),
        PROXY_TEST(orders_that_are_none_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
