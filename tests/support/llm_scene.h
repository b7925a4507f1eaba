/*
 * A model's client before its fake, for one test.
 *
 *     llm_scene_up -> llm_scene_script, llm_scene_open, llm_scene_ask … -> llm_scene_down
 *
 * The fake knows one key for signatures (the environment's) and one API key, "the-api-key".
 */
#ifndef TESTS_SUPPORT_LLM_SCENE_H
#define TESTS_SUPPORT_LLM_SCENE_H

#include <stdatomic.h>

#include "common/secret/secret.h"
#include "tests/support/fake.h"
#include "worker/llm/llm.h"

#define LLM_SCENE_PROVIDERS 4
#define LLM_SCENE_PROFILE   "global.anthropic.claude-opus-4-5-20251101-v1:0"
/* Of the HTTP handle, which servers of other kinds are asked with too. */
#define LLM_SCENE_SILENCE_MS 400
#define LLM_SCENE_KEY        "AKIAFAKEFAKEFAKEFAKE:fake/secret+of/a/model/test:a-session-token"

/* "bedrock", "bedrock-converse", "anthropic", "openai" */
extern const char *const llm_scene_providers[LLM_SCENE_PROVIDERS];

struct llm_scene {
    char *dir;
    char script[600];
    struct fake *fake;
    char url[200]; /* "": the fake's */
    struct http *http;
    struct aws_chain *chain;
    atomic_bool *stop; /* NULL: nobody asks for an end */
    struct llm *llm;
    struct secret *secret;
    struct token_source key;
    struct llm_answer answer; /* of the last question */
    struct err err;
};

/* Setup and teardown of cmocka; *state is the scene. */
int llm_scene_up(void **state);
int llm_scene_down(void **state);

void llm_scene_script(struct llm_scene *scene, const char *with_apostrophes);
/* api_key: a value or a reference (common/secret/secret.h); "": Bedrock signs. */
void llm_scene_open(struct llm_scene *scene, const char *provider, const char *model,
                    const char *api_key);
void llm_scene_open_provider(struct llm_scene *scene, size_t i); /* with a key that is right */
bool llm_scene_is_bedrock(size_t i);
int llm_scene_ask(struct llm_scene *scene); /* "please propose"; what llm_ask said */

#endif
