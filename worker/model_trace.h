/*
 * Model trace: how a model came to a fix, or to none: what was asked of whom, what it cost, and
 * what the gate said to each answer. For the pull request and the audit trail; it holds hashes and
 * verdicts, no prompt and no answer.
 */
#ifndef WORKER_MODEL_TRACE_H
#define WORKER_MODEL_TRACE_H

#include "common/base.h"
#include "common/digest.h"

#define MODEL_ASKS_MAX 3

struct json;

struct model_ask_trace {
    char prompt_sha256[SHA256_HEX_BYTES];
    char request_id[128];
    int64_t input_tokens, output_tokens;
    int64_t micro_usd; /* 0 for an answer that was there from before */
    bool was_bought;
    char
        layer[24]; /* that refused it: of the gate, "answer" or "proposal"; "" for the last, good */
    char why[420];
    char *proposal_json; /* owned: of a refused one, to be told in the next question */
};

struct model_trace {
    char provider[24];
    char model[160];
    char prompt_version[128];
    char summary[600]; /* the model's own words: hostile */
    struct model_ask_trace asks[MODEL_ASKS_MAX];
    size_t n;
};

int model_trace_new(struct model_trace **out, struct err *err) MUST_USE;
void model_trace_free(struct model_trace *trace);
/* For the audit event's details. Caller frees. */
struct json *model_trace_json(const struct model_trace *trace);

#endif
