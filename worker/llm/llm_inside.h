/* What the files behind llm.h share: one table of functions for each way to reach a model. */
#ifndef WORKER_LLM_LLM_INSIDE_H
#define WORKER_LLM_LLM_INSIDE_H

#include "common/http/http.h"
#include "common/json.h"
#include "worker/llm/llm.h"

#define LLM_URL_BYTES   512
#define LLM_MODEL_BYTES 300

struct llm_ops {
    const char *provider;
    const char *default_url; /* NULL: none, or AWS's */
    const char *path;        /* of the request; %s: the model, percent-encoded */
    bool is_aws;
    /* Fills an empty object. */
    void (*write)(const struct llm *llm, const struct llm_question *question, struct json *body);
    /* 0 or LLM_NO_PROPOSAL; ERR_RETRY: it is no answer of this API; ERR_FATAL. */
    int (*read)(const struct json *body, const struct llm_question *question,
                struct llm_answer *out, struct err *err);
};

struct llm {
    const struct llm_ops *ops;
    char model[LLM_MODEL_BYTES];
    char url[LLM_URL_BYTES]; /* scheme://host[/path] */
    char region[40];
    const struct token_source *api_key; /* NULL: none */
    struct aws_chain *chain;
    struct http *http;
    int64_t timeout_ms;
};

/* llm_messages.c: Anthropic's body, which Bedrock's InvokeModel takes too */
extern const struct llm_ops llm_ops_bedrock, llm_ops_anthropic;
extern const struct llm_ops llm_ops_converse; /* llm_converse.c */
extern const struct llm_ops llm_ops_openai;   /* llm_openai.c */

/* llm_answer.c. Each fills *out. */
int llm_no_proposal(struct llm_answer *out, const char *format, ...) PRINTF_LIKE(2, 3);
/* stop: how the API names the end. 0: the tool call, if there is one, is whole. */
int llm_read_stop(struct llm_answer *out, const char *stop, const struct llm_question *question);
/* input: of the tool call; NULL: there was none. 0 or LLM_NO_PROPOSAL; ERR_FATAL. */
int llm_take_input(struct llm_answer *out, const struct json *input, struct err *err) MUST_USE;
void llm_take_text(struct llm_answer *out, const char *text); /* the first one stays */

/* llm_status.c: what a status that is not 200 means. r: what http_send said. Never 0. */
int llm_status(const struct llm *llm, int r, const struct http_response *response,
               struct llm_answer *out, struct err *err) MUST_USE;

#endif
