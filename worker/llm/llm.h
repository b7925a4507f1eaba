/*
 * LLM: a model that is asked for a fix. Four ways to reach one, behind one interface: Bedrock
 * InvokeModel, Bedrock Converse, the Anthropic Messages API, and what speaks OpenAI's chat
 * completions (local models).
 *
 *     llm_new -> llm_ask … llm_answer_done -> llm_free
 *
 * A question is one system text, one user text and one tool that the model must call; the answer is
 * that call's input, as JSON that nobody has judged yet. There is no conversation: who asks again
 * writes what was wrong with the first answer into the new question.
 *
 * Holds:    text goes out, text comes in: no other tools, no streaming; an answer that was cut
 *           short is no answer; sizes and times are capped; keys never stand in an error.
 * Does not: judge an answer (proposal.h, the gate), count money (budget.h), or ask twice: a request
 *           whose fate is unknown may have been paid for.
 *
 * One per thread.
 */
#ifndef WORKER_LLM_LLM_H
#define WORKER_LLM_LLM_H

#include "common/base.h"
#include "common/buf.h"

#define LLM_ANSWER_MAX_BYTES ((size_t)1024 * 1024)

struct llm;
struct http;
struct aws_chain;
struct token_source;

struct llm_options {
    const char *provider; /* "bedrock", "bedrock-converse", "anthropic", "openai" */
    const char *model;    /* a model id, an inference profile's id or its ARN */
    const char *base_url; /* "": the provider's own; of Bedrock, AWS_ENDPOINT_URL_* count first */
    const char *region;   /* of Bedrock */
    /* Borrowed; NULL: Bedrock signs with the chain's keys; others send none. */
    const struct token_source *api_key;
    struct aws_chain *chain; /* borrowed; may be NULL where a key is given */
    struct http *http;       /* borrowed; this thread's */
    int64_t timeout_ms;      /* of one question; a large model may think for minutes */
};

struct llm_question {
    const char *system, *user;
    const char *tool; /* [a-zA-Z0-9_-]{1,64} */
    const char *tool_description;
    const char *schema_json; /* of the tool's input: a JSON Schema object */
    int64_t max_tokens;      /* of the answer */
};

struct llm_answer {
    char *input_json; /* owned: what the tool was called with; NULL without a proposal */
    char *text;       /* owned: what the model wrote beside it; may be NULL */
    char why[200];    /* LLM_NO_PROPOSAL: "the answer was cut at 8192 tokens", … */
    char stop_reason[48];
    char model[160]; /* as the answer names it; "" when it does not */
    char request_id[128];
    int64_t input_tokens, output_tokens; /* 0: not told */
    bool may_be_paid; /* with ERR_RETRY: the request went out and its fate is unknown */
};

enum llm_result {
    LLM_NO_PROPOSAL = 1, /* it was answered, and paid for, but there is no whole tool call in it */
};

/* ERR_FATAL: no such provider, or what it needs is not given. */
int llm_new(struct llm **out, const struct llm_options *options, struct err *err) MUST_USE;
void llm_free(struct llm *llm);
DEFINE_CLEANUP(struct llm *, llm_free)

/*
 * 0 or LLM_NO_PROPOSAL: *out is filled. ERR_RETRY: the network or a 5xx; err_throttled, which costs
 * no attempt, for a limit, and for keys or settings that the service refuses, with what to change:
 * the same question will do once they are right. ERR_REJECT: the service refuses the question
 * itself. *out is always initialised, and to be freed with llm_answer_done.
 */
int llm_ask(struct llm *llm, const struct llm_question *question, struct llm_answer *out,
            struct err *err) MUST_USE;
void llm_answer_done(struct llm_answer *answer);

#endif
