/* The four model APIs when they refuse, are slow, or are cut off: what it means, and who has paid.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "common/files.h"
#include "tests/support/llm_scene.h"
#include "tests/support/raw_server.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

static bool is_answered(void *context)
{
    return llm_scene_ask(context) == 0;
}

static void a_key_that_is_replaced_is_taken_up_within_the_same_question(void **state)
{
    struct llm_scene *scene = *state;
    char reference[700], path[600];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/key", scene->dir);
    snprintf(reference, sizeof reference, "file://%s", path);
    assert_ok(files_write(path, "the-old-api-key", 15, &err), err);
    llm_scene_open(scene, "anthropic", "m", reference);
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY); /* refused, and nothing newer is there */
    assert_ok(files_write(path, "the-api-key", 11, &err), err);
    assert_true(wait_until(is_answered, scene, 20000)); /* it is not read anew all the time */
}

static void a_bare_model_id_is_told_how_it_should_be(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_open(scene, "bedrock", "anthropic.claude-opus-4-5-20251101-v1:0", "");
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_true(scene->err.retry_after_ms > 0); /* no item is to blame */
    assert_has(scene->err.text, "set LLM_MODEL to global.anthropic.claude-opus-4-5");
}

static void a_wrong_key_costs_no_item_anything_and_is_never_told(void **state)
{
    struct llm_scene *scene = *state;

    for (size_t i = 0; i < LLM_SCENE_PROVIDERS; i++) {
        llm_scene_open(scene, llm_scene_providers[i], LLM_SCENE_PROFILE, "a-wrong-key-indeed");
        assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
        assert_true(scene->err.retry_after_ms > 0 && !scene->err.is_failure);
        assert_null(strstr(scene->err.text, "a-wrong-key"));
    }
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
    struct llm_scene *scene = *state;

    for (size_t k = 0; k < COUNT(cases); k++) {
        char text[400];

        snprintf(text, sizeof text, "[{'match': 'please', %s}]", cases[k].entry);
        llm_scene_script(scene, text);
        for (size_t i = 0; i < LLM_SCENE_PROVIDERS; i++) {
            if (strstr(cases[k].entry, "400, 'code': 'Thr") != NULL && !llm_scene_is_bedrock(i))
                continue; /* AWS's alone */
            llm_scene_open_provider(scene, i);
            int r = llm_scene_ask(scene);
            bool throttled = scene->err.retry_after_ms > 0 && !scene->err.is_failure;
            if (r != cases[k].r || (r == ERR_RETRY && throttled != cases[k].throttled) ||
                scene->answer.may_be_paid != cases[k].may_be_paid)
                fail_msg("%s with %s: %d, throttled %d, paid %d: %s", llm_scene_providers[i],
                         cases[k].entry, r, throttled, scene->answer.may_be_paid, scene->err.text);
        }
    }
}

static void a_limit_waits_for_as_long_as_it_says(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_open_provider(scene, 2);
    llm_scene_script(
        scene, "[{'match': 'please', 'status': 429, 'code': 'rate_limit_error', 'retry_after': "
               "'17'}]");
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_int_equal(scene->err.retry_after_ms, 17000);
    llm_scene_script(scene, "[{'match': 'please', 'status': 429, 'code': 'rate_limit_error', "
                            "'retry_after_ms': '2500', 'retry_after': '17'}]");
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_int_equal(scene->err.retry_after_ms, 2500);
    llm_scene_script(scene, "[{'match': 'please', 'status': 429, 'code': 'ThrottlingException'}]");
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 30000, 60000);
}

static void no_question_is_sent_twice_by_itself(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_script(scene, "[{'match': 'please', 'status': 503}]");
    llm_scene_open_provider(scene, 3);
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    fake_fault(scene->fake, "{'match': {'method': 'POST'}, 'fault': 'reset', 'times': 1}");
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_true(scene->answer.may_be_paid);
    fake_fault(scene->fake, "{'match': {'method': 'POST'}, 'fault': 'truncate', 'times': 1}");
    llm_scene_script(scene, "[{'match': 'please'}]");
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_int_equal(fake_requests(scene->fake, "POST /v1/chat/completions"), 3);
}

static void nobody_there_means_nothing_was_paid(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_open_provider(scene, 3);
    fake_stop(scene->fake);
    scene->fake = NULL;
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_false(scene->answer.may_be_paid);
}

static void expired_keys_are_asked_for_once_more(void **state)
{
    struct llm_scene *scene = *state;
    CLEANUP(json_freep) struct json *done = NULL;

    llm_scene_open_provider(scene, 0);
    done = fake_post(scene->fake, "/_fake/keys", "{'id': 'AKIAFAKEFAKEFAKEFAKE', 'expired': true}");
    assert_int_equal(llm_scene_ask(scene),
                     ERR_RETRY); /* keys of the environment cannot be renewed */
    assert_true(scene->err.retry_after_ms > 0);
    assert_has(scene->err.text, "ExpiredTokenException");
}

static void a_clock_that_is_wrong_is_set_by_the_answer(void **state)
{
    struct llm_scene *scene = *state;

    fake_stop(scene->fake);
    scene->fake =
        fake_start("fake_llm", "--script", scene->script, "--clock-offset", "900", "--key",
                   "AKIAFAKEFAKEFAKEFAKE:fake/secret+of/a/model/test:a-session-token", NULL);
    llm_scene_open_provider(scene, 0);
    assert_int_equal(llm_scene_ask(scene), 0);
    CLEANUP(json_freep) struct json *told = fake_state(scene->fake);
    assert_int_equal(json_int(json_find(told, "fake.signatures"), -1), 2);
}

struct stopper {
    struct llm_scene *scene;
    atomic_bool stop;
};

static bool is_asked(void *context)
{
    const struct stopper *stopper = context;

    return fake_requests(stopper->scene->fake, "POST /v1/messages") > 0;
}

static void *stop_soon(void *context)
{
    struct stopper *stopper = context;

    (void)wait_until(is_asked, stopper, 20000);
    atomic_store(&stopper->stop, true);
    return NULL;
}

static void a_slow_answer_is_given_up_when_a_stop_is_asked(void **state)
{
    struct llm_scene *scene = *state;
    struct stopper stopper = {.scene = scene};
    pthread_t thread;

    scene->stop = &stopper.stop;
    llm_scene_script(scene, "[{'match': 'please', 'delay_ms': 8000}]");
    llm_scene_open_provider(scene, 2);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &stopper), 0);
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY); /* it would be an answer later */
    assert_true(scene->answer.may_be_paid);
    pthread_join(thread, NULL);
    scene->stop = NULL;
}

static void a_model_may_think_for_longer_than_other_servers_may_be_silent(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_script(scene, "[{'match': 'please', 'delay_ms': 1200}]");
    for (size_t i = 0; i < LLM_SCENE_PROVIDERS; i++) {
        llm_scene_open_provider(scene, i);
        assert_ok(llm_scene_ask(scene), scene->err);
    }
}

static void an_answer_that_was_cut_may_have_been_paid(void **state)
{
    struct llm_scene *scene = *state;

    for (size_t i = 0; i < LLM_SCENE_PROVIDERS; i++) {
        llm_scene_open_provider(scene, i);
        fake_fault(scene->fake, "{'match': {'method': 'POST'}, 'fault': 'truncate', 'times': 1}");
        assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
        assert_true(scene->answer.may_be_paid);
    }
}

static void a_key_of_bedrock_that_is_replaced_is_taken_up_too(void **state)
{
    struct llm_scene *scene = *state;
    char reference[700], path[600];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/key", scene->dir);
    snprintf(reference, sizeof reference, "file://%s", path);
    assert_ok(files_write(path, "the-old-api-key", 15, &err), err);
    llm_scene_open(scene, "bedrock", LLM_SCENE_PROFILE, reference);
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_ok(files_write(path, "the-api-key", 11, &err), err);
    assert_true(wait_until(is_answered, scene, 20000)); /* it is not read anew all the time */
}

/* Where the model is stands in our settings: no item is to blame. */
static void a_server_that_sends_us_elsewhere_is_a_wrong_setting(void **state)
{
    static const char *const lines[] = {"301 Moved Permanently", "307 Temporary Redirect",
                                        "308 Permanent Redirect", "405 Method Not Allowed"};
    struct llm_scene *scene = *state;

    for (size_t k = 0; k < COUNT(lines); k++) {
        char text[300];

        snprintf(
            text, sizeof text,
            "HTTP/1.1 %s\r\nLocation: https://elsewhere.example/v1\r\nContent-Length: 0\r\n\r\n",
            lines[k]);
        const struct raw_answer answer = {.text = text};
        CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(&answer, 1);
        (void)str_copy(scene->url, sizeof scene->url, raw_server_url(server, ""));
        for (size_t i = 0; i < LLM_SCENE_PROVIDERS; i++) {
            llm_scene_open_provider(scene, i);
            assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
            assert_true(scene->err.retry_after_ms > 0 && !scene->err.is_failure);
            assert_has(scene->err.text, "LLM_BASE_URL");
        }
    }
}

static void no_server_makes_the_fleet_wait_for_days(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_open_provider(scene, 2);
    llm_scene_script(scene, "[{'match': 'please', 'status': 429, 'code': 'rate_limit_error', "
                            "'retry_after_ms': '99999999'}]");
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 1, 2 * 3600 * 1000);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, llm_scene_up, llm_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_key_that_is_replaced_is_taken_up_within_the_same_question),
        LIVE(a_bare_model_id_is_told_how_it_should_be),
        LIVE(a_wrong_key_costs_no_item_anything_and_is_never_told),
        LIVE(what_a_status_means),
        LIVE(a_limit_waits_for_as_long_as_it_says),
        LIVE(no_question_is_sent_twice_by_itself),
        LIVE(nobody_there_means_nothing_was_paid),
        LIVE(expired_keys_are_asked_for_once_more),
        LIVE(a_clock_that_is_wrong_is_set_by_the_answer),
        LIVE(a_slow_answer_is_given_up_when_a_stop_is_asked),
        LIVE(a_model_may_think_for_longer_than_other_servers_may_be_silent),
        LIVE(an_answer_that_was_cut_may_have_been_paid),
        LIVE(a_key_of_bedrock_that_is_replaced_is_taken_up_too),
        LIVE(a_server_that_sends_us_elsewhere_is_a_wrong_setting),
        LIVE(no_server_makes_the_fleet_wait_for_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
