/*
 * Proposal: a model's answer, {"edits": [{"file", "address", "text", "reason"}], "summary"}, as
 * edits of the files. An edit names a block that is there, and says what the whole block shall be;
 * or a new block, beside the target. Nothing in it is believed: what it may touch is the scope's.
 *
 *     proposal_apply (JSON -> edits, outcome.predicted) -> the gate
 *
 * Holds:    of a block that is there, only what differs is edited, argument by argument, so that
 *           comments and layout stay; file and address must name the same block of the scope, one
 *           that may change; a new block is a resource, a data source, a variable or an output in a
 *           directory of the target's module.
 * Does not: judge what the fix means: that is the gate's part.
 */
#ifndef WORKER_LLM_PROPOSAL_H
#define WORKER_LLM_PROPOSAL_H

#include "common/base.h"
#include "worker/hcl/edit/edit.h"
#include "worker/llm/prompt.h"
#include "worker/rules/rules.h"

#define PROPOSAL_EDITS_MAX 12

struct proposal {
    char summary[600]; /* the model's words: hostile, for people only */
    size_t n_edits;
};

enum proposal_answer {
    PROPOSAL_REFUSED = 1, /* err->text says why, in words that the model is told as well */
    PROPOSAL_NOTHING = 2, /* it says itself that it has no fix: summary has its reason */
};

/* outcome->predicted gets the address of every block that is edited or new. edits: fresh, not yet
 * applied; with an answer other than 0 they are of no use. */
int proposal_apply(const char *json, const struct prompt *prompt, const struct scope *scope,
                   struct hcl_edits *edits, struct rule_outcome *outcome, struct proposal *out,
                   struct err *err) MUST_USE;

#endif
