/* Signed calls whose keys or clock the other side refuses, against a fake that checks signatures by
 * itself and a credential endpoint that says what it is told. */
#include "common/aws/aws_call.h"

#include <stdio.h>

#include "common/http/http.h"
#include "tests/support/fake.h"
#include "tests/support/raw_server.h"
#include "tests/support/test.h"

#define PATH "/model/global.anthropic.claude%3A0/invoke"
#define BODY                                                                                       \
    "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":1,\"system\":\"s\","             \
    "\"messages\":[{\"role\":\"user\",\"content\":\"u\"}],\"tools\":[{\"name\":\"t\","             \
    "\"input_schema\":{}}],\"tool_choice\":{\"type\":\"tool\",\"name\":\"t\"}}"
#define KEYS(id)                                                                                   \
    "HTTP/1.1 200 OK\r\n\r\n{\"AccessKeyId\":\"" id "\",\"SecretAccessKey\":\"secret-of-" id       \
    "\",\"Token\":\"token-of-" id "\",\"Expiration\":\"2099-01-01T00:00:00Z\"}"
#define KNOWN(id) id ":secret-of-" id ":token-of-" id

static const struct raw_answer endpoint[] = {
    {.text = KEYS("AKIAFIRST")}, {.text = KEYS("AKIASECOND")}, {.text = KEYS("AKIATHIRD")}};

struct scene {
    struct raw_server *endpoint;
    struct fake *fake;
    struct http *http;
    struct aws_chain *chain;
    struct http_response response;
    struct err err;
    char uri[200];
};

static const char *variables(void *context, const char *name)
{
    const struct scene *scene = context;

    return str_eq(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") ? scene->uri : NULL;
}

static struct fake *fake_with(const char *clock_offset)
{
    return fake_start("fake_llm", "--clock-offset", clock_offset, "--key", KNOWN("AKIAFIRST"),
                      "--key", KNOWN("AKIASECOND"), "--key", KNOWN("AKIATHIRD"), NULL);
}

static int up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    const struct http_options http = {.user_agent = "plumb-test", .allow_private = true};
    const struct aws_chain_options chain = {
        .user_agent = "plumb-test", .lookup = variables, .lookup_context = scene};

    scene->endpoint = raw_server_start(endpoint, COUNT(endpoint));
    (void)str_copy(scene->uri, sizeof scene->uri, raw_server_url(scene->endpoint, "/keys"));
    scene->fake = fake_with("0");
    assert_ok(http_new(&scene->http, &http, &scene->err), scene->err);
    assert_ok(aws_chain_new(&scene->chain, &chain, &scene->err), scene->err);
    *state = scene;
    return 0;
}

static int down(void **state)
{
    struct scene *scene = *state;

    http_response_done(&scene->response);
    aws_chain_free(scene->chain);
    http_free(scene->http);
    fake_stop(scene->fake);
    raw_server_stop(scene->endpoint);
    free(scene);
    return 0;
}

static void call(struct scene *scene)
{
    const struct http_header type = {"Content-Type", "application/json"};
    const struct aws_call call = {.chain = scene->chain,
                                  .http = scene->http,
                                  .endpoint = fake_url(scene->fake),
                                  .scope = {.region = "us-west-2", .service = "bedrock"},
                                  .method = "POST",
                                  .path = PATH,
                                  .headers = &type,
                                  .n_headers = 1,
                                  .body = BODY,
                                  .body_len = strlen(BODY)};

    http_response_done(&scene->response);
    assert_ok(aws_call(&call, &scene->response, &scene->err), scene->err);
}

static void expire(struct scene *scene, const char *id)
{
    char text[200];

    snprintf(text, sizeof text, "{'id': '%s', 'expired': true}", id);
    json_free(fake_post(scene->fake, "/_fake/keys", text));
}

static int64_t signatures(struct scene *scene)
{
    CLEANUP(json_freep) struct json *told = fake_state(scene->fake);

    return json_int(json_find(told, "fake.signatures"), -1);
}

static void a_call_is_signed_with_the_chains_keys(void **state)
{
    struct scene *scene = *state;

    call(scene);
    assert_int_equal(scene->response.status, 200);
    assert_int_equal(signatures(scene), 1);
}

static void keys_that_ran_out_are_fetched_anew_within_the_same_call(void **state)
{
    struct scene *scene = *state;

    expire(scene, "AKIAFIRST");
    call(scene);
    assert_int_equal(scene->response.status, 200);
    assert_int_equal(signatures(scene), 2);
    assert_int_equal(raw_server_count(scene->endpoint), 2);
}

static void new_keys_that_ran_out_too_are_not_tried_again(void **state)
{
    struct scene *scene = *state;

    expire(scene, "AKIAFIRST");
    expire(scene, "AKIASECOND");
    call(scene);
    assert_int_equal(scene->response.status, 403);
    assert_int_equal(signatures(scene), 2);
    call(scene); /* by then the chain knows that they are no good */
    assert_int_equal(scene->response.status, 200);
}

static void a_wrong_clock_and_old_keys_are_both_mended(void **state)
{
    struct scene *scene = *state;

    fake_stop(scene->fake);
    scene->fake = fake_with("900");
    expire(scene, "AKIAFIRST");
    call(scene);
    assert_int_equal(scene->response.status, 200);
    assert_int_equal(signatures(scene), 3);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_call_is_signed_with_the_chains_keys),
        LIVE(keys_that_ran_out_are_fetched_anew_within_the_same_call),
        LIVE(new_keys_that_ran_out_too_are_not_tried_again),
        LIVE(a_wrong_clock_and_old_keys_are_both_mended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
