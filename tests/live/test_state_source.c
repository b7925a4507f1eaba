/*
 * Sources of states: files, Terraform's http backend and S3's own ways of saying no, from a server
 * that says exactly what a test scripted.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/aws/aws_credentials.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "worker/hcl/state/state.h"
#include "worker/state_source.h"

#include "common/http/http.h"

#define EMPTY "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n{\"version\": 4}"
#define ANSWER(status, headers, body)                                                              \
    "HTTP/1.1 " status "\r\nConnection: close\r\n" headers "\r\n" body

struct
try {
    struct http *http;
    struct aws_chain *chain;
    struct buf bytes;
    struct state_fetch fetch;
    struct err err;
};

static struct try try_start(void)
{
    struct try try = {.bytes = BUF(HCL_STATE_MAX_BYTES)};
    struct http_options options = {.user_agent = "test/1", .allow_private = true};

    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t-key", 1);
    setenv("AWS_SESSION_TOKEN", "s3cr3t-token", 1);
    unsetenv("AWS_ENDPOINT_URL_S3");
    unsetenv("AWS_ENDPOINT_URL");
    unsetenv("AWS_REGION");
    unsetenv("AWS_DEFAULT_REGION");
    try.bytes.secret = true;
    assert_ok(http_new(&try.http, &options, &try.err), try.err);
    assert_ok(
        aws_chain_new(&try.chain, &(struct aws_chain_options){.user_agent = "test/1"}, &try.err),
        try.err);
    return try;
}

static void try_end(struct try *try)
{
    buf_done(&try->bytes);
    aws_chain_free(try->chain);
    http_free(try->http);
}

static int run(struct try *try, const struct state_source *source, const char *location)
{
    try->fetch.source = source;
    try->fetch.location = location;
    try->fetch.http = try->http;
    try->fetch.chain = try->chain;
    buf_reset(&try->bytes);
    try->err.text[0] = '\0';
    return state_source_fetch(&try->fetch, &try->bytes, &try->err);
}

/* --- files --- */

static void a_file_is_read_again_only_when_it_changed(void **state)
{
    CLEANUP(try_end) struct try try = try_start();
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *path = temp_file_write(dir, "terraform.tfstate", "{\"version\": 4}");
    char url[1024];
    struct state_source source = {.source = path};

    (void)state;
    assert_ok(run(&try, &source, path), try.err);
    assert_string_equal(buf_str(&try.bytes), "{\"version\": 4}");
    assert_int_equal(run(&try, &source, path), STATE_UNCHANGED);
    CLEANUP(mem_freep) char *again = temp_file_write(dir, "terraform.tfstate", "{\"version\":  4}");
    snprintf(url, sizeof url, "file://%s", path);
    assert_ok(run(&try, &source, url), try.err);
    assert_string_equal(buf_str(&try.bytes), "{\"version\":  4}");
    unlink(path);
    assert_int_equal(run(&try, &source, path), ERR_REJECT);
    assert_has(try.err.text, "there is no state");
    assert_int_equal(run(&try, &source, dir), ERR_REJECT);
    assert_has(try.err.text, "not a regular file");
    temp_dir_remove(dir);
}

/* --- http --- */

static void the_http_backend_gets_basic_auth_and_the_etag(void **state)
{
    static const struct raw_answer answers[] = {{.text = EMPTY},
                                                {.text = ANSWER("304 Not Modified", "", "")}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(try_end) struct try try = try_start();
    const char *url = raw_server_url(server, "/state/prod?x=1");
    struct state_source source = {
        .source = url, .username = "gitlab", .password_env = "PLUMB_TEST_STATE_PASSWORD"};

    (void)state;
    setenv("PLUMB_TEST_STATE_PASSWORD", "pass:word-1", 1);
    assert_ok(run(&try, &source, url), try.err);
    assert_string_equal(try.fetch.etag, "\"v1\"");
    CLEANUP(mem_freep) char *first = raw_server_request(server, 0);
    assert_has(first, "GET /state/prod?x=1 HTTP/1.1");
    assert_has(first, "Authorization: Basic Z2l0bGFiOnBhc3M6d29yZC0x\r\n");
    assert_lacks(first, "If-None-Match");
    assert_int_equal(run(&try, &source, url), STATE_UNCHANGED);
    CLEANUP(mem_freep) char *second = raw_server_request(server, 1);
    assert_has(second, "If-None-Match: \"v1\"\r\n");
}

static void a_bearer_token_may_come_from_a_file(void **state)
{
    static const struct raw_answer answers[] = {{.text = EMPTY}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(try_end) struct try try = try_start();
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *path = temp_file_write(dir, "token", "t0ken-of-file\nrest\n");
    const char *url = raw_server_url(server, "/s");
    struct state_source source = {.source = url, .token_env = "PLUMB_TEST_STATE_TOKEN"};

    (void)state;
    unsetenv("PLUMB_TEST_STATE_TOKEN");
    unsetenv("PLUMB_TEST_STATE_TOKEN_FILE");
    assert_int_equal(run(&try, &source, url), ERR_REJECT);
    assert_has(try.err.text, "the variable PLUMB_TEST_STATE_TOKEN is not set");
    setenv("PLUMB_TEST_STATE_TOKEN_FILE", path, 1);
    assert_ok(run(&try, &source, url), try.err);
    CLEANUP(mem_freep) char *request = raw_server_request(server, 0);
    assert_has(request, "Authorization: Bearer t0ken-of-file\r\n");
    temp_dir_remove(dir);
}

struct answer_case {
    struct raw_answer answer;
    int r;
    const char *text;
};

static void every_answer_has_its_class(void **state)
{
    static const struct answer_case cases[] = {
        {{.text = ANSWER("404 Not Found", "", "")}, ERR_REJECT, "there is no state (HTTP 404)"},
        {{.text = ANSWER("204 No Content", "", "")}, ERR_REJECT, "there is no state (HTTP 204)"},
        {{.text = ANSWER("401 Unauthorized", "", "")}, ERR_REJECT, "access is refused (HTTP 401)"},
        {{.text = ANSWER("403 Forbidden", "", "")}, ERR_REJECT, "access is refused (HTTP 403)"},
        {{.text = ANSWER("302 Found", "Location: http://127.0.0.2/\r\n", "")},
         ERR_REJECT,
         "HTTP 302"},
        {{.text = ANSWER("429 Slow", "Retry-After: 60\r\n", "")}, ERR_RETRY, "429"},
        {{.text = ANSWER("503 Busy", "Retry-After: 60\r\n", "")}, ERR_RETRY, "503"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(&cases[i].answer, 1);
        CLEANUP(try_end) struct try try = try_start();
        const char *url = raw_server_url(server, "/state?token=s3cr3t-in-url");
        struct state_source source = {.source = url};
        assert_int_equal(run(&try, &source, url), cases[i].r);
        assert_has(try.err.text, cases[i].text);
        assert_lacks(try.err.text, "s3cr3t-in-url");
    }
}

static void a_state_over_the_limit_is_refused(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = ANSWER("200 OK", "", ""), .filler_bytes = 65 * 1024 * 1024}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(try_end) struct try try = try_start();
    const char *url = raw_server_url(server, "/huge");
    struct state_source source = {.source = url};

    (void)state;
    assert_int_equal(run(&try, &source, url), ERR_REJECT);
    assert_has(try.err.text, "longer than 67108864 bytes");
}

/* --- S3 --- */

#define ERROR_XML(code) "<?xml version=\"1.0\"?>\n<Error><Code>" code "</Code></Error>"

static int run_s3(struct try *try, struct raw_server *server, const char *location)
{
    struct state_source source = {.source = location, .endpoint = raw_server_url(server, "/s3/")};

    return run(try, &source, location);
}

static void a_bucket_elsewhere_is_asked_for_in_its_own_region(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = ANSWER("301 Moved Permanently", "x-amz-bucket-region: eu-central-1\r\n",
                        ERROR_XML("PermanentRedirect"))},
        {.text = EMPTY},
    };
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(try_end) struct try try = try_start();

    (void)state;
    assert_ok(run_s3(&try, server, "s3://acme.states/a/../b c.tfstate"), try.err);
    CLEANUP(mem_freep) char *first = raw_server_request(server, 0);
    CLEANUP(mem_freep) char *second = raw_server_request(server, 1);
    assert_has(first, "GET /s3/acme.states/a/../b%20c.tfstate HTTP/1.1");
    assert_has(first, "/us-east-1/s3/aws4_request");
    assert_has(first, "X-Amz-Security-Token: s3cr3t-token");
    assert_has(second, "/eu-central-1/s3/aws4_request");
    assert_int_equal(raw_server_count(server), 2);
}

static void a_region_that_is_no_region_is_not_followed(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = ANSWER("400 Bad Request", "x-amz-bucket-region: evil.test/\r\n",
                        ERROR_XML("AuthorizationHeaderMalformed"))}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(try_end) struct try try = try_start();

    (void)state;
    assert_int_equal(run_s3(&try, server, "s3://acme/k"), ERR_REJECT);
    assert_has(try.err.text, "s3://acme/k: HTTP 400 AuthorizationHeaderMalformed");
    assert_int_equal(raw_server_count(server), 1);
}

static void two_buckets_that_point_at_each_other_end(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = ANSWER("301 M", "x-amz-bucket-region: eu-west-1\r\n", "")},
        {.text = ANSWER("301 M", "x-amz-bucket-region: eu-west-2\r\n", "")},
        {.text = ANSWER("301 M", "x-amz-bucket-region: eu-west-3\r\n", "")},
        {.text = EMPTY},
    };
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(try_end) struct try try = try_start();

    (void)state;
    assert_int_equal(run_s3(&try, server, "s3://acme/k"), ERR_REJECT);
    assert_has(try.err.text, "HTTP 301");
    assert_int_equal(raw_server_count(server), 3);
}

static void an_expired_token_is_tried_once_more(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = ANSWER("400 Bad Request", "", ERROR_XML("ExpiredToken"))}, {.text = EMPTY}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(try_end) struct try try = try_start();

    (void)state;
    assert_ok(run_s3(&try, server, "s3://acme/k"), try.err);
    assert_int_equal(raw_server_count(server), 2);
}

static void what_s3_refuses_is_told_without_secrets(void **state)
{
    static const struct answer_case cases[] = {
        {{.text = ANSWER("403 Forbidden", "", ERROR_XML("AccessDenied"))},
         ERR_REJECT,
         "s3://acme/k: access is refused (HTTP 403 AccessDenied): s3:GetObject"},
        {{.text = ANSWER("403 Forbidden", "", ERROR_XML("RequestTimeTooSkewed"))},
         ERR_REJECT,
         "clock is wrong"},
        {{.text = ANSWER("404 Not Found", "", ERROR_XML("NoSuchBucket"))},
         ERR_REJECT,
         "HTTP 404 NoSuchBucket"},
        {{.text = ANSWER("400 Bad Request", "", ERROR_XML("ThrottlingException"))},
         ERR_RETRY,
         "ThrottlingException"},
        {{.text = ANSWER("503 Slow Down", "Retry-After: 60\r\n", ERROR_XML("SlowDown"))},
         ERR_RETRY,
         "s3://acme/k: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(&cases[i].answer, 1);
        CLEANUP(try_end) struct try try = try_start();
        assert_int_equal(run_s3(&try, server, "s3://acme/k"), cases[i].r);
        assert_has(try.err.text, cases[i].text);
        assert_lacks(try.err.text, "s3cr3t");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_again_only_when_it_changed),
        cmocka_unit_test(the_http_backend_gets_basic_auth_and_the_etag),
        cmocka_unit_test(a_bearer_token_may_come_from_a_file),
        cmocka_unit_test(every_answer_has_its_class),
        cmocka_unit_test(a_state_over_the_limit_is_refused),
        cmocka_unit_test(a_bucket_elsewhere_is_asked_for_in_its_own_region),
        cmocka_unit_test(a_region_that_is_no_region_is_not_followed),
        cmocka_unit_test(two_buckets_that_point_at_each_other_end),
        cmocka_unit_test(an_expired_token_is_tried_once_more),
        cmocka_unit_test(what_s3_refuses_is_told_without_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
