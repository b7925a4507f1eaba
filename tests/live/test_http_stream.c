/* Redirects, stops and pulled bodies of the HTTP client, against a scripted server. */
#include "common/clock.h"
#include "tests/support/http_scene.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* --- redirects --- */

static void a_redirect_on_the_same_host_is_followed(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 302 F\r\nLocation: /new?q=1\r\nContent-Length: 3\r\n\r\nold"},
          {.text = HTTP_OK});
    assert_int_equal(scene_get(&s), 0);
    assert_string_equal(buf_str(&s.response.body), "ok");
    CLEANUP(mem_freep) char *sent = raw_server_request(s.server, 1);
    assert_true(str_starts(sent, "GET /new?q=1 HTTP/1.1\r\n"));
}

static void a_redirect_elsewhere_is_not_followed(void **state)
{
    static char answer[256];
    struct http_header authorization = {"Authorization", "Bearer secret"};

    (void)state;
    SCENE(other, {.text = HTTP_OK});
    snprintf(answer, sizeof answer, "HTTP/1.1 307 T\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
             raw_server_url(other.server, "/"));
    SCENE(s, {.text = answer});
    struct http_request request = {.method = "GET",
                                   .url = raw_server_url(s.server, "/"),
                                   .headers = &authorization,
                                   .n_headers = 1};
    assert_int_equal(http_send(s.http, &request, &s.response, &s.err), 0);
    assert_int_equal(s.response.status, 307);
    assert_int_equal(raw_server_count(other.server), 0);
}

static void a_post_is_not_redirected(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 307 T\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n"});
    assert_int_equal(scene_post(&s, true, 0), 0);
    assert_int_equal(s.response.status, 307);
    assert_int_equal(raw_server_count(s.server), 1);
}

static void a_circle_of_redirects_ends(void **state)
{
    (void)state;
    SCENE(s, {.text = "HTTP/1.1 301 M\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"});
    assert_int_equal(scene_get(&s), ERR_REJECT);
    assert_int_equal(raw_server_count(s.server), 6);
}

/* --- stopping --- */

static bool after_a_moment(void *context)
{
    return clock_mono_ms() >= *(int64_t *)context;
}

static void a_stop_ends_every_wait(void **state)
{
    static const struct raw_answer silent = {.silent = true};
    static const struct raw_answer busy = {.text = HTTP_BUSY("Retry-After: 9\r\n")};
    static const struct raw_answer *const answers[] = {&silent, &busy};

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers[i], 1);
        int64_t stop_at_ms = clock_mono_ms() + 300;
        CLEANUP(http_freep)
        struct http *http = scene_http(&(struct http_options){
            .allow_private = true, .should_stop = after_a_moment, .stop_context = &stop_at_ms});
        struct http_response response;
        struct err err = {0};
        assert_int_equal(http_get(http, raw_server_url(server, "/"), &response, &err), ERR_RETRY);
        assert_true(text_has(err.text, "stopped"));
        assert_true(clock_mono_ms() - stop_at_ms < 3000);
        http_response_done(&response);
    }
}

/* --- streams --- */

static void a_stream_is_pulled_and_a_slow_reader_slows_the_server(void **state)
{
    const size_t total = (size_t)64 * 1024 * 1024;
    static char piece[1024 * 1024];
    size_t got = 0;
    size_t len;
    int status;

    (void)state;
    SCENE(s, {.text = "HTTP/1.1 200 OK\r\n\r\n", .filler_bytes = (size_t)64 * 1024 * 1024});
    CLEANUP(http_stream_closep) struct http_stream *stream = NULL;
    struct http_request request = {.method = "GET", .url = raw_server_url(s.server, "/")};
    assert_int_equal(http_stream_open(s.http, &request, &stream, &status, &s.err), 0);
    assert_int_equal(status, 200);
    do {
        assert_int_equal(http_stream_read(stream, piece, sizeof piece, &len, &s.err), 0);
        got += len;
        /* What is on its way sits in the kernel's socket buffers, not with us. */
        assert_true(raw_server_sent_bytes(s.server) <= got + (size_t)24 * 1024 * 1024);
    } while (len > 0);
    assert_int_equal(got, total);
}

static void a_stream_may_be_left_in_the_middle(void **state)
{
    char piece[100];
    size_t len;
    int status;

    (void)state;
    SCENE(s, {.text = "HTTP/1.1 200 OK\r\n\r\n", .filler_bytes = (size_t)4 * 1024 * 1024},
          {.text = HTTP_OK});
    struct http_request request = {.method = "GET", .url = raw_server_url(s.server, "/")};
    struct http_stream *stream = NULL;
    assert_int_equal(http_stream_open(s.http, &request, &stream, &status, &s.err), 0);
    assert_int_equal(http_stream_read(stream, piece, sizeof piece, &len, &s.err), 0);
    assert_true(len > 0);
    http_stream_close(stream);
    assert_int_equal(scene_get(&s), 0);
}

static void a_stream_that_breaks_says_so_after_its_bytes(void **state)
{
    char piece[64];
    size_t len = 0;
    int status;

    (void)state;
    SCENE(s, {.text = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"});
    CLEANUP(http_stream_closep) struct http_stream *stream = NULL;
    struct http_request request = {.method = "GET", .url = raw_server_url(s.server, "/")};
    assert_int_equal(http_stream_open(s.http, &request, &stream, &status, &s.err), 0);
    assert_int_equal(http_stream_read(stream, piece, sizeof piece, &len, &s.err), 0);
    assert_int_equal(len, 4);
    assert_int_equal(http_stream_read(stream, piece, sizeof piece, &len, &s.err), ERR_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_redirect_on_the_same_host_is_followed),
        cmocka_unit_test(a_redirect_elsewhere_is_not_followed),
        cmocka_unit_test(a_post_is_not_redirected),
        cmocka_unit_test(a_circle_of_redirects_ends),
        cmocka_unit_test(a_stop_ends_every_wait),
        cmocka_unit_test(a_stream_is_pulled_and_a_slow_reader_slows_the_server),
        cmocka_unit_test(a_stream_may_be_left_in_the_middle),
        cmocka_unit_test(a_stream_that_breaks_says_so_after_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
