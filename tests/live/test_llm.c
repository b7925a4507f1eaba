/* The four model APIs against a fake that checks what it is sent: what counts as an answer. */
#include "worker/llm/llm.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/llm_scene.h"
#include "tests/support/test.h"

#define ARN                                                                                        \
    "arn:aws:bedrock:us-west-2:111122223333:inference-profile/global.anthropic.claude-opus-4-5"

static void each_api_gives_the_call_of_the_tool(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_script(
        scene, "[{'match': 'please', 'text': 'Let me see.', 'input': {'summary': 's', 'edits': "
               "[]}, 'input_tokens': 77, 'output_tokens': 5}]");
    for (size_t i = 0; i < LLM_SCENE_PROVIDERS; i++) {
        llm_scene_open_provider(scene, i);
        if (llm_scene_ask(scene) != 0)
            fail_msg("%s: %s %s", llm_scene_providers[i], scene->err.text, scene->answer.why);
        assert_string_equal(scene->answer.input_json, "{\"summary\":\"s\",\"edits\":[]}");
        assert_string_equal(scene->answer.text, "Let me see.");
        assert_int_equal(scene->answer.input_tokens, 77);
        assert_int_equal(scene->answer.output_tokens, 5);
    }
}

static void a_profile_s_arn_is_one_part_of_the_path(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_open(scene, "bedrock", ARN, "");
    assert_int_equal(llm_scene_ask(scene), 0);
}

static void bedrock_is_where_the_nearest_setting_says(void **state)
{
    static const char *const names[] = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"};
    struct llm_scene *scene = *state;

    (void)str_copy(scene->url, sizeof scene->url, "http://127.0.0.1:1"); /* nobody is there */
    setenv(names[1], fake_url(scene->fake), 1);
    llm_scene_open_provider(scene, 0);
    assert_int_equal(llm_scene_ask(scene), 0);
    setenv(names[0], fake_url(scene->fake), 1);
    setenv(names[1], "http://127.0.0.1:1", 1);
    llm_scene_open_provider(scene, 1);
    assert_int_equal(llm_scene_ask(scene), 0);
    (void)str_copy(scene->url, sizeof scene->url, fake_url(scene->fake));
    llm_scene_open_provider(scene, 3); /* no service of AWS's */
    assert_int_equal(llm_scene_ask(scene), 0);
    for (size_t i = 0; i < COUNT(names); i++)
        unsetenv(names[i]);
    (void)str_copy(scene->url, sizeof scene->url, "http://127.0.0.1:1");
    llm_scene_open_provider(scene, 0);
    assert_int_equal(llm_scene_ask(scene), ERR_RETRY);
}

static void a_key_of_bedrock_goes_before_signatures(void **state)
{
    struct llm_scene *scene = *state;

    llm_scene_open(scene, "bedrock", LLM_SCENE_PROFILE, "the-api-key");
    assert_int_equal(llm_scene_ask(scene), 0);
    CLEANUP(json_freep) struct json *told = fake_state(scene->fake);
    assert_int_equal(json_int(json_find(told, "fake.signatures"), -1), 0);
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
    struct llm_scene *scene = *state;

    for (size_t k = 0; k < COUNT(cases); k++) {
        char text[400];

        snprintf(text, sizeof text, "[{'match': 'please', %s}]", cases[k].entry);
        llm_scene_script(scene, text);
        for (size_t i = 0; i < LLM_SCENE_PROVIDERS; i++) {
            llm_scene_open_provider(scene, i);
            int r = llm_scene_ask(scene);
            if (str_eq(llm_scene_providers[i], "openai") &&
                strstr(cases[k].entry, "'input': [") != NULL) {
                assert_int_equal(r, LLM_NO_PROPOSAL);
                continue;
            }
            if (r != LLM_NO_PROPOSAL)
                fail_msg("%s with %s: %d %s", llm_scene_providers[i], cases[k].entry, r,
                         scene->err.text);
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
        {"I close {bucket}: {\\\"edits\\\": [], \\\"summary\\\": \\\"s\\\"}", 0},
        {"[1, 2]", LLM_NO_PROPOSAL},
    };
    struct llm_scene *scene = *state;

    llm_scene_open_provider(scene, 3);
    for (size_t k = 0; k < COUNT(cases); k++) {
        char text[600];
        struct err err = {0};

        snprintf(text, sizeof text,
                 "[{\"match\": \"please\", \"no_tool\": true, \"text\": \"%s\"}]",
                 cases[k].content);
        assert_ok(files_write(scene->script, text, strlen(text), &err), err);
        assert_int_equal(llm_scene_ask(scene), cases[k].r);
    }
    llm_scene_script(scene, "[{'match': 'please', 'arguments': '{broken'}]");
    assert_int_equal(llm_scene_ask(scene), LLM_NO_PROPOSAL);
    assert_has(scene->answer.why, "no JSON");
}

static void a_provider_without_its_settings_is_refused_at_once(void **state)
{
    struct llm_scene *scene = *state;
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

#define LIVE(test) cmocka_unit_test_setup_teardown(test, llm_scene_up, llm_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(each_api_gives_the_call_of_the_tool),
        LIVE(a_profile_s_arn_is_one_part_of_the_path),
        LIVE(bedrock_is_where_the_nearest_setting_says),
        LIVE(a_key_of_bedrock_goes_before_signatures),
        LIVE(an_answer_without_a_whole_call_is_none),
        LIVE(servers_that_ignore_the_tool_are_understood),
        LIVE(a_provider_without_its_settings_is_refused_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
