/*
 * Sources of states that want more than to give a state: to send a secret elsewhere, to reach what
 * is not public, to hold the worker for ever.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "common/aws/aws_credentials.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "worker/hcl/state/state.h"
#include "worker/state_source.h"

#include "common/http/http.h"

#define ANSWER(status, headers, body)                                                              \
    "HTTP/1.1 " status "\r\nConnection: close\r\n" headers "\r\n" body

/* One fetch with a client of its own. */
static int fetch(const struct state_source *source, bool allow_private, struct err *err)
{
    CLEANUP(http_freep) struct http *http = NULL;
    CLEANUP(aws_chain_freep) struct aws_chain *chain = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(HCL_STATE_MAX_BYTES);
    struct http_options options = {.user_agent = "test/1", .allow_private = allow_private};

    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t-key", 1);
    setenv("AWS_SESSION_TOKEN", "s3cr3t-token", 1);
    setenv("PLUMB_TEST_STATE_TOKEN", "s3cr3t-bearer", 1);
    bytes.secret = true;
    assert_ok(http_new(&http, &options, err), *err);
    assert_ok(aws_chain_new(&chain, &(struct aws_chain_options){.user_agent = "test/1"}, err),
              *err);
    struct state_fetch fetch = {
        .source = source, .location = source->source, .http = http, .chain = chain};
    return state_source_fetch(&fetch, &bytes, err);
}

static void a_redirect_takes_no_secret_elsewhere(void **state)
{
    static const struct raw_answer other_answers[] = {
        {.text = ANSWER("200 OK", "", "{\"version\": 4}")}};
    static const char *const statuses[] = {"301 M", "302 F", "303 S", "307 T", "308 P"};
    CLEANUP(raw_server_stopp) struct raw_server *other = raw_server_start(other_answers, 1);
    char answer[300], url[200];
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 %s\r\nConnection: close\r\nLocation: http://127.0.0.1:%d/x\r\n\r\n",
                 statuses[i], raw_server_port(other));
        struct raw_answer first = {.text = answer};
        CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(&first, 1);
        (void)str_copy(url, sizeof url, raw_server_url(server, "/state"));
        struct state_source http = {.source = url, .token_env = "PLUMB_TEST_STATE_TOKEN"};
        assert_int_equal(fetch(&http, true, &err), ERR_REJECT);
        assert_has(err.text, "HTTP 30");
        assert_lacks(err.text, "s3cr3t");
        CLEANUP(mem_freep) char *request = raw_server_request(server, 0);
        assert_has(request, "Authorization: Bearer s3cr3t-bearer");

        struct state_source s3 = {.source = "s3://acme/k", .endpoint = url};
        assert_int_equal(fetch(&s3, true, &err), ERR_REJECT);
        assert_has(err.text, "HTTP 30");
    }
    assert_int_equal(raw_server_count(other), 0);
}

static void what_is_not_public_is_not_asked_unless_it_is_allowed(void **state)
{
    static const struct raw_answer answers[] = {{.text = ANSWER("200 OK", "", "{\"version\": 4}")}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, 1);
    struct state_source http = {.source = raw_server_url(server, "/state")};
    struct state_source s3 = {.source = "s3://acme/k", .endpoint = http.source};
    struct err err = {0};

    (void)state;
    assert_int_equal(fetch(&http, false, &err), ERR_REJECT);
    assert_has(err.text, "127.0.0.1");
    assert_int_equal(fetch(&s3, false, &err), ERR_REJECT);
    assert_int_equal(raw_server_count(server), 0);
    assert_ok(fetch(&http, true, &err), err);
}

/* Whatever is allowed, a state is not there, and the keys of this machine are. */
static void a_cloud_s_credential_endpoints_are_never_a_source(void **state)
{
    static const char *const urls[] = {
        "http://169.254.169.254/latest/meta-data/", "http://169.254.170.2/v2/credentials",
        "http://[::ffff:169.254.169.254]/latest/",  "http://2852039166/latest/",
        "http://[fd00:ec2::254]/latest/",
    };
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct state_source http = {.source = urls[i]};
        struct state_source s3 = {.source = "s3://acme/k", .endpoint = urls[i]};
        if (fetch(&http, true, &err) != ERR_REJECT ||
            strstr(err.text, "refused, the address") == NULL)
            fail_msg("%s: %s", urls[i], err.text);
        if (fetch(&s3, true, &err) != ERR_REJECT ||
            strstr(err.text, "refused, the address") == NULL)
            fail_msg("s3 at %s: %s", urls[i], err.text);
    }
}

static void a_secret_that_cannot_be_sent_is_not_told(void **state)
{
    static const struct raw_answer answers[] = {{.text = ANSWER("200 OK", "", "{\"version\": 4}")}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, 1);
    struct state_source source = {.source = raw_server_url(server, "/state"),
                                  .token_env = "PLUMB_TEST_STATE_BROKEN"};
    struct err err = {0};

    (void)state;
    setenv("PLUMB_TEST_STATE_BROKEN", "s3cr3t\x01\x7f", 1);
    assert_int_equal(fetch(&source, true, &err), ERR_REJECT);
    assert_has(err.text, "Authorization");
    assert_lacks(err.text, "s3cr3t");
    assert_int_equal(raw_server_count(server), 0);
}

static void what_is_no_file_is_refused_and_not_waited_for(void **state)
{
    char *dir = temp_dir_make();
    char pipe[1024];
    struct err err = {0};

    (void)state;
    snprintf(pipe, sizeof pipe, "%s/pipe", dir);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(fetch(&(struct state_source){.source = pipe}, true, &err), ERR_REJECT);
    assert_has(err.text, "not a regular file");
    assert_int_equal(fetch(&(struct state_source){.source = "/dev/zero"}, true, &err), ERR_REJECT);
    assert_has(err.text, "not a regular file");
    assert_int_equal(fetch(&(struct state_source){.source = "/"}, true, &err), ERR_REJECT);
    assert_has(err.text, "names no file");
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_redirect_takes_no_secret_elsewhere),
        cmocka_unit_test(what_is_not_public_is_not_asked_unless_it_is_allowed),
        cmocka_unit_test(a_cloud_s_credential_endpoints_are_never_a_source),
        cmocka_unit_test(a_secret_that_cannot_be_sent_is_not_told),
        cmocka_unit_test(what_is_no_file_is_refused_and_not_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
