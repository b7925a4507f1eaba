/* Breakers and the retry budget in the HTTP client, against a scripted server. */
#include "common/http/http_hosts.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/metrics.h"
#include "tests/support/http_scene.h"
#include "tests/support/test.h"

#define LONG_MS 3600000

static const struct raw_answer broken = {
    .text = "HTTP/1.1 500 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"};
static const struct raw_answer limited = {
    .text = "HTTP/1.1 403 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"};

struct door {
    struct http_hosts *hosts;
    struct http *http;
    struct raw_server *server;
    struct http_response response;
    struct err err;
};

static struct door door_to(const struct raw_answer *answers, size_t n, int64_t open_ms)
{
    const struct breaker_rules rules = {.window_ms = LONG_MS, .open_ms = open_ms};
    struct door door = {.server = raw_server_start(answers, n)};

    metrics_reset();
    assert_int_equal(http_hosts_new(&door.hosts, &rules, &door.err), 0);
    door.http = scene_http(&(struct http_options){.hosts = door.hosts, .allow_private = true});
    return door;
}

static void door_done(struct door *door)
{
    http_free(door->http);
    http_hosts_free(door->hosts);
    raw_server_stop(door->server);
}

static int get(struct door *door, int attempts)
{
    const struct http_request request = {
        .method = "GET", .url = raw_server_url(door->server, "/x"), .max_attempts = attempts};
    int r = http_send(door->http, &request, &door->response, &door->err);

    http_response_done(&door->response);
    return r;
}

static void a_server_that_fails_is_left_alone_without_a_byte_sent(void **state)
{
    CLEANUP(door_done) struct door door = door_to(&broken, 1, LONG_MS);
    char host[64];

    (void)state;
    snprintf(host, sizeof host, "127.0.0.1:%d", raw_server_port(door.server));
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        assert_int_equal(door.err.retry_after_ms, 0);
        assert_int_equal(get(&door, 1), ERR_RETRY);
    }
    /* The failure that opens it is still that of who asked: only others are told to wait. */
    assert_int_equal(door.err.retry_after_ms, 0);
    assert_has(door.err.text, "500");
    for (int i = 0; i < 10; i++) {
        assert_int_equal(get(&door, 3), ERR_RETRY);
        assert_in_range(door.err.retry_after_ms, LONG_MS / 2, LONG_MS);
        assert_has(door.err.text, host);
    }
    assert_int_equal(raw_server_count(door.server), BREAKER_FAILURES);
    assert_int_equal(metric_value("plumb_breaker_state", host), BREAKER_OPEN);
    assert_int_equal(metric_value("plumb_breaker_opened_total", host), 1);
}

/* The breaker opens between its attempts: it is told how it failed, not that others have to wait.
 */
static void who_failed_itself_hears_of_its_own_failure(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = "HTTP/1.1 500 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"},
        {.text = "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}};
    CLEANUP(door_done) struct door door = door_to(answers, COUNT(answers), LONG_MS);

    (void)state;
    for (int i = 0; i < BREAKER_FAILURES - 1; i++)
        assert_int_equal(get(&door, 1), ERR_RETRY);
    assert_int_equal(get(&door, 3), ERR_RETRY);
    assert_int_equal(door.err.retry_after_ms, 0);
    assert_has(door.err.text, "503");
    assert_int_equal(raw_server_count(door.server), BREAKER_FAILURES);
    assert_int_equal(get(&door, 3), ERR_RETRY);
    assert_has(door.err.text, "left alone");
}

/* A server in trouble may say when it is well again: it has failed all the same. */
static void a_failure_that_says_when_is_still_one(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = "HTTP/1.1 503 No\r\nRetry-After: 99\r\nContent-Length: 0\r\n\r\n"},
        {.text = "HTTP/1.1 429 No\r\nRetry-After: 99\r\nContent-Length: 0\r\n\r\n"}};

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        CLEANUP(door_done) struct door door = door_to(&answers[i], 1, LONG_MS);

        assert_int_equal(get(&door, 1), ERR_RETRY);
        assert_int_equal(door.err.retry_after_ms, 99000);
        assert_int_equal(door.err.is_failure, i == 0);
    }
}

/* Its headers came and its body broke: that is one failure, and not an answer besides. */
static void an_exchange_counts_once_and_at_its_end(void **state)
{
    static const struct raw_answer half = {
        .text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", .reset = true};
    CLEANUP(door_done) struct door door = door_to(&half, 1, LONG_MS);

    (void)state;
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        assert_int_equal(get(&door, 1), ERR_RETRY);
        assert_null(strstr(door.err.text, "left alone"));
    }
    assert_int_equal(get(&door, 1), ERR_RETRY);
    assert_has(door.err.text, "left alone");
}

/* Whoever closes early has had an answer. */
static void a_probe_that_is_closed_before_its_end_closes_the_breaker(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.text = "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.text = "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.text = "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.text = "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.text = HTTP_OK}};
    CLEANUP(door_done) struct door door = door_to(answers, COUNT(answers), 300);
    const struct http_request request = {.method = "GET", .url = raw_server_url(door.server, "/x")};
    int64_t deadline_at_ms = clock_mono_ms() + 60000;
    struct http_stream *stream = NULL;
    char host[64];
    int status, r;

    (void)state;
    snprintf(host, sizeof host, "127.0.0.1:%d", raw_server_port(door.server));
    for (int i = 0; i < BREAKER_FAILURES; i++)
        assert_int_equal(get(&door, 1), ERR_RETRY);
    do
        r = http_stream_open(door.http, &request, &stream, &status, &door.err);
    while (r == ERR_RETRY && clock_mono_ms() < deadline_at_ms);
    assert_int_equal(r, 0);
    assert_int_equal(metric_value("plumb_breaker_state", host), BREAKER_HALF_OPEN);
    http_stream_close(stream);
    assert_int_equal(metric_value("plumb_breaker_state", host), BREAKER_CLOSED);
}

static void a_server_that_is_well_again_is_asked_again(void **state)
{
    static const struct raw_answer answers[] = {
        {.reset = true},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", .reset = true},
        {.text = "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n"},
        {.text = "nonsense\r\n\r\n"},
        {.text = "HTTP/1.1 504 No\r\nContent-Length: 0\r\n\r\n"},
        {.text = HTTP_OK}};
    CLEANUP(door_done) struct door door = door_to(answers, COUNT(answers), 300);
    int64_t deadline_at_ms = clock_mono_ms() + 60000;
    int r;

    (void)state;
    for (int i = 0; i < BREAKER_FAILURES; i++)
        assert_int_equal(get(&door, 1), ERR_RETRY);
    assert_int_equal(get(&door, 1), ERR_RETRY);
    assert_in_range(door.err.retry_after_ms, 1, 300);
    assert_int_equal(raw_server_count(door.server), BREAKER_FAILURES);
    do
        r = get(&door, 1);
    while (r == ERR_RETRY && clock_mono_ms() < deadline_at_ms);
    assert_int_equal(r, 0);
    assert_int_equal(raw_server_count(door.server), BREAKER_FAILURES + 1);
}

static void a_limit_is_no_failure(void **state)
{
    CLEANUP(door_done) struct door door = door_to(&limited, 1, LONG_MS);

    (void)state;
    for (int i = 0; i < 4 * BREAKER_FAILURES; i++)
        assert_int_equal(get(&door, 1), 0);
}

static void what_was_stopped_is_no_failure(void **state)
{
    static const struct raw_answer ok = {.text = HTTP_OK};
    CLEANUP(door_done) struct door door = door_to(&ok, 1, LONG_MS);
    bool is_probe;

    (void)state;
    for (int i = 0; i < 4 * BREAKER_FAILURES; i++)
        http_hosts_report(door.hosts, "h:1", 1000, false, BREAKER_UNKNOWN);
    assert_int_equal(http_hosts_ask(door.hosts, "h:1", 1000, &is_probe, &door.err), 0);
    assert_false(is_probe);
}

/* 503 with max_attempts 2 would be two requests each. */
static void a_spent_budget_ends_the_trying_again(void **state)
{
    CLEANUP(door_done) struct door door = door_to(&limited, 1, LONG_MS);
    static const struct raw_answer busy = {.text =
                                               "HTTP/1.1 429 No\r\nRetry-After: 0\r\n"
                                               "Content-Length: 0\r\nConnection: close\r\n\r\n"};
    int64_t now_ms = clock_mono_ms();

    (void)state;
    raw_server_stop(door.server);
    door.server = raw_server_start(&busy, 1);
    assert_int_equal(get(&door, 2), ERR_RETRY);
    assert_int_equal(raw_server_count(door.server), 2);
    while (http_hosts_may_retry(door.hosts, now_ms))
        ;
    assert_int_equal(get(&door, 2), ERR_RETRY);
    assert_int_equal(raw_server_count(door.server), 3);
    assert_true(metric_value("plumb_http_retries_refused_total", NULL) >= 2);
}

static void more_hosts_than_there_is_room_for_are_forgotten(void **state)
{
    CLEANUP(door_done) struct door door = door_to(&limited, 1, LONG_MS);
    char host[64];
    bool is_probe;

    (void)state;
    for (int i = 0; i < BREAKER_FAILURES; i++)
        http_hosts_report(door.hosts, "old:1", 1000, false, BREAKER_FAILED);
    assert_int_equal(http_hosts_ask(door.hosts, "old:1", 1000, &is_probe, &door.err), ERR_RETRY);
    for (int i = 0; i < 300; i++) {
        snprintf(host, sizeof host, "h%d:443", i);
        assert_int_equal(http_hosts_ask(door.hosts, host, 2000 + i, &is_probe, &door.err), 0);
    }
    assert_int_equal(http_hosts_ask(door.hosts, "old:1", 3000, &is_probe, &door.err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_fails_is_left_alone_without_a_byte_sent),
        cmocka_unit_test(who_failed_itself_hears_of_its_own_failure),
        cmocka_unit_test(a_failure_that_says_when_is_still_one),
        cmocka_unit_test(an_exchange_counts_once_and_at_its_end),
        cmocka_unit_test(a_probe_that_is_closed_before_its_end_closes_the_breaker),
        cmocka_unit_test(a_server_that_is_well_again_is_asked_again),
        cmocka_unit_test(a_limit_is_no_failure),
        cmocka_unit_test(what_was_stopped_is_no_failure),
        cmocka_unit_test(a_spent_budget_ends_the_trying_again),
        cmocka_unit_test(more_hosts_than_there_is_room_for_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
