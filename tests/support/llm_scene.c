/* A model's client before its fake; the story stands in llm_scene.h. */
#include "tests/support/llm_scene.h"

#include <stdio.h>

#include "common/aws/aws_credentials.h"
#include "common/files.h"
#include "common/http/http.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

const char *const llm_scene_providers[LLM_SCENE_PROVIDERS] = {"bedrock", "bedrock-converse",
                                                              "anthropic", "openai"};

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
    const struct llm_scene *scene = context;

    return scene->stop != NULL && atomic_load(scene->stop);
}

void llm_scene_script(struct llm_scene *scene, const char *with_apostrophes)
{
    struct err err = {0};
    char text[8192];

    assert_true(str_copy(text, sizeof text, with_apostrophes));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    assert_ok(files_write(scene->script, text, strlen(text), &err), err);
}

int llm_scene_up(void **state)
{
    struct llm_scene *scene = calloc(1, sizeof *scene);
    struct http_options http = {.user_agent = "plumb-test",
                                .allow_private = true,
                                .silence_timeout_ms = LLM_SCENE_SILENCE_MS,
                                .should_stop = should_stop,
                                .stop_context = scene};
    struct aws_chain_options chain = {.user_agent = "plumb-test", .lookup = keys};

    scene->dir = temp_dir_make();
    snprintf(scene->script, sizeof scene->script, "%s/script.json", scene->dir);
    llm_scene_script(scene, "[{'match': 'please', 'input': {'summary': 's', 'edits': []}}]");
    scene->fake = fake_start("fake_llm", "--script", scene->script, "--api-key", "the-api-key",
                             "--key", LLM_SCENE_KEY, NULL);
    assert_ok(http_new(&scene->http, &http, &scene->err), scene->err);
    assert_ok(aws_chain_new(&scene->chain, &chain, &scene->err), scene->err);
    *state = scene;
    return 0;
}

int llm_scene_down(void **state)
{
    struct llm_scene *scene = *state;

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

void llm_scene_open(struct llm_scene *scene, const char *provider, const char *model,
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
                                        .base_url = scene->url[0] != '\0' ? scene->url
                                                                          : fake_url(scene->fake),
                                        .region = "us-west-2",
                                        .api_key = api_key[0] != '\0' ? &scene->key : NULL,
                                        .chain = scene->chain,
                                        .http = scene->http,
                                        .timeout_ms = 60000};

    assert_ok(llm_new(&scene->llm, &options, &scene->err), scene->err);
}

int llm_scene_ask(struct llm_scene *scene)
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

bool llm_scene_is_bedrock(size_t i)
{
    return str_starts(llm_scene_providers[i], "bedrock");
}

void llm_scene_open_provider(struct llm_scene *scene, size_t i)
{
    llm_scene_open(scene, llm_scene_providers[i],
                   llm_scene_is_bedrock(i) ? LLM_SCENE_PROFILE : "a-model",
                   llm_scene_is_bedrock(i) ? "" : "the-api-key");
}
