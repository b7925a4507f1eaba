/* The fake of model APIs is as strict as the real ones: signatures by botocore's own vectors, keys
 * in the header of their API, and bodies member by member. */
#include <stdio.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/http/http.h"
#include "tests/support/fake.h"
#include "tests/support/test.h"

#define VECTOR_KEY   "AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define HEADERS_MAX  8
#define TOOLS        "'tools':[{'name':'t','input_schema':{}}]"
#define CHOICE       "'tool_choice':{'type':'tool','name':'t'}"
#define USER         "'messages':[{'role':'user','content':'u'}]"
#define MESSAGES     "'max_tokens':1,'system':'s'," USER "," TOOLS "," CHOICE
#define ANTHROPIC    "{'model':'m'," MESSAGES "}"
#define BEDROCK      "{'anthropic_version':'bedrock-2023-05-31'," MESSAGES "}"
#define BEDROCK_PATH "/model/global.m%3A0/invoke"

struct scene {
    struct fake *fake;
    struct http *http;
    struct http_response response;
    struct err err;
};

static int up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    const struct http_options http = {.user_agent = "plumb-test", .allow_private = true};

    assert_ok(http_new(&scene->http, &http, &scene->err), scene->err);
    *state = scene;
    return 0;
}

static int down(void **state)
{
    struct scene *scene = *state;

    http_response_done(&scene->response);
    http_free(scene->http);
    fake_stop(scene->fake);
    free(scene);
    return 0;
}

/* The status, also of those that http_send calls worth another try. */
static int post(struct scene *scene, const char *path, const struct http_header *headers, size_t n,
                const char *body)
{
    char url[600];

    snprintf(url, sizeof url, "%s%s", fake_url(scene->fake), path);
    const struct http_request request = {.method = "POST",
                                         .url = url,
                                         .headers = headers,
                                         .n_headers = n,
                                         .body = body,
                                         .body_len = strlen(body),
                                         .path_as_is = true};
    http_response_done(&scene->response);
    if (http_send(scene->http, &request, &scene->response, &scene->err) < 0 &&
        scene->response.status == 0)
        fail_msg("%s: %s", path, scene->err.text);
    return scene->response.status;
}

static int post_quoted(struct scene *scene, const char *path, const struct http_header *headers,
                       size_t n, const char *with_apostrophes)
{
    char body[4096];

    assert_true(str_copy(body, sizeof body, with_apostrophes));
    for (char *c = body; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return post(scene, path, headers, n, body);
}

/* --- signatures --- */

static struct json *read_vectors(void)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    char path[1024];
    struct json *json = NULL;
    struct err err = {0};

    snprintf(path, sizeof path, "%s/tests/data/sigv4/cases.json", getenv("PLUMB_SOURCE_DIR"));
    assert_ok(files_read(path, &text, &err), err);
    assert_ok(json_parse(&json, buf_str(&text), text.len, &err), err);
    return json;
}

static const struct json *vector(const struct json *vectors, const char *name)
{
    const struct json *cases = json_get(vectors, "cases");

    for (size_t i = 0; i < json_count(cases); i++) {
        if (str_eq(json_get_text(json_at(cases, i), "name", ""), name))
            return json_at(cases, i);
    }
    fail_msg("no vector %s", name);
    return NULL;
}

/* What is sent instead of what was signed; NULL: the vector's own. */
struct twist {
    const char *path, *body, *accept, *authorization;
};

static int post_vector(struct scene *scene, const struct json *one, const struct twist *twist)
{
    const char *token = json_get_text(one, "token", "");
    struct http_header headers[HEADERS_MAX] = {
        {"Host", json_get_text(one, "host", "")},
        {"Content-Type", "application/json"},
        {"Accept", twist->accept != NULL ? twist->accept : "application/json"},
        {"X-Amz-Date", "20260115T123045Z"},
        {"Authorization", twist->authorization != NULL ? twist->authorization
                                                       : json_get_text(one, "authorization", "")},
        {"X-Amz-Security-Token", token},
    };

    return post(scene, twist->path != NULL ? twist->path : json_get_text(one, "path", ""), headers,
                token[0] != '\0' ? 6 : 5,
                twist->body != NULL ? twist->body : json_get_text(one, "body", ""));
}

static void start_then(struct scene *scene, const char *key)
{
    char offset[32];
    int64_t then_ms = 0;

    assert_true(clock_parse_rfc3339("2026-01-15T12:30:45Z", &then_ms));
    snprintf(offset, sizeof offset, "%lld", (long long)((then_ms - clock_unix_ms()) / 1000));
    fake_stop(scene->fake);
    scene->fake = fake_start("fake_llm", "--clock-offset", offset, "--key", key, NULL);
}

/* The vectors' body is no question: past the signature it is a 400 of its own. */
static void signatures_of_botocore_are_taken(void **state)
{
    struct scene *scene = *state;
    CLEANUP(json_freep) struct json *vectors = read_vectors();
    const struct twist none = {0};

    start_then(scene, VECTOR_KEY);
    assert_int_equal(post_vector(scene, vector(vectors, "bedrock-invoke"), &none), 400);
    assert_int_equal(post_vector(scene, vector(vectors, "bedrock-raw-colon"), &none), 400);
    start_then(scene, VECTOR_KEY ":SESSIONTOKEN==");
    assert_int_equal(post_vector(scene, vector(vectors, "bedrock-invoke-session-token"), &none),
                     400);
}

static void what_was_changed_after_it_was_signed_is_refused(void **state)
{
    struct scene *scene = *state;
    CLEANUP(json_freep) struct json *vectors = read_vectors();
    const struct json *one = vector(vectors, "bedrock-invoke");
    const struct json *raw = vector(vectors, "bedrock-raw-colon");
    const struct twist twists[] = {
        {.body = "{}"},
        {.path = "/model/other%3A0/invoke"},
        {.accept = "text/plain"},
        {.authorization = json_get_text(raw, "authorization", "")}, /* %3A, signed as it was sent */
    };

    start_then(scene, VECTOR_KEY);
    for (size_t i = 0; i < COUNT(twists); i++) {
        assert_int_equal(post_vector(scene, one, &twists[i]), 403);
        assert_has(buf_str(&scene->response.body), "does not match");
    }
    start_then(scene, "AKIDEXAMPLE:another-secret");
    assert_int_equal(post_vector(scene, one, &(struct twist){0}), 403);
    start_then(scene, VECTOR_KEY ":SESSIONTOKEN==");
    assert_int_equal(post_vector(scene, one, &(struct twist){0}), 403);
}

static void headers_that_have_to_be_signed_are_missed(void **state)
{
    static const char *const lists[] = {"content-type;host", "host;x-amz-date",
                                        "content-type;x-amz-date"};
    struct scene *scene = *state;
    CLEANUP(json_freep) struct json *vectors = read_vectors();

    start_then(scene, VECTOR_KEY);
    for (size_t i = 0; i < COUNT(lists); i++) {
        char text[400];

        snprintf(text, sizeof text,
                 "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260115/us-west-2/bedrock/aws4_request, "
                 "SignedHeaders=%s, Signature=0",
                 lists[i]);
        assert_int_equal(post_vector(scene, vector(vectors, "bedrock-invoke"),
                                     &(struct twist){.authorization = text}),
                         403);
        assert_has(buf_str(&scene->response.body), "must be a 'SignedHeader'");
    }
}

/* --- keys and bodies --- */

static void a_key_counts_in_its_own_apis_header(void **state)
{
    static const struct {
        const char *path, *body, *name, *value;
        int status;
    } cases[] = {
        {"/v1/messages", ANTHROPIC, "x-api-key", "k", 200},
        {"/v1/messages", ANTHROPIC, "Authorization", "Bearer k", 401},
        {"/v1/messages", ANTHROPIC, "x-api-key", "other", 401},
        {"/v1/chat/completions", "{}", "x-api-key", "k", 401},
        {"/v1/chat/completions", "{}", "Authorization", "Bearer k", 400},
        {BEDROCK_PATH, BEDROCK, "Authorization", "Bearer k", 200},
        {BEDROCK_PATH, BEDROCK, "Authorization", "Bearer other", 403},
        {BEDROCK_PATH, BEDROCK, "x-api-key", "k", 403},
    };
    struct scene *scene = *state;

    scene->fake = fake_start("fake_llm", "--api-key", "k", NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct http_header headers[] = {{"Content-Type", "application/json"},
                                              {"anthropic-version", "2023-06-01"},
                                              {cases[i].name, cases[i].value}};
        if (post_quoted(scene, cases[i].path, headers, 3, cases[i].body) != cases[i].status)
            fail_msg("%s with %s: %d %s", cases[i].path, cases[i].name, scene->response.status,
                     buf_str(&scene->response.body));
    }
}

static void what_an_api_does_not_take_is_refused_in_its_words(void **state)
{
    static const struct {
        const char *path, *body, *has;
    } cases[] = {
        {BEDROCK_PATH, "{" MESSAGES "}", "anthropic_version"},
        {BEDROCK_PATH, "{'anthropic_version':'bedrock-2023-05-31','model':'m'," MESSAGES "}",
         "model"},
        {BEDROCK_PATH, "{'anthropic_version':'bedrock-2023-05-31','top_p':1," MESSAGES "}",
         "top_p: Extra inputs are not permitted"},
        {BEDROCK_PATH, "{'anthropic_version':'bedrock-2023-05-31','thinking':{}," MESSAGES "}",
         "thinking: Extra inputs"},
        {"/model/anthropic.m%3A0/invoke", BEDROCK, "isn\xE2\x80\x99t"},
        {"/v1/messages", "{" MESSAGES "}", "model"},
        {"/v1/messages", "{'model':'m','max_tokens':1,'system':'s'," USER "," CHOICE "}",
         "Tool not found in provided tools"},
        {"/v1/messages", "{'model':'m','system':'s'," USER "," TOOLS "," CHOICE "}", "max_tokens"},
        {"/v1/messages", "{'model':'m','max_tokens':1,'system':'s'," TOOLS "," CHOICE "}",
         "messages"},
        {"/v1/chat/completions", "{'model':'m','top_p':1}", "top_p"},
        {"/v1/chat/completions", "{'model':'m'}", "messages"},
        {"/model/global.m/converse", "{'messages':[]}", "messages"},
        {"/model/global.m/converse", "{'anthropic_version':'x'}", "anthropic_version"},
    };
    static const struct http_header headers[] = {{"Content-Type", "application/json"},
                                                 {"anthropic-version", "2023-06-01"}};
    struct scene *scene = *state;

    scene->fake = fake_start("fake_llm", NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (post_quoted(scene, cases[i].path, headers, 2, cases[i].body) != 400)
            fail_msg("%s %s: %d", cases[i].path, cases[i].body, scene->response.status);
        assert_has(buf_str(&scene->response.body), cases[i].has);
    }
    assert_int_equal(post_quoted(scene, "/v1/messages", headers, 1, ANTHROPIC), 400);
    assert_has(buf_str(&scene->response.body), "anthropic-version");
    assert_int_equal(post_quoted(scene, "/v1/messages", headers + 1, 1, ANTHROPIC), 400);
    assert_has(buf_str(&scene->response.body), "Content-Type");
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(signatures_of_botocore_are_taken),
        LIVE(what_was_changed_after_it_was_signed_is_refused),
        LIVE(headers_that_have_to_be_signed_are_missed),
        LIVE(a_key_counts_in_its_own_apis_header),
        LIVE(what_an_api_does_not_take_is_refused_in_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
