/*
 * Model: the LLM of this worker, as its settings say, and one question to it on behalf of an item,
 * paid for once.
 *
 *     model_open (per thread) … model_ask -> llm_answer … services_close
 *
 * Holds:    an answer is saved beside the item before anything is made of it, and a later walk that
 *           asks the very same takes it from there; what a question may cost is reserved before it
 *           goes out, in the item's account, the repository's and the fleet's, and settled after;
 *           requests and tokens a minute are shared by the fleet, a fifth of them reserved for
 *           urgent findings. A limit, the provider's or ours, costs an item no attempt.
 * Does not: know whether an answer is any good (steps/generate_model.c).
 */
#ifndef WORKER_MODEL_H
#define WORKER_MODEL_H

#include "common/base.h"

struct config;
struct item_run;
struct llm_answer;
struct prompt;
struct services;

enum model_answer {
    MODEL_NO_PROPOSAL = 1, /* answered, without a whole tool call: answer->why */
    MODEL_ITEM_SPENT = 2,  /* the item's own budget is spent; err->text says so */
};

struct model_paid {    /* what a question cost */
    bool was_bought;   /* false: the answer was there from before */
    int64_t micro_usd; /* millionths of a US dollar, at the configured prices */
};

/* Is there a model, and may it see this repository's code? */
bool model_may_see(const struct config *config, const char *repository);
/* The model's name: LLM_MODEL, or the provider's default. */
const char *model_name(const struct config *config);
/* AWS_BEARER_TOKEN_BEDROCK or LLM_API_KEY, whichever the provider takes: the setting's text. */
const char *model_key_setting(const struct config *config);
/* services->llm, NULL when LLM_PROVIDER is none. ERR_FATAL: a setting is missing. */
int model_open(struct services *services, struct err *err) MUST_USE;

/* 0 or an answer above, *out filled and to be freed with llm_answer_done with either; ERR_RETRY
 * (err_throttled for limits), ERR_REJECT as llm_ask. */
int model_ask(struct item_run *run, const struct prompt *prompt, struct llm_answer *out,
              struct model_paid *paid, struct err *err) MUST_USE;

#endif
