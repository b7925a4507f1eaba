/* The four model APIs against a fake that checks what it is sent. */
#include "worker/llm/llm.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "common/aws/aws_credentials.h"
#include "common/files.h"
#include "common/http/http.h"
#include "common/secret/secret.h"
#include "tests/support/fake.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define PROFILE "global.anthropic.claude-opus-4-5-20251101-v1:0"
#define ARN                                                                                        \
    "arn:aws:bedrock:us-west-2:111122223333:inference-profile/global.anthropic.claude-opus-4-5"

static const char *const providers[] = {"bedrock", "bedrock-converse", "anthropic", "openai"};

struct scene {
    char *dir;
    char script[600];
    struct fake *fake;
    struct http *http;
    struct aws_chain *chain;
    atomic_bool *stop;
    struct llm *llm;
    struct secret *secret;
    struct token_source key;
    struct llm_answer answer;
    struct err err;
};

static const char *keys(void *context, const char *name)
{
    (void)context;
    if (str_eq(name, "AWS_ACCESS_KEY_ID"))
        return "AKIAFAKEFAKEFAKEFAKE";
    if (str_eq(name, "AWS_SECRET_ACCESS_KEY"))
        return "fake/secret+of/a/model/test";
    return str_eq(name, "AWS_SESSION_TOKEN") ? "a-session-token" : NULL;
}

static bool should_stop(void *context)
{
    const struct scene *scene = context;

    return scene->stop != NULL && atomic_load(scene->stop);
}

static void script(struct scene *scene, const char *with_apostrophes)
{
    struct err err = {0};
    char text[8192];

    assert_true(str_copy(text, sizeof text, with_apostrophes));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    assert_ok(files_write(scene->script, text, strlen(text), &err), err);
}

static int up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct http_options http = {.user_agent = "plumb-test",
                                .allow_private = true,
                                .should_stop = should_stop,
                                .stop_context = scene};
    struct aws_chain_options chain = {.user_agent = "plumb-test", .lookup = keys};

    scene->dir = temp_dir_make();
    snprintf(scene->script, sizeof scene->script, "%s/script.json", scene->dir);
    script(scene, "[{'match': 'please', 'input': {'summary': 's', 'edits': []}}]");
    scene->fake =
        fake_start("fake_llm", "--script", scene->script, "--api-key", "the-api-key", "--key",
                   "AKIAFAKEFAKEFAKEFAKE:fake/secret+of/a/model/test:a-session-token", NULL);
    assert_ok(http_new(&scene->http, &http, &scene->err), scene->err);
    assert_ok(aws_chain_new(&scene->chain, &chain, &scene->err), scene->err);
    *state = scene;
    return 0;
}

static int down(void **state)
{
    struct scene *scene = *state;

    llm_answer_done(&scene->answer);
    llm_free(scene->llm);
    secret_free(scene->secret);
    aws_chain_free(scene->chain);
    http_free(scene->http);
    fake_stop(scene->fake);
    temp_dir_remove(scene->dir);
    free(scene);
    return 0;
}

static void open_with(struct scene *scene, const char *provider, const char *model,
                      const char *api_key)
{
    const struct secret_options secret = {
        .text = api_key, .name = "LLM_API_KEY", .user_agent = "plumb-test"};

    llm_free(scene->llm);
    scene->llm = NULL;
    secret_free(scene->secret);
    scene->secret = NULL;
    assert_ok(secret_open(&scene->secret, &secret, &scene->err), scene->err);
    scene->key = secret_source(scene->secret);
    const struct llm_options options = {.provider = provider,
                                        .model = model,
                                        .base_url = fake_url(scene->fake),
                                        .region = "us-west-2",
                                        .api_key = api_key[0] != '\0' ? &scene->key : NULL,
                                        .chain = scene->chain,
                                        .http = scene->http,
                                        .timeout_ms = 60000};

    assert_ok(llm_new(&scene->llm, &options, &scene->err), scene->err);
}

static int ask(struct scene *scene)
{
    const struct llm_question question = {.system = "be brief",
                                          .user = "please propose",
                                          .tool = "propose_fix",
                                          .tool_description = "d",
                                          .schema_json = "{\"type\":\"object\"}",
                                          .max_tokens = 512};

    llm_answer_done(&scene->answer);
    return llm_ask(scene->llm, &question, &scene->answer, &scene->err);
}

static bool is_bedrock(const char *provider)
{
    return str_starts(provider, "bedrock");
}

static void open_provider(struct scene *scene, size_t i)
{
    open_with(scene, providers[i], is_bedrock(providers[i]) ? PROFILE : "a-model",
              is_bedrock(providers[i]) ? "" : "the-api-key");
}

static void each_api_gives_the_call_of_the_tool(void **state)
{
    struct scene *scene = *state;

    script(scene, "[{'match': 'please', 'text': 'Let me see.', 'input': {'summary': 's', 'edits': "
                  "[]}, 'input_tokens': 77, 'output_tokens': 5}]");
    for (size_t i = 0; i < COUNT(providers); i++) {
        open_provider(scene, i);
        if (ask(scene) != 0)
            fail_msg("%s: %s %s", providers[i], scene->err.text, scene->answer.why);
        assert_string_equal(scene->answer.input_json, "{\"summary\":\"s\",\"edits\":[]}");
        assert_string_equal(scene->answer.text, "Let me see.");
        assert_int_equal(scene->answer.input_tokens, 77);
        assert_int_equal(scene->answer.output_tokens, 5);
    }
}

static void a_profile_s_arn_is_one_part_of_the_path(void **state)
{
    struct scene *scene = *state;

    open_with(scene, "bedrock", ARN, "");
    assert_int_equal(ask(scene), 0);
}

static void a_key_of_bedrock_goes_before_signatures(void **state)
{
    struct scene *scene = *state;

    open_with(scene, "bedrock", PROFILE, "the-api-key");
    assert_int_equal(ask(scene), 0);
    CLEANUP(json_freep) struct json *told = fake_state(scene->fake);
    assert_int_equal(json_int(json_find(told, "fake.signatures"), -1), 0);
}

static void a_key_that_is_replaced_is_taken_up_within_the_same_question(void **state)
{
    struct scene *scene = *state;
    char reference[700], path[600];
    struct err err = {0};
    struct timespec pause = {.tv_sec = 3, .tv_nsec = 200000000};

    snprintf(path, sizeof path, "%s/key", scene->dir);
    snprintf(reference, sizeof reference, "file://%s", path);
    assert_ok(files_write(path, "the-old-api-key", 15, &err), err);
    open_with(scene, "anthropic", "m", reference);
    assert_int_equal(ask(scene), ERR_RETRY); /* refused, and nothing newer is there */
    assert_ok(files_write(path, "the-api-key", 11, &err), err);
    nanosleep(&pause, NULL); /* it is not asked for more often than that */
    assert_int_equal(ask(scene), 0);
}

static void a_bare_model_id_is_told_how_it_should_be(void **state)
{
    struct scene *scene = *state;

    open_with(scene, "bedrock", "anthropic.claude-opus-4-5-20251101-v1:0", "");
    assert_int_equal(ask(scene), ERR_RETRY);
    assert_true(scene->err.retry_after_ms > 0); /* no item is to blame */
    assert_has(scene->err.text, "set LLM_MODEL to global.anthropic.claude-opus-4-5");
}

static void a_wrong_key_costs_no_item_anything_and_is_never_told(void **state)
{
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(providers); i++) {
        open_with(scene, providers[i], PROFILE, "a-wrong-key-indeed");
        assert_int_equal(ask(scene), ERR_RETRY);
        assert_true(scene->err.retry_after_ms > 0 && !scene->err.is_failure);
        assert_null(strstr(scene->err.text, "a-wrong-key"));
    }
}

static void an_answer_without_a_whole_call_is_none(void **state)
{
    static const struct {
        const char *entry, *why;
    } cases[] = {
        {"'stop': 'max_tokens'", "cut at 512 tokens"},
        {"'stop': 'refusal'", "stopped before it had answered (refusal)"},
        {"'stop': 'pause_turn'", "pause_turn"},
        {"'stop': 'model_context_window_exceeded'", "cut at"},
        {"'stop': 'guardrail_intervened'", "guardrail_intervened"},
        {"'stop': 'content_filter'", "content_filter"},
        {"'no_tool': true, 'text': 'I would rather not.', 'stop': 'end_turn'", "did not call"},
        {"'tool': 'other_tool'", "did not call"},
        {"'input': [1, 2]", "array instead of an object"},
        {"'raw_body': '<html>'", "answered no JSON"},
        {"'raw_body': ''", "answered no JSON"},
        {"'filler_bytes': 10485760", "longer than"},
    };
    struct scene *scene = *state;

    for (size_t k = 0; k < COUNT(cases); k++) {
        char text[400];

        snprintf(text, sizeof text, "[{'match': 'please', %s}]", cases[k].entry);
        script(scene, text);
        for (size_t i = 0; i < COUNT(providers); i++) {
            open_provider(scene, i);
            int r = ask(scene);
            if (str_eq(providers[i], "openai") && strstr(cases[k].entry, "'input': [") != NULL) {
                assert_int_equal(r, LLM_NO_PROPOSAL);
                continue;
            }
            if (r != LLM_NO_PROPOSAL)
                fail_msg("%s with %s: %d %s", providers[i], cases[k].entry, r, scene->err.text);
            assert_has(scene->answer.why, cases[k].why);
            assert_null(scene->answer.input_json);
        }
    }
}

static void servers_that_ignore_the_tool_are_understood(void **state)
{
    static const struct {
        const char *content;
        int r;
    } cases[] = {
        {"{\\\"summary\\\": \\\"s\\\", \\\"edits\\\": []}", 0},
        {"Sure! ```json\\n{\\\"edits\\\": [], \\\"summary\\\": \\\"a } b\\\"}\\n``` Bye {", 0},
        {"no object here", LLM_NO_PROPOSAL},
        {"{ never closed", LLM_NO_PROPOSAL},
        {"{not json}", LLM_NO_PROPOSAL},
        {"[1, 2]", LLM_NO_PROPOSAL},
    };
    struct scene *scene = *state;

    open_provider(scene, 3);
    for (size_t k = 0; k < COUNT(cases); k++) {
        char text[600];
        struct err err = {0};

        snprintf(text, sizeof text,
                 "[{\"match\": \"please\", \"no_tool\": true, \"text\": \"%s\"}]",
                 cases[k].content);
        assert_ok(files_write(scene->script, text, strlen(text), &err), err);
        assert_int_equal(ask(scene), cases[k].r);
    }
    script(scene, "[{'match': 'please', 'arguments': '{broken'}]");
    assert_int_equal(ask(scene), LLM_NO_PROPOSAL);
    assert_has(scene->answer.why, "no JSON");
}

static void what_a_status_means(void **state)
{
    static const struct {
        const char *entry;
        int r;
        bool throttled, may_be_paid;
    } cases[] = {
        {"'status': 429, 'code': 'ThrottlingException'", ERR_RETRY, true, false},
        {"'status': 429, 'code': 'ModelNotReadyException'", ERR_RETRY, true, false},
        {"'status': 400, 'code': 'ThrottlingException'", ERR_RETRY, true, false},
        {"'status': 529, 'code': 'overloaded_error'", ERR_RETRY, true, false},
        {"'status': 500, 'code': 'InternalServerException'", ERR_RETRY, false, false},
        {"'status': 503, 'code': 'ServiceUnavailableException'", ERR_RETRY, false, false},
        {"'status': 504, 'code': 'timeout_error'", ERR_RETRY, false, true},
        {"'status': 408, 'code': 'ModelTimeoutException'", ERR_RETRY, false, true},
        {"'status': 424, 'code': 'ModelErrorException'", ERR_RETRY, false, false},
        {"'status': 400, 'code': 'ValidationException'", ERR_REJECT, false, false},
        {"'status': 413, 'code': 'request_too_large'", ERR_REJECT, false, false},
        {"'status': 403, 'code': 'AccessDeniedException'", ERR_RETRY, true, false},
        {"'status': 404, 'code': 'ResourceNotFoundException'", ERR_RETRY, true, false},
    };
    struct scene *scene = *state;

    for (size_t k = 0; k < COUNT(cases); k++) {
        char text[400];

        snprintf(text, sizeof text, "[{'match': 'please', %s}]", cases[k].entry);
        script(scene, text);
        for (size_t i = 0; i < COUNT(providers); i++) {
            if (strstr(cases[k].entry, "400, 'code': 'Thr") != NULL && !is_bedrock(providers[i]))
                continue; /* AWS's alone */
            open_provider(scene, i);
            int r = ask(scene);
            bool throttled = scene->err.retry_after_ms > 0 && !scene->err.is_failure;
            if (r != cases[k].r || (r == ERR_RETRY && throttled != cases[k].throttled) ||
                scene->answer.may_be_paid != cases[k].may_be_paid)
                fail_msg("%s with %s: %d, throttled %d, paid %d: %s", providers[i], cases[k].entry,
                         r, throttled, scene->answer.may_be_paid, scene->err.text);
        }
    }
}

static void a_limit_waits_for_as_long_as_it_says(void **state)
{
    struct scene *scene = *state;

    open_provider(scene, 2);
    script(scene, "[{'match': 'please', 'status': 429, 'code': 'rate_limit_error', 'retry_after': "
                  "'17'}]");
    assert_int_equal(ask(scene), ERR_RETRY);
    assert_int_equal(scene->err.retry_after_ms, 17000);
    script(scene, "[{'match': 'please', 'status': 429, 'code': 'rate_limit_error', "
                  "'retry_after_ms': '2500', 'retry_after': '17'}]");
    assert_int_equal(ask(scene), ERR_RETRY);
    assert_int_equal(scene->err.retry_after_ms, 2500);
    script(scene, "[{'match': 'please', 'status': 429, 'code': 'ThrottlingException'}]");
    assert_int_equal(ask(scene), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 30000, 60000);
}

static void no_question_is_sent_twice_by_itself(void **state)
{
    struct scene *scene = *state;

    script(scene, "[{'match': 'please', 'status': 503}]");
    open_provider(scene, 3);
    assert_int_equal(ask(scene), ERR_RETRY);
    fake_fault(scene->fake, "{'match': {'method': 'POST'}, 'fault': 'reset', 'times': 1}");
    assert_int_equal(ask(scene), ERR_RETRY);
    assert_true(scene->answer.may_be_paid);
    fake_fault(scene->fake, "{'match': {'method': 'POST'}, 'fault': 'truncate', 'times': 1}");
    script(scene, "[{'match': 'please'}]");
    assert_int_equal(ask(scene), ERR_RETRY);
    assert_int_equal(fake_requests(scene->fake, "POST /v1/chat/completions"), 3);
}

static void nobody_there_means_nothing_was_paid(void **state)
{
    struct scene *scene = *state;

    open_provider(scene, 3);
    fake_stop(scene->fake);
    scene->fake = NULL;
    assert_int_equal(ask(scene), ERR_RETRY);
    assert_false(scene->answer.may_be_paid);
}

static void expired_keys_are_asked_for_once_more(void **state)
{
    struct scene *scene = *state;
    CLEANUP(json_freep) struct json *done = NULL;

    open_provider(scene, 0);
    done = fake_post(scene->fake, "/_fake/keys", "{'id': 'AKIAFAKEFAKEFAKEFAKE', 'expired': true}");
    assert_int_equal(ask(scene), ERR_RETRY); /* keys of the environment cannot be renewed */
    assert_true(scene->err.retry_after_ms > 0);
    assert_has(scene->err.text, "ExpiredTokenException");
}

static void a_clock_that_is_wrong_is_set_by_the_answer(void **state)
{
    struct scene *scene = *state;

    fake_stop(scene->fake);
    scene->fake =
        fake_start("fake_llm", "--script", scene->script, "--clock-offset", "900", "--key",
                   "AKIAFAKEFAKEFAKEFAKE:fake/secret+of/a/model/test:a-session-token", NULL);
    open_provider(scene, 0);
    assert_int_equal(ask(scene), 0);
    CLEANUP(json_freep) struct json *told = fake_state(scene->fake);
    assert_int_equal(json_int(json_find(told, "fake.signatures"), -1), 2);
}

struct stopper {
    struct scene *scene;
    atomic_bool stop;
};

static void *stop_soon(void *context)
{
    struct stopper *stopper = context;

    while (fake_requests(stopper->scene->fake, "POST /v1/messages") == 0)
        continue;
    atomic_store(&stopper->stop, true);
    return NULL;
}

static void a_slow_answer_is_given_up_when_a_stop_is_asked(void **state)
{
    struct scene *scene = *state;
    struct stopper stopper = {.scene = scene};
    pthread_t thread;

    scene->stop = &stopper.stop;
    script(scene, "[{'match': 'please', 'delay_ms': 8000}]");
    open_provider(scene, 2);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &stopper), 0);
    assert_int_equal(ask(scene), ERR_RETRY); /* it would be an answer later */
    assert_true(scene->answer.may_be_paid);
    pthread_join(thread, NULL);
    scene->stop = NULL;
}

static void a_provider_without_its_settings_is_refused_at_once(void **state)
{
    struct scene *scene = *state;
    struct llm *llm = NULL;
    struct llm_options options = {
        .provider = "openai", .model = "m", .base_url = "", .region = "", .http = scene->http};

    assert_int_equal(llm_new(&llm, &options, &scene->err), ERR_FATAL);
    assert_has(scene->err.text, "LLM_BASE_URL");
    options.provider = "bedrock";
    assert_int_equal(llm_new(&llm, &options, &scene->err), ERR_FATAL);
    assert_has(scene->err.text, "AWS_REGION");
    options.provider = "magic";
    assert_int_equal(llm_new(&llm, &options, &scene->err), ERR_FATAL);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(each_api_gives_the_call_of_the_tool),
        LIVE(a_profile_s_arn_is_one_part_of_the_path),
        LIVE(a_key_of_bedrock_goes_before_signatures),
        LIVE(a_key_that_is_replaced_is_taken_up_within_the_same_question),
        LIVE(a_bare_model_id_is_told_how_it_should_be),
        LIVE(a_wrong_key_costs_no_item_anything_and_is_never_told),
        LIVE(an_answer_without_a_whole_call_is_none),
        LIVE(servers_that_ignore_the_tool_are_understood),
        LIVE(what_a_status_means),
        LIVE(a_limit_waits_for_as_long_as_it_says),
        LIVE(no_question_is_sent_twice_by_itself),
        LIVE(nobody_there_means_nothing_was_paid),
        LIVE(expired_keys_are_asked_for_once_more),
        LIVE(a_clock_that_is_wrong_is_set_by_the_answer),
        LIVE(a_slow_answer_is_given_up_when_a_stop_is_asked),
        LIVE(a_provider_without_its_settings_is_refused_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
