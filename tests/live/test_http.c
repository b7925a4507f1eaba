/*
 * The HTTP client against a scripted server: whole answers, attempts and waits, and servers that
 * break in every way a server can.
 */
#include "common/clock.h"
#include "tests/support/http_scene.h"

#include <stdio.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CLOCKS_DIFFER_MS                                                                           \
    10 /* curl's clock and ours each cut to whole milliseconds, at other moments */

/* --- answers --- */

static void an_answer_brings_status_headers_and_body(void **state)
{
    char scratch[64];
    char tiny[3];

    (void)state;
    SCENE(s, {.text = HTTP_OK});
    assert_int_equal(scene_get(&s), 0);
    assert_int_equal(s.response.status, 200);
    assert_string_equal(buf_str(&s.response.body), "ok");
    assert_string_equal(http_response_header(&s.response, "X-Kind", scratch, sizeof scratch),
                        "good");
    assert_null(http_response_header(&s.response, "X-Kin", scratch, sizeof scratch));
    assert_null(http_response_header(&s.response, "x-kind", tiny, sizeof tiny));
}

static void every_request_says_who_asks_and_nothing_else(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_OK});
    assert_int_equal(scene_post(&s, false, 0), 0);
    CLEANUP(mem_freep) char *request = raw_server_request(s.server, 0);
    assert_true(text_has(request, "\r\nUser-Agent: plumbline-test/1\r\n"));
    assert_true(text_has(request, "\r\nContent-Length: 2\r\n"));
    assert_false(text_has(request, "\r\nExpect:"));
    assert_false(text_has(request, "\r\nAccept-Encoding:"));
    assert_false(text_has(request, "\r\nContent-Type:"));
    assert_false(text_has(request, "\r\nCookie:"));
    assert_true(str_ends(request, "\r\n\r\n{}"));
}

static void headers_and_methods_go_out_as_given(void **state)
{
    struct http_header headers[] = {{"Authorization", "Bearer abc"}, {"X-Empty", ""}};

    (void)state;
    SCENE(s, {.text = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"});
    struct http_request request = {.method = "PATCH",
                                   .url = raw_server_url(s.server, "/a?b=c"),
                                   .headers = headers,
                                   .n_headers = COUNT(headers)};
    assert_int_equal(http_send(s.http, &request, &s.response, &s.err), 0);
    assert_int_equal(s.response.status, 204);
    CLEANUP(mem_freep) char *sent = raw_server_request(s.server, 0);
    assert_true(str_starts(sent, "PATCH /a?b=c HTTP/1.1\r\n"));
    assert_true(text_has(sent, "\r\nAuthorization: Bearer abc\r\n"));
    assert_true(text_has(sent, "\r\nX-Empty:\r\n"));
    assert_true(text_has(sent, "\r\nContent-Length: 0\r\n"));
}

static void a_4xx_is_an_answer_like_any_other(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 422 No\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbad"});
    assert_int_equal(scene_get(&s), 0);
    assert_int_equal(s.response.status, 422);
    assert_string_equal(buf_str(&s.response.body), "bad");
    assert_int_equal(raw_server_count(s.server), 1);
}

static void the_environments_proxy_is_not_asked(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_OK});
    setenv("http_proxy", "http://127.0.0.1:9", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
    int r = scene_get(&s);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_int_equal(r, 0);
}

static void a_given_proxy_is_used(void **state)
{
    struct http_response response;
    struct err err = {0};
    char proxy[64];

    (void)state;
    SCENE(s, {.text = HTTP_OK});
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", raw_server_port(s.server));
    CLEANUP(http_freep) struct http *http = scene_http(&(struct http_options){.proxy = proxy});
    assert_int_equal(http_get(http, "http://example.test/p", &response, &err), 0);
    http_response_done(&response);
    CLEANUP(mem_freep) char *sent = raw_server_request(s.server, 0);
    assert_true(str_starts(sent, "GET http://example.test/p HTTP/1.1\r\n"));
}

/* --- retries --- */

static void a_503_is_tried_again_until_it_works(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_BUSY("")}, {.text = HTTP_BUSY("")}, {.text = HTTP_OK});
    assert_int_equal(scene_get(&s), 0);
    assert_string_equal(buf_str(&s.response.body), "ok");
    assert_int_equal(raw_server_count(s.server), 3);
}

static void after_the_last_attempt_the_answer_is_still_shown(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_BUSY("")});
    assert_int_equal(scene_get(&s), ERR_RETRY);
    assert_int_equal(s.err.retry_after_ms, 0);
    assert_int_equal(s.response.status, 503);
    assert_string_equal(buf_str(&s.response.body), "busy");
    assert_int_equal(raw_server_count(s.server), 3);
}

static void a_short_retry_after_is_waited_for(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_BUSY("Retry-After: 1\r\n")}, {.text = HTTP_OK});
    int64_t began_ms = clock_mono_ms();
    assert_int_equal(scene_get(&s), 0);
    assert_true(clock_mono_ms() - began_ms >= 1000);
}

static void a_long_retry_after_is_handed_up_at_once(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_BUSY("Retry-After: 120\r\n")});
    int64_t began_ms = clock_mono_ms();
    assert_int_equal(scene_get(&s), ERR_RETRY);
    assert_int_equal(s.err.retry_after_ms, 120000);
    assert_int_equal(raw_server_count(s.server), 1);
    assert_true(clock_mono_ms() - began_ms < 5000);
}

static void a_retry_after_may_be_a_date(void **state)
{
    static char answer[512];
    char date[64];
    time_t when = time(NULL) + 3600;
    struct tm tm;

    (void)state;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&when, &tm));
    snprintf(answer, sizeof answer,
             "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n", date);
    SCENE(s, {.text = answer});
    assert_int_equal(scene_get(&s), ERR_RETRY);
    assert_in_range(s.err.retry_after_ms, 3500 * 1000, 3600 * 1000);
}

/* A whole partition of a retry topic would stand still behind the one that was told so. */
static void no_retry_after_asks_for_more_than_two_hours(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_BUSY("Retry-After: 86000\r\n")});
    assert_int_equal(scene_get(&s), ERR_RETRY);
    assert_int_equal(s.err.retry_after_ms, 7200 * 1000);
}

static void an_unreadable_retry_after_is_no_retry_after(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_BUSY("Retry-After: soon, maybe\r\n")}, {.text = HTTP_OK});
    assert_int_equal(scene_get(&s), 0);
}

static void a_post_that_may_have_worked_is_not_sent_again(void **state)
{
    (void)state;
    SCENE(s, {.reset = true}, {.text = HTTP_OK});
    assert_int_equal(scene_post(&s, false, 3), ERR_RETRY);
    assert_int_equal(raw_server_count(s.server), 1);
    assert_int_equal(s.response.status, 0);
}

static void a_post_that_got_500_is_not_sent_again(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"}, {.text = HTTP_OK});
    assert_int_equal(scene_post(&s, false, 3), ERR_RETRY);
    assert_int_equal(raw_server_count(s.server), 1);
}

static void a_post_that_was_turned_away_is_sent_again_when_asked_to(void **state)
{
    (void)state;
    SCENE(s, {.text = HTTP_BUSY("")}, {.text = HTTP_OK});
    assert_int_equal(scene_post(&s, false, 2), 0);
    assert_int_equal(raw_server_count(s.server), 2);
}

static void an_idempotent_post_is_sent_again(void **state)
{
    (void)state;
    SCENE(s, {.reset = true}, {.text = HTTP_OK});
    assert_int_equal(scene_post(&s, true, 0), 0);
    assert_int_equal(raw_server_count(s.server), 2);
}

/* --- broken servers --- */

static void a_truncated_body_is_not_an_answer(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"});
    assert_int_equal(scene_get(&s), ERR_RETRY);
    assert_int_equal(raw_server_count(s.server), 3);
}

static void a_truncated_chunked_body_is_not_an_answer(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"});
    assert_int_equal(scene_get(&s), ERR_RETRY);
}

static void a_reset_is_tried_again(void **state)
{
    (void)state;
    SCENE(s, {.reset = true}, {.text = HTTP_OK});
    assert_int_equal(scene_get(&s), 0);
}

static void words_that_are_not_http_are_not_an_answer(void **state)
{
    (void)state;
    SCENE(s, {.text = "SSH-2.0-OpenSSH_9.2\r\n"});
    assert_int_equal(scene_get(&s), ERR_RETRY);
}

static int get_once(struct scene *s, const struct http_options *options)
{
    CLEANUP(http_freep) struct http *http = scene_http(options);
    struct http_request request = {
        .method = "GET", .url = raw_server_url(s->server, "/"), .max_attempts = 1};

    http_response_done(&s->response);
    return http_send(http, &request, &s->response, &s->err);
}

static void a_silent_server_is_given_up(void **state)
{
    struct http_options options = {.allow_private = true, .silence_timeout_ms = 300};

    (void)state;
    SCENE(s, {.silent = true},
          {.text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", .silent = true});
    int64_t began_ms = clock_mono_ms();
    assert_int_equal(get_once(&s, &options), ERR_RETRY);
    assert_true(text_has(s.err.text, "silent"));
    assert_int_equal(get_once(&s, &options), ERR_RETRY);
    assert_true(text_has(s.err.text, "silent"));
    assert_in_range(clock_mono_ms() - began_ms, 2 * 300 - CLOCKS_DIFFER_MS, 5000);
}

static void a_slow_body_is_given_up_at_the_whole_requests_limit(void **state)
{
    struct http_options options = {.allow_private = true, .timeout_ms = 500};

    (void)state;
    SCENE(s, {.text = HTTP_OK, .piece_bytes = 1, .pause_ms = 50});
    int64_t began_ms = clock_mono_ms();
    assert_int_equal(get_once(&s, &options), ERR_RETRY);
    assert_in_range(clock_mono_ms() - began_ms, 500 - CLOCKS_DIFFER_MS, 5000);
}

static void a_slow_body_that_keeps_coming_is_not_silence(void **state)
{
    struct http_options options = {.allow_private = true, .silence_timeout_ms = 400};

    (void)state;
    SCENE(s, {.text = HTTP_OK, .piece_bytes = 4, .pause_ms = 40});
    assert_int_equal(get_once(&s, &options), 0);
}

static void a_body_over_the_cap_is_refused_while_it_comes(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 200 OK\r\n\r\n", .filler_bytes = (size_t)10 * 1024 * 1024});
    assert_int_equal(scene_get(&s), ERR_REJECT);
    assert_true(s.response.body.len <= HTTP_BODY_MAX_BYTES);
    assert_int_equal(raw_server_count(s.server), 1);
}

static void a_flood_of_headers_is_refused(void **state)
{
    static char flood[200 * 1024];
    size_t len = (size_t)snprintf(flood, sizeof flood, "HTTP/1.1 200 OK\r\n");

    (void)state;
    while (len + 64 < sizeof flood)
        len +=
            (size_t)snprintf(flood + len, sizeof flood - len, "X-%zu: aaaaaaaaaaaaaaaa\r\n", len);
    SCENE(s, {.text = flood});
    assert_int_equal(scene_get(&s), ERR_REJECT);
    assert_true(text_has(s.err.text, "headers"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_brings_status_headers_and_body),
        cmocka_unit_test(every_request_says_who_asks_and_nothing_else),
        cmocka_unit_test(headers_and_methods_go_out_as_given),
        cmocka_unit_test(a_4xx_is_an_answer_like_any_other),
        cmocka_unit_test(the_environments_proxy_is_not_asked),
        cmocka_unit_test(a_given_proxy_is_used),
        cmocka_unit_test(a_503_is_tried_again_until_it_works),
        cmocka_unit_test(after_the_last_attempt_the_answer_is_still_shown),
        cmocka_unit_test(a_short_retry_after_is_waited_for),
        cmocka_unit_test(a_long_retry_after_is_handed_up_at_once),
        cmocka_unit_test(a_retry_after_may_be_a_date),
        cmocka_unit_test(no_retry_after_asks_for_more_than_two_hours),
        cmocka_unit_test(an_unreadable_retry_after_is_no_retry_after),
        cmocka_unit_test(a_post_that_may_have_worked_is_not_sent_again),
        cmocka_unit_test(a_post_that_got_500_is_not_sent_again),
        cmocka_unit_test(a_post_that_was_turned_away_is_sent_again_when_asked_to),
        cmocka_unit_test(an_idempotent_post_is_sent_again),
        cmocka_unit_test(a_truncated_body_is_not_an_answer),
        cmocka_unit_test(a_truncated_chunked_body_is_not_an_answer),
        cmocka_unit_test(a_reset_is_tried_again),
        cmocka_unit_test(words_that_are_not_http_are_not_an_answer),
        cmocka_unit_test(a_silent_server_is_given_up),
        cmocka_unit_test(a_slow_body_is_given_up_at_the_whole_requests_limit),
        cmocka_unit_test(a_slow_body_that_keeps_coming_is_not_silence),
        cmocka_unit_test(a_body_over_the_cap_is_refused_while_it_comes),
        cmocka_unit_test(a_flood_of_headers_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
