/*
 * Scope: the blocks that a model is shown for a finding, and those that it may change. Both are
 * ours to say, before anything is asked: what the target's values come from, what it refers to, and
 * what refers to it, by the provenance graph.
 *
 *     scope_find -> scope->blocks -> prompt_write, proposal_apply, the gate's predicted addresses
 *
 * Holds:    only files of this repository, of the root and its local modules; nearest first; the
 *           target is always the first block.
 * Does not: say that a change of a block is right: only that it is not out of the question.
 *
 * Plain data; blocks belong to the repo of root. One thread per repo.
 */
#ifndef WORKER_LLM_SCOPE_H
#define WORKER_LLM_SCOPE_H

#include "common/base.h"
#include "worker/hcl/eval/evaluate.h"

#define SCOPE_BLOCKS_MAX 32

struct scope_block {
    char address[256]; /* in the form of hcl_change: "aws_s3_bucket.a", "variable.x", "module.m" */
    const struct hcl_file *file;
    const struct hcl_node *block;
    bool may_change;
    const char *why; /* "the resource of the finding", "it refers to the resource", … ; static */
};

struct scope {
    const struct hcl_module *root;
    const struct hcl_resource *target;
    struct scope_block blocks[SCOPE_BLOCKS_MAX];
    size_t n;
    size_t n_left_out; /* that did not fit */
};

int scope_find(struct scope *out, const struct hcl_module *root, const struct hcl_resource *target,
               struct err *err) MUST_USE;

#endif
