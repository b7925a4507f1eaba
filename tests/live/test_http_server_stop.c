/* Stopping a server at any moment: a role that is told to stop must end, not abort. */
#include "common/http/http_server.h"
#include "tests/support/test.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STARTS = 400, THREADS = 4 };

/* Wakes the server's threads, so that they are at work when it is stopped. */
static int knock(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)connect(fd, (struct sockaddr *)&address, sizeof address);
    return fd;
}

static void *start_and_stop(void *context)
{
    const struct http_server_options options = {.address = "127.0.0.1"};
    struct err *err = context;

    for (int i = 0; i < STARTS; i++) {
        struct http_server *server = NULL;
        if (http_server_start(&server, &options, NULL, 0, err) < 0)
            return err;
        int fd = knock(http_server_port(server));
        close(fd);
        http_server_stop(server);
    }
    return NULL;
}

static void a_server_can_be_stopped_at_any_moment(void **state)
{
    pthread_t threads[THREADS];
    struct err errs[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, start_and_stop, &errs[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        if (failed != NULL)
            fail_msg("%s", errs[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_can_be_stopped_at_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
