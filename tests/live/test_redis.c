/* Redis' door against a real redis-server: every way in, every way to fail. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/redis/redis.h"
#include "tests/support/redis_server.h"

static int open_url(struct redis **out, const char *url, const char *ca_file, struct err *err)
{
    return redis_new(
        out, &(struct redis_options){.url = url, .ca_file = ca_file, .timeout_ms = 2000}, err);
}

static void speaks(const struct redis_server_options *options)
{
    struct redis_server *server = redis_start_with(options);
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(mem_freep) char *text = NULL;

    (void)redis_do(redis, "SET name value");
    text = redis_ask(redis, "GET name");
    assert_string_equal(text, "value");
    redis_stop(server);
}

static void it_speaks_over_a_unix_socket(void **state)
{
    (void)state;
    speaks(&(struct redis_server_options){0});
    speaks(&(struct redis_server_options){.password = "open-sesame"});
}

static void it_speaks_over_tcp_with_password_or_acl_user(void **state)
{
    (void)state;
    speaks(&(struct redis_server_options){.tcp = true});
    speaks(&(struct redis_server_options){.tcp = true, .password = "open-sesame"});
    speaks(&(struct redis_server_options){.tcp = true, .password = "open-sesame", .user = "ali"});
}

static void it_speaks_over_tls(void **state)
{
    (void)state;
    speaks(&(struct redis_server_options){.tls = true});
    speaks(&(struct redis_server_options){.tls = true, .password = "open-sesame", .user = "ali"});
}

static void a_tls_server_must_show_a_certificate_we_trust(void **state)
{
    struct redis_server *server = redis_start_with(&(struct redis_server_options){.tls = true});
    struct redis_server *other = redis_start_with(&(struct redis_server_options){.tls = true});
    CLEANUP(redis_freep) struct redis *redis = NULL;
    struct err err;

    (void)state;
    assert_int_equal(open_url(&redis, redis_server_url(server), redis_server_ca_file(other), &err),
                     0);
    assert_int_equal(redis_ping(redis, &err), ERR_RETRY);
    assert_non_null(strstr(err.text, "TLS: self-signed"));
    redis_free(redis);

    assert_int_equal(open_url(&redis, redis_server_url(server), "/nowhere/ca.pem", &err), 0);
    assert_int_equal(redis_ping(redis, &err), ERR_FATAL);
    redis_stop(other);
    redis_stop(server);
}

static void wrong_credentials_are_fatal(void **state)
{
    struct redis_server *server =
        redis_start_with(&(struct redis_server_options){.tcp = true, .password = "open-sesame"});
    const char *port = strrchr(redis_server_url(server), ':') + 1;
    const char *const credentials[] = {"", ":wrong-password@", "nobody:wrong-password@"};
    char url[128];
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(credentials); i++) {
        CLEANUP(redis_freep) struct redis *redis = NULL;

        snprintf(url, sizeof url, "redis://%s127.0.0.1:%s", credentials[i], port);
        assert_int_equal(open_url(&redis, url, NULL, &err), 0);
        assert_int_equal(redis_ping(redis, &err), ERR_FATAL);
        assert_null(strstr(err.text, "wrong-password"));
    }
    redis_stop(server);
}

static void a_password_may_hold_any_character(void **state)
{
    struct redis_server *server =
        redis_start_with(&(struct redis_server_options){.tcp = true, .password = "p@:/?%x"});
    const char *port = strrchr(redis_server_url(server), ':') + 1;
    CLEANUP(redis_freep) struct redis *redis = NULL;
    char url[128];
    struct err err;

    (void)state;
    snprintf(url, sizeof url, "redis://:p%%40%%3a%%2F%%3f%%25x@127.0.0.1:%s/3", port);
    assert_int_equal(open_url(&redis, url, NULL, &err), 0);
    assert_int_equal(redis_ping(redis, &err), 0);
    redis_stop(server);
}

static void the_database_of_the_url_is_chosen(void **state)
{
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *zero = redis_server_open(server, 0);
    CLEANUP(redis_freep) struct redis *five = NULL;
    char url[256];
    struct err err;

    (void)state;
    snprintf(url, sizeof url, "%s?db=5", redis_server_url(server));
    assert_int_equal(open_url(&five, url, NULL, &err), 0);
    (void)redis_do(five, "SET only here");
    assert_int_equal(redis_do(zero, "EXISTS only"), 0);
    assert_int_equal(redis_do(five, "EXISTS only"), 1);
    redis_stop(server);
}

static void a_killed_server_is_a_retry_and_works_again_after_restart(void **state)
{
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    struct err err;

    (void)state;
    assert_int_equal(redis_ping(redis, &err), 0);
    redis_kill(server);
    assert_int_equal(redis_ping(redis, &err), ERR_RETRY);
    assert_int_equal(redis_ping(redis, &err), ERR_RETRY);
    redis_restart(server);
    assert_int_equal(redis_ping(redis, &err), 0);

    /* and when nobody noticed the restart */
    redis_restart(server);
    assert_int_equal(redis_ping(redis, &err), 0);
    redis_stop(server);
}

static void a_connection_closed_while_idle_costs_nothing(const struct redis_server_options *options)
{
    struct redis_server *server = redis_start_with(options);
    CLEANUP(redis_freep) struct redis *idle = redis_server_open(server, 0);
    CLEANUP(redis_freep) struct redis *other = redis_server_open(server, 0);
    struct err err;

    assert_int_equal(redis_ping(idle, &err), 0);
    assert_int_equal(redis_do(other, "CLIENT KILL TYPE normal SKIPME yes"), 1);
    assert_int_equal(redis_ping(idle, &err), 0);
    redis_stop(server);
}

static void an_idle_connection_that_was_closed_is_replaced(void **state)
{
    (void)state;
    a_connection_closed_while_idle_costs_nothing(&(struct redis_server_options){0});
    a_connection_closed_while_idle_costs_nothing(&(struct redis_server_options){.tls = true});
}

static void a_silent_server_is_a_retry_within_the_deadline(void **state)
{
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 200);
    CLEANUP(mem_freep) char *text = NULL;
    int64_t began;
    struct err err;

    (void)state;
    (void)redis_do(redis, "SET question answer");
    redis_freeze(server);
    began = clock_mono_ms();
    assert_int_equal(redis_ping(redis, &err), ERR_RETRY);
    assert_non_null(strstr(err.text, "timed out"));
    assert_in_range(clock_mono_ms() - began, 190, 2000);
    redis_thaw(server);

    /* The PONG of the timed-out PING must not answer this one. */
    redis_free(STEAL(redis));
    redis = redis_server_open(server, 0);
    text = redis_ask(redis, "GET question");
    assert_string_equal(text, "answer");
    redis_stop(server);
}

static void a_late_answer_never_answers_the_next_command(void **state)
{
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 200);
    struct redis_reply *reply = NULL;
    struct err err;

    (void)state;
    assert_int_equal(redis_ping(redis, &err), 0);
    redis_freeze(server);
    assert_int_equal(
        redis_command(redis, &reply, &err, 2, (const char *const[]){"ECHO", "late"}, NULL),
        ERR_RETRY);
    redis_thaw(server);
    for (int tries = 0;
         redis_command(redis, &reply, &err, 2, (const char *const[]){"ECHO", "next"}, NULL) != 0;
         tries++)
        assert_in_range(tries, 0, 50);
    assert_string_equal(redis_reply_text(reply, NULL), "next");
    redis_reply_free(reply);
    redis_stop(server);
}

/* A listener that answers every connection with the same bytes. */
struct parrot {
    pthread_t thread;
    int fd;
    char path[64];
    const char *line;
};

static void *parrot_run(void *context)
{
    struct parrot *parrot = context;
    char bytes[512];
    int fd;

    while ((fd = accept(parrot->fd, NULL, NULL)) >= 0) {
        if (recv(fd, bytes, sizeof bytes, 0) > 0)
            (void)send(fd, parrot->line, strlen(parrot->line), MSG_NOSIGNAL);
        while (recv(fd, bytes, sizeof bytes, 0) > 0)
            ;
        close(fd);
    }
    return NULL;
}

static void parrot_start(struct parrot *parrot, const char *line)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    parrot->line = line;
    snprintf(parrot->path, sizeof parrot->path, "/tmp/plumb-parrot-%d", (int)getpid());
    strcpy(address.sun_path, parrot->path);
    unlink(parrot->path);
    parrot->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(parrot->fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(parrot->fd, 4), 0);
    assert_int_equal(pthread_create(&parrot->thread, NULL, parrot_run, parrot), 0);
}

static void parrot_stop(struct parrot *parrot)
{
    shutdown(parrot->fd, SHUT_RDWR);
    pthread_join(parrot->thread, NULL);
    close(parrot->fd);
    unlink(parrot->path);
}

static void row_17_error_answers_have_classes(void **state)
{
    static const struct {
        const char *line;
        int cls;
    } cases[] = {
        {"-LOADING Redis is loading the dataset in memory\r\n", ERR_RETRY},
        {"-OOM command not allowed when used memory > 'maxmemory'.\r\n", ERR_RETRY},
        {"-READONLY You can't write against a read only replica.\r\n", ERR_RETRY},
        {"-MASTERDOWN Link with MASTER is down\r\n", ERR_RETRY},
        {"-BUSY Redis is busy running a script.\r\n", ERR_RETRY},
        {"-TRYAGAIN Multiple keys request during rehashing of slot\r\n", ERR_RETRY},
        {"-ERR max number of clients reached\r\n", ERR_RETRY},
        {"-ERR Error running script (call to f_1): @user_script:3: -OOM command not\r\n",
         ERR_RETRY},
        {"-NOAUTH Authentication required.\r\n", ERR_FATAL},
        {"-WRONGPASS invalid username-password pair or user is disabled.\r\n", ERR_FATAL},
        {"-NOPERM this user has no permissions\r\n", ERR_FATAL},
        {"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n", ERR_REJECT},
        {"-ERR unknown command\r\n", ERR_REJECT},
        {"HTTP/1.1 400 Bad Request\r\n", ERR_RETRY},
        {"$-7\r\n", ERR_RETRY},
        {"", ERR_RETRY}, /* silence */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(redis_freep) struct redis *redis = NULL;
        struct parrot parrot;
        char url[96];
        struct err err;

        parrot_start(&parrot, cases[i].line);
        snprintf(url, sizeof url, "unix://%s", parrot.path);
        assert_int_equal(
            redis_new(&redis, &(struct redis_options){.url = url, .timeout_ms = 200}, &err), 0);
        assert_int_equal(redis_ping(redis, &err), cases[i].cls);
        assert_non_null(strstr(err.text, parrot.path));
        redis_free(STEAL(redis));
        parrot_stop(&parrot);
    }
}

static struct redis_script twice = {.text = "return {tonumber(ARGV[1]) * 2, KEYS[1], false}"};

static void a_script_survives_a_server_that_forgot_it(void **state)
{
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    struct err err;

    (void)state;
    for (int round = 0; round < 3; round++) {
        CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;

        if (round == 2)
            (void)redis_do(redis, "SCRIPT FLUSH");
        assert_int_equal(redis_script(redis, &twice, &reply, &err, 1, 2,
                                      (const char *const[]){"key", "21"}, NULL),
                         0);
        assert_int_equal(redis_reply_count(reply), 3);
        assert_int_equal(redis_reply_int(redis_reply_at(reply, 0)), 42);
        assert_string_equal(redis_reply_text(redis_reply_at(reply, 1), NULL), "key");
        assert_int_equal(redis_reply_kind(redis_reply_at(reply, 2)), REDIS_NIL);
        assert_null(redis_reply_at(reply, 3));
    }
    redis_stop(server);
}

static void values_may_hold_any_bytes(void **state)
{
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(redis_reply_freep) struct redis_reply *set = NULL;
    CLEANUP(redis_reply_freep) struct redis_reply *got = NULL;
    CLEANUP(mem_freep) char *big = calloc(1, 3000000);
    const size_t lens[] = {3, 1, 3000000};
    size_t len;
    struct err err;

    (void)state;
    memcpy(big + 1000, "\r\n$5\r\n", 6);
    assert_int_equal(
        redis_command(redis, &set, &err, 3, (const char *const[]){"SET", "k", big}, lens), 0);
    assert_int_equal(redis_command(redis, &got, &err, 2, (const char *const[]){"GET", "k"}, NULL),
                     0);
    assert_memory_equal(redis_reply_text(got, &len), big, 3000000);
    assert_int_equal(len, 3000000);
    redis_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_speaks_over_a_unix_socket),
        cmocka_unit_test(it_speaks_over_tcp_with_password_or_acl_user),
        cmocka_unit_test(it_speaks_over_tls),
        cmocka_unit_test(a_tls_server_must_show_a_certificate_we_trust),
        cmocka_unit_test(wrong_credentials_are_fatal),
        cmocka_unit_test(a_password_may_hold_any_character),
        cmocka_unit_test(the_database_of_the_url_is_chosen),
        cmocka_unit_test(a_killed_server_is_a_retry_and_works_again_after_restart),
        cmocka_unit_test(an_idle_connection_that_was_closed_is_replaced),
        cmocka_unit_test(a_silent_server_is_a_retry_within_the_deadline),
        cmocka_unit_test(a_late_answer_never_answers_the_next_command),
        cmocka_unit_test(row_17_error_answers_have_classes),
        cmocka_unit_test(a_script_survives_a_server_that_forgot_it),
        cmocka_unit_test(values_may_hold_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
