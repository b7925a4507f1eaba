/*
 * fake_llm, inside: one process that speaks four APIs of language models on loopback. What it says
 * stands in a script.
 *
 *     fake_llm_main.c     options, keys, the log         fake_llm_check.c    is it a request?
 *     fake_llm_sign.c     SigV4, by its specification    fake_llm_answer.c   the script's answer
 */
#ifndef TESTS_FAKES_FAKE_LLM_INTERNAL_H
#define TESTS_FAKES_FAKE_LLM_INTERNAL_H

#include <pthread.h>

#include "common/json.h"
#include "tests/fakes/common_http.h"

#define FAKE_LLM_KEYS_MAX    16
#define FAKE_LLM_ENTRIES_MAX 1024

enum fake_llm_api { API_BEDROCK, API_CONVERSE, API_ANTHROPIC, API_OPENAI, API_NONE };

struct fake_llm_key {
    char id[128], secret[128], token[256];
    bool expired;
};

struct fake_llm {
    pthread_mutex_t lock; /* guards all that follows */
    const char *script_path, *log_path;
    const char *api_key; /* bearer or x-api-key that is wanted; NULL: none is asked for */
    struct fake_llm_key keys[FAKE_LLM_KEYS_MAX];
    size_t n_keys;
    int64_t uses[FAKE_LLM_ENTRIES_MAX]; /* of each entry of the script */
    int64_t answered, refused, signatures;
    int64_t clock_offset_s; /* what it takes for now */
};

/* What a body asks, whichever API it came by. */
struct fake_llm_question {
    enum fake_llm_api api;
    char model[300];
    const char *system, *user, *tool; /* borrowed from the body */
};

/* Each false: the reply is the API's error. */
bool fake_llm_is_signed(struct fake_llm *llm, const struct fake_request *request,
                        struct fake_reply *reply);
bool fake_llm_check(const struct fake_request *request, const struct json *body,
                    struct fake_llm_question *out, struct fake_reply *reply);
/* An error in the words of the API. code: "ThrottlingException", "rate_limit_error" … */
void fake_llm_error(enum fake_llm_api api, struct fake_reply *reply, int status, const char *code,
                    const char *message);
/* entry: NULL, there is no script for it. Waits as long as the entry says. */
void fake_llm_answer(const struct fake_llm_question *question, const struct json *entry,
                     struct fake_reply *reply);

#endif
